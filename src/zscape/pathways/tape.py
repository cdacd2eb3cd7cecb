"""Pathway `tape`: a training step of its own, with the backend's own means of differentiation."""

from importlib import import_module
from typing import Any

import keras

from zscape.pathways.model import VariationalAutoencoder


class TapeStep(VariationalAutoencoder):
    """A variational autoencoder with a `train_step` that neither compiles nor adds a loss.

    Validation is Keras' own and gets the same loss from `compute_loss`.
    """

    def train_step(self, *state_and_data: Any) -> Any:
        """Train on a batch; JAX passes its state before the data."""
        # The backend's module is the only place that imports the backend.
        step = import_module(f"zscape.pathways.steps.{keras.backend.backend()}")
        return step.train_step(self, *state_and_data)
