"""The sigma of a Gaussian that is learned with the networks."""

from typing import Any

import keras
from keras import ops

from zscape.formulas.likelihoods.learned_gaussian import learned_sigma


class LearnedSigma(keras.layers.Layer):
    """Holds one trained scalar; a layer of the model, so that every backend trains, saves and restores it."""

    def __init__(self) -> None:
        super().__init__(name="likelihood", dtype="float32")
        self.raw = self.add_weight(shape=(), initializer="zeros", name="raw_log_sigma")
        self.built = True

    def value(self) -> Any:
        """Return sigma: a scalar tensor, > 0."""
        return learned_sigma(ops.convert_to_tensor(self.raw), ops)
