"""Pathway `model`: the loss is put together in the model's `compute_loss`.

This is the default: the same code on every backend, under Keras' own `fit`, `evaluate` and `train_step`.
"""

from typing import Any

import keras
from keras import ops

from zscape.formulas.objective import Objective
from zscape.networks.sampling import Sampling
from zscape.pathways.base import PathwayModel

_STANDARD = Objective()


class ComputedLoss(PathwayModel):
    """A latent model whose loss is put together from its parts in `compute_loss`."""

    def batch_loss(self, target: Any, prediction: dict[str, Any], parts: dict[str, Any], beta: Any) -> Any:
        """Return the mean of reconstruction + beta * KL."""
        kl = ops.mean(parts["kl_mu"]) + ops.mean(parts["kl_log_var"])
        return ops.mean(parts["reconstruction"]) + beta * kl


class Autoencoder(ComputedLoss):
    """An autoencoder: image -> z -> image, trained on the reconstruction alone.

    Args:
        encoder: Keras model, (batch, height, width, channels) -> (batch, z_dim).
        decoder: Keras model, (batch, z_dim) -> logits (batch, height, width, channels).
        objective: the likelihood; its weight has no effect.
        image_shape: (height, width, channels); needed where the encoder's input has no fixed shape.

    Raises:
        InputError: when the two networks do not fit each other.

    Example:
        >>> model = Autoencoder(encoder, decoder)  # doctest: +SKIP
        >>> model.compile(optimizer="adam")  # doctest: +SKIP
        >>> model.fit(x)  # doctest: +SKIP
    """

    def __init__(
        self,
        encoder: keras.Model,
        decoder: keras.Model,
        objective: Objective = _STANDARD,
        *,
        image_shape: tuple[int, int, int] | None = None,
    ) -> None:
        super().__init__(encoder, decoder, objective, None, (-30.0, 10.0), "autoencoder", image_shape)


class VariationalAutoencoder(ComputedLoss):
    """A variational autoencoder: image -> N(mu, exp log_var) -> z -> image, trained on reconstruction + beta * KL.

    Args:
        encoder: Keras model, (batch, height, width, channels) -> [mu, log_var], or a dict of these names, each
            (batch, z_dim).
        decoder: Keras model, (batch, z_dim) -> logits (batch, height, width, channels).
        objective: likelihood and weight.
        epsilon_limit: bound on the draws' |eps|, elementwise.
        log_var_bounds: smooth bounds of log_var.
        seed: seed of the draws in training.
        image_shape: (height, width, channels); needed where the encoder's input has no fixed shape.

    Raises:
        InputError: when the two networks do not fit each other.

    Example:
        >>> model = VariationalAutoencoder(encoder, decoder)  # doctest: +SKIP
        >>> model.compile(optimizer="adam")  # doctest: +SKIP
        >>> model.fit(x)  # doctest: +SKIP
    """

    def __init__(
        self,
        encoder: keras.Model,
        decoder: keras.Model,
        objective: Objective = _STANDARD,
        *,
        epsilon_limit: float = 5.0,
        log_var_bounds: tuple[float, float] = (-30.0, 10.0),
        seed: int = 0,
        image_shape: tuple[int, int, int] | None = None,
    ) -> None:
        sampling = Sampling(epsilon_limit, seed, name="sampling")
        super().__init__(encoder, decoder, objective, sampling, log_var_bounds, "variational_autoencoder", image_shape)
