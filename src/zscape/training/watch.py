"""What is looked at after every step: the guard, signals, the time for a checkpoint."""

import time
from typing import Any

import keras

from zscape.core.errors import TrainingStopped
from zscape.training.guard import Guard
from zscape.training.history import HistoryCallback
from zscape.training.interrupts import Interrupts, TrainingInterrupted
from zscape.training.intervals import Clock
from zscape.training.keeper import Keeper

_LOOK = 1.0  # seconds between two looks at the guard, each of which waits for the device


class BadStep(Exception):
    """The guard has not taken a step, and none after it.

    Attributes:
        position: of the step, from 0 since the beginning of this `fit`.
    """

    def __init__(self, position: int) -> None:
        super().__init__(f"step at position {position} not taken")
        self.position = position


class StepWatch(keras.callbacks.Callback):
    """Writes the checkpoints within an epoch, and ends training when the guard or a signal says so.

    Args:
        keeper: writes.
        guard: the model's; None where it has none.
        interrupts: entered.
        clock: says when a checkpoint is due.
        recorder: knows the seconds of the present epoch.
        where: the run directory, for what is said.
    """

    def __init__(
        self,
        keeper: Keeper,
        guard: Guard | None,
        interrupts: Interrupts,
        clock: Clock,
        recorder: HistoryCallback,
        where: str,
    ) -> None:
        super().__init__()
        self._keeper = keeper
        self._guard = guard
        self._interrupts = interrupts
        self._clock = clock
        self._recorder = recorder
        self._where = where
        self._looked = time.monotonic()
        self._epoch = 0
        self._skipped_before = self._skipped = keeper.skipped_steps
        self._bad_before = 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        done, steps = batch + 1, self.params["steps"]
        is_last = done == steps  # the epoch's own checkpoint follows, after validation
        wanted = not is_last and (
            self._interrupts.received is not None or self._clock.is_due(self._epoch * steps + done)
        )
        if wanted or is_last or time.monotonic() - self._looked > _LOOK:
            self._look(is_last)
        if wanted:
            self._keeper.keep_step(done, self._recorder.seconds, self._recorder.skipped_steps)
            self._clock.saved()
            self._end_if_asked(f"in epoch {self._epoch + 1}, after step {done:,} of {steps:,}")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._clock.saved()
        self._skipped_before = 0
        self._end_if_asked(f"after epoch {epoch + 1}")

    def _look(self, is_last: bool) -> None:
        self._looked = time.monotonic()
        if self._guard is None:
            return
        self.model  # noqa: B018 - on JAX this brings the numbers of the running epoch to the variables
        bad, position = self._guard.counts()
        if bad and self._guard.sticky:
            raise BadStep(position)
        self._recorder.skipped_steps = self._skipped_before + bad - self._bad_before
        if is_last:
            self._bad_before = bad
            self._stop_if_most_were_skipped(self._recorder.skipped_steps, self.params["steps"])

    def _stop_if_most_were_skipped(self, skipped: int, steps: int) -> None:
        """End before such an epoch becomes a checkpoint: its weights are where hardly a gradient is finite."""
        if 2 * skipped > steps:
            raise TrainingStopped(
                f"Epoch {self._epoch + 1}: {skipped:,} of {steps:,} steps had no finite loss and gradient and were "
                "skipped; training stopped, and this epoch is not kept. Try a lower training.learning_rate, in another "
                "--out or with --fresh."
            )

    def _end_if_asked(self, place: str) -> None:
        if self._interrupts.received is not None:
            raise TrainingInterrupted(
                f"Stopped by {self._interrupts.name} {place}; a checkpoint holds it, and the same command with "
                f"--out {self._where} goes on there.",
                self._interrupts.received,
            )
