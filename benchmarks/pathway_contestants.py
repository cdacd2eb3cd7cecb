"""What `benchmarks.pathways --time` compares: the five pathways, and the ways that explain their differences."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from zscape.networks.latent_model import LatentModel
from zscape.pathways.build import build_model
from zscape.pathways.model import VariationalAutoencoder
from zscape.pathways.registry import PATHWAYS
from zscape.specs.compose import compose_recipe

BATCH = 128


class AddedInCall(VariationalAutoencoder):
    """What E7's `model.add_loss` outside of a class has become: Keras 3 takes it in `call` only."""

    added_losses = 1

    def call(self, inputs: Any, training: bool | None = None) -> dict[str, Any]:
        prediction = super().call(inputs, training)
        parts = self.loss_parts(self.target_images(inputs, None), prediction)
        kl = ops.mean(parts["kl_mu"]) + ops.mean(parts["kl_log_var"])
        self.add_loss(ops.mean(parts["reconstruction"]) + self.objective.beta * kl)
        return prediction

    def batch_loss(self, target: Any, prediction: dict[str, Any], parts: dict[str, Any], beta: Any) -> Any:
        return self.keras_loss(None, prediction)


class Untracked(VariationalAutoencoder):
    """Pathway `model` without trackers: what these cost."""

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """Keras' running mean of the loss, no more."""
        return [self._loss_tracker] if hasattr(self, "_loss_tracker") else []

    def compute_loss(self, x: Any = None, y: Any = None, y_pred: Any = None, *_: Any, **__: Any) -> Any:
        target = self.target_images(x, y)
        return self.batch_loss(target, y_pred, self.loss_parts(target, y_pred), self.objective.beta)

    def get_metrics_result(self) -> dict[str, Any]:
        return {metric.name: metric.result() for metric in self.metrics}


def contestants(steps: int) -> tuple[dict[str, LatentModel], Callable[[LatentModel], None]]:
    """Return compiled models of E3's network by name, and a function that trains one of them for some steps."""
    recipe = compose_recipe("mnist_2d").for_images((28, 28, 1))
    images = np.random.default_rng(0).integers(0, 256, (steps * BATCH, 28, 28, 1), np.uint8)

    def compiled(model: LatentModel, **how: Any) -> LatentModel:
        model.compile(optimizer=keras.optimizers.Adam(recipe.training.learning_rate), **how)
        return model

    models = {name: compiled(_of(pathway, recipe)) for name, pathway in PATHWAYS.items()}
    models["add_loss in call"] = compiled(_of(AddedInCall, recipe))
    models["model, no trackers"] = compiled(_of(Untracked, recipe))
    if keras.backend.backend() == "tensorflow":
        models["model, run_eagerly"] = compiled(_of(VariationalAutoencoder, recipe), run_eagerly=True)

    def fit(model: LatentModel) -> None:
        model.fit(images, batch_size=BATCH, shuffle=False, verbose=0)

    return models, fit


def _of(kind: type[VariationalAutoencoder], recipe: Any) -> LatentModel:
    default = build_model(recipe)
    return kind(default.encoder, default.decoder, default.objective, seed=1)
