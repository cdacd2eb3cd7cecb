"""The KL weight as training sees it: constant, or growing during a warm-up."""

from typing import Any

import keras
from keras import ops

from zscape.formulas.schedules import linear_warmup


class KLWeight(keras.layers.Layer):
    """Holds how far the warm-up has come; the position is a part of a checkpoint.

    A variable of the model and not a callback's number: backends that compile a training step would keep the value
    that a Python number had when the step was compiled.

    Args:
        beta: the full weight.
        warmup_steps: training steps from weight 0 to the full one; 0 for a constant weight, which has no variable.
    """

    def __init__(self, beta: float, warmup_steps: int = 0) -> None:
        super().__init__(name="kl_weight", dtype="float32")
        self.beta = beta
        self.warmup_steps = warmup_steps
        self.step = None
        if warmup_steps:
            self.step = self.add_weight(shape=(), initializer="zeros", trainable=False, name="step")
        self.built = True

    def value(self) -> Any:
        """Return beta for the present step: a Python float while it is constant, else a scalar tensor."""
        if self.step is None:
            return self.beta
        return self.beta * linear_warmup(ops.convert_to_tensor(self.step), self.warmup_steps, ops)

    def advance(self) -> None:
        """Count one training step."""
        if self.step is not None:
            # Not beyond the end: float32 counts only to 16.7 million.
            self.step.assign(ops.minimum(self.step + 1.0, float(self.warmup_steps)))
