"""When training no longer gets better."""

from typing import Any

from zscape.core.errors import InputError
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
        """Take in an epoch's record; return whether it is the best so far.

        Raises:
            InputError: when the record has no such quantity.
        """
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
    value: Any = record
    for key in quantity.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    if not isinstance(value, (int, float)):
        known = [f"{group}.{key}" for group in ("train", "validation") for key in record.get(group) or {}]
        raise InputError(
            f"training.early_stopping.quantity: history has no number {quantity!r}; it has {', '.join(known)}."
        )
    return float(value)
