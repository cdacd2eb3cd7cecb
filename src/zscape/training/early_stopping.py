"""When training no longer gets better."""

from typing import Any

from zscape.specs.training import EarlyStoppingSpec


class BestEpoch:
    """Watches one quantity of the history; smaller is better.

    Args:
        spec: quantity, patience and what counts as improvement.
    """

    def __init__(self, spec: EarlyStoppingSpec) -> None:
        self._spec = spec
        self.epoch = 0
        self._value = float("inf")
        self._latest = 0

    def take(self, record: dict[str, Any]) -> bool:
        """Take in an epoch's record; return whether it is the best so far."""
        self._latest = record["epoch"]
        value = _look_up(record, self._spec.quantity)
        if value < self._value - (self._spec.min_delta if self.epoch else 0.0):
            self.epoch, self._value = record["epoch"], value
            return True
        return False

    @property
    def exhausted(self) -> bool:
        """Whether the quantity has not improved for `patience` epochs."""
        return self._spec.patience is not None and self._latest - self.epoch >= self._spec.patience


def _look_up(record: dict[str, Any], quantity: str) -> float:
    part, name = quantity.split(".")
    # Without validation images the training images have to do.
    return float((record[part] or record["train"])[name])
