"""Points drawn from the encoder's normal."""

from typing import Any

import keras
from keras import ops


class Sampling(keras.layers.Layer):
    """z = mu + exp(log_var / 2) * eps, eps ~ N(0, 1) limited to |eps| <= limit elementwise.

    Call arguments:
        mu: (batch, z_dim), float32.
        log_var: same shape.
        epsilon: same shape, or None. Given, it is used as eps; None draws in training and gives the mean otherwise.
        training: whether to draw when no epsilon is given.

    Output shape: (batch, z_dim), float32.

    Args:
        limit: bound on |eps|; 5 by default, beyond which a draw of N(0, 1) falls once in 1.7 million.
        seed: seed of the layer's own stream; the stream's position is a part of a checkpoint.
    """

    def __init__(self, limit: float = 5.0, seed: int = 0, **kwargs: Any) -> None:
        super().__init__(dtype="float32", **kwargs)
        self.limit = limit
        self.seed_generator = keras.random.SeedGenerator(seed, name="noise")

    def call(self, mu: Any, log_var: Any, epsilon: Any = None, training: bool | None = None) -> Any:
        if epsilon is None:
            if not training:
                return mu
            epsilon = keras.random.normal(ops.shape(mu), dtype="float32", seed=self.seed_generator)
        epsilon = ops.clip(ops.cast(epsilon, "float32"), -self.limit, self.limit)
        return mu + ops.exp(0.5 * log_var) * epsilon
