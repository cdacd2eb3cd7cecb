"""When training no longer gets better."""

from dataclasses import fields
from typing import Any

from zscape.formulas.terms import LossTerms, loss_terms
from zscape.specs.training import EarlyStoppingSpec

_TERMS = {field.name for field in fields(LossTerms)}
"""What depends on the KL weight, or is part of what does; radius and log_var do not."""


class BestEpoch:
    """Watches one quantity of the history.

    Args:
        spec: quantity, whether smaller or greater is better, patience and what counts as improvement.
        beta: the full KL weight. Epochs of a warm-up are judged by it too: at their own, smaller weights their losses
            would be smaller than anything that follows.
    """

    def __init__(self, spec: EarlyStoppingSpec, beta: float) -> None:
        self._spec = spec
        self._beta = beta
        self._sign = -1.0 if spec.mode == "max" else 1.0
        self.epoch = 0
        self._value = float("inf")
        self._latest = 0

    def take(self, record: dict[str, Any]) -> bool:
        """Take in an epoch's record; return whether it is the best so far."""
        self._latest = record["epoch"]
        value = self._sign * _look_up(record, self._spec.quantity, self._beta)
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
    if terms["beta"] == beta or name not in _TERMS:
        return float(terms[name])
    at_full_weight = loss_terms(terms["reconstruction"], terms["kl_mu"], terms["kl_log_var"], beta)
    return float(getattr(at_full_weight, name))
