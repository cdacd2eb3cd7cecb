"""When training no longer gets better."""

from typing import Any

from zscape.formulas.terms import loss_terms
from zscape.specs.training import EarlyStoppingSpec


class BestEpoch:
    """Watches one quantity of the history; smaller is better.

    Args:
        spec: quantity, patience and what counts as improvement.
        beta: the full KL weight. Epochs of a warm-up are judged by it too: at their own, smaller weights their losses
            would be smaller than anything that follows.
    """

    def __init__(self, spec: EarlyStoppingSpec, beta: float) -> None:
        self._spec = spec
        self._beta = beta
        self.epoch = 0
        self._value = float("inf")
        self._latest = 0

    def take(self, record: dict[str, Any]) -> bool:
        """Take in an epoch's record; return whether it is the best so far."""
        self._latest = record["epoch"]
        value = _look_up(record, self._spec.quantity, self._beta)
        if value < self._value - (self._spec.min_delta if self.epoch else 0.0):
            self.epoch, self._value = record["epoch"], value
            return True
        return False

    @property
    def exhausted(self) -> bool:
        """Whether the quantity has not improved for `patience` epochs."""
        return self._spec.patience is not None and self._latest - self.epoch >= self._spec.patience


def _look_up(record: dict[str, Any], quantity: str, beta: float) -> float:
    part, name = quantity.split(".")
    # Without validation images the training images have to do.
    terms = record[part] or record["train"]
    if terms["beta"] == beta:
        return float(terms[name])
    at_full_weight = loss_terms(terms["reconstruction"], terms["kl_mu"], terms["kl_log_var"], beta)
    return float(getattr(at_full_weight, name))
