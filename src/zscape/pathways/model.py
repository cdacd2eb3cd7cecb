"""Pathway `model`: the loss is put together in the model's `compute_loss`.

This is the default: the same code on every backend, under Keras' own `fit`, `evaluate` and `train_step`.
"""

from typing import Any

import keras
from keras import ops

from zscape.formulas.divergence import kl_parts
from zscape.formulas.objective import Objective
from zscape.networks.latent_model import LatentModel, as_unit_images
from zscape.networks.sampling import Sampling
from zscape.pathways.trackers import PartTrackers

_STANDARD = Objective()


class ComputedLoss(LatentModel):
    """A latent model whose loss is reconstruction + beta * KL, computed in `compute_loss`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.trackers = PartTrackers(variational=self.sampling is not None)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Return the loss of a batch, a scalar in nats per image, and update the trackers.

        Pixels given as floats must lie in [0, 1]; unlike `encode`, which looks, training cannot afford to. Keras'
        `evaluate` on plain arrays is at the mean of the posterior; zscape's own flows bring one draw per image.

        Args:
            x: the model's input.
            y: target images; None takes the input's images.
            y_pred: what `call` returned.
            sample_weight: not supported.
            training: False in validation.
        """
        if sample_weight is not None:
            raise ValueError("zscape's losses are means over images; sample_weight is not supported.")
        images = x["images"] if isinstance(x, dict) else x
        parts = self.loss_parts(as_unit_images(images if y is None else y), y_pred)
        self.trackers.update(parts, y_pred.get("raw_log_var"))
        kl = ops.mean(parts["kl_mu"]) + ops.mean(parts["kl_log_var"])
        return ops.mean(parts["reconstruction"]) + self.objective.beta * kl

    def loss_parts(self, target: Any, prediction: dict[str, Any]) -> dict[str, Any]:
        """Return the parts of the loss per image: dict of (batch,), nats per image."""
        reconstruction = self.objective.nll(target, prediction["logits"], ops)
        if "log_var" in prediction:
            kl_mu, kl_log_var = kl_parts(prediction["mu"], prediction["log_var"], ops)
        else:
            kl_mu = kl_log_var = ops.zeros_like(reconstruction)
        return {"reconstruction": reconstruction, "kl_mu": kl_mu, "kl_log_var": kl_log_var}

    def get_metrics_result(self) -> dict[str, Any]:
        """Return what Keras logs: the parts, and the loss put together from them, so that what is shown adds up."""
        means = {part: tracker.result() for part, tracker in self.trackers.means.items()}
        kl = means["kl_mu"] + means["kl_log_var"]
        weighted_kl = self.objective.beta * kl
        sums = {"loss": means["reconstruction"] + weighted_kl, "kl": kl, "weighted_kl": weighted_kl}
        return {**sums, **means, **{name: tracker.result() for name, tracker in self.trackers.extremes.items()}}

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """The trackers, so that Keras resets them at the start of every epoch."""
        return [self._loss_tracker, *self.trackers.all()] if hasattr(self, "_loss_tracker") else self.trackers.all()


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
