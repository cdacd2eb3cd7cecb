"""What all pathways share: the parts of the loss, the trackers, the KL weight, and their names."""

from typing import Any

import keras
from keras import ops

from zscape.formulas.divergence import kl_parts
from zscape.networks.latent_model import LatentModel, as_unit_images
from zscape.pathways.kl_weight import KLWeight
from zscape.pathways.trackers import PartTrackers


class PathwayModel(LatentModel):
    """A latent model that trains on reconstruction + beta * KL, in nats per image.

    Subclasses say in `batch_loss` how the loss of a batch comes about; what is tracked, and under which names, is the
    same for all. As long as the KL weight grows (`objective.warmup_steps`), trackers of beta and of the weighted KL are
    there as well; and one of sigma, where it is learned.
    """

    added_losses = 0
    """How many losses the pathway's own layers add in a call."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kl_weight = KLWeight(self.objective.beta, self.objective.warmup_steps)
        self.trackers = PartTrackers(
            self.sampling is not None,
            scheduled=self.objective.warmup_steps > 0,
            learned_sigma=self.learned_sigma is not None,
        )

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
        self.check_added_losses(self.losses)
        target = self.target_images(x, y)
        parts = self.loss_parts(target, y_pred)
        beta = self.kl_weight.value()
        sigma = None if self.learned_sigma is None else self.learned_sigma.value()
        self.trackers.update(parts, y_pred.get("raw_log_var"), beta, sigma, y_pred["mu"])
        loss = self.batch_loss(target, y_pred, parts, beta)
        if training:
            self.kl_weight.advance()
        return loss

    def check_added_losses(self, losses: list[Any]) -> None:
        """Raise ValueError when layers have added losses in a call that are not the pathway's own."""
        if len(losses) > self.added_losses:
            raise ValueError(
                "A layer of the encoder or decoder calls add_loss, but zscape's loss is reconstruction + beta KL and "
                "nothing else: leave it out."
            )

    def target_images(self, x: Any, y: Any) -> Any:
        """Return what the output is to be like: float32 (batch, height, width, channels) in [0, 1]."""
        if y is None:
            y = x["images"] if isinstance(x, dict) else x
        return as_unit_images(y)

    def loss_parts(self, target: Any, prediction: dict[str, Any]) -> dict[str, Any]:
        """Return the parts of the loss per image: dict of (batch,), nats per image."""
        reconstruction = self.nll(target, prediction["logits"])
        if "log_var" in prediction:
            kl_mu, kl_log_var = kl_parts(prediction["mu"], prediction["log_var"], ops)
        else:
            kl_mu = kl_log_var = ops.zeros_like(reconstruction)
        return {"reconstruction": reconstruction, "kl_mu": kl_mu, "kl_log_var": kl_log_var}

    def batch_loss(self, target: Any, prediction: dict[str, Any], parts: dict[str, Any], beta: Any) -> Any:
        """Return the loss of a batch, a scalar: this is where pathways differ.

        Args:
            target: images in [0, 1].
            prediction: what `call` returned.
            parts: what `loss_parts` makes of the two.
            beta: the KL weight at this step.
        """
        raise NotImplementedError

    def keras_loss(self, target: Any, prediction: Any) -> Any:
        """Return what Keras' own `compute_loss` makes of compiled losses and of those that layers have added."""
        return super().compute_loss(None, target, prediction, None, True)

    def get_metrics_result(self) -> dict[str, Any]:
        """Return what Keras logs: the parts, and the loss put together from them, so that what is shown adds up."""
        means = {part: tracker.result() for part, tracker in self.trackers.means.items()}
        kl = means["kl_mu"] + means["kl_log_var"]
        weighted_kl = means.get("weighted_kl", self.objective.beta * kl)
        sums = {"loss": means["reconstruction"] + weighted_kl, "kl": kl, "weighted_kl": weighted_kl}
        return {**means, **sums, **{name: tracker.result() for name, tracker in self.trackers.extremes.items()}}

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """The trackers, so that Keras resets them at the start of every epoch."""
        return [self._loss_tracker, *self.trackers.all()] if hasattr(self, "_loss_tracker") else self.trackers.all()
