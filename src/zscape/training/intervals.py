"""When the next checkpoint within an epoch is due."""

import time

from zscape.specs.training import CheckpointInterval


class Clock:
    """Says whether a checkpoint is due.

    Args:
        interval: how often; None for never.
    """

    def __init__(self, interval: CheckpointInterval | None) -> None:
        self._interval = interval
        self._saved = time.monotonic()

    def is_due(self, step: int) -> bool:
        """Return whether a checkpoint is due after step number `step` of the training, counted from 1."""
        if self._interval is None:
            return False
        if self._interval.steps is not None:
            return step % self._interval.steps == 0
        return time.monotonic() - self._saved >= (self._interval.seconds or 0)

    def saved(self) -> None:
        """Take note that one was written now."""
        self._saved = time.monotonic()
