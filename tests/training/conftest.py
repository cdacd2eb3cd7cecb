"""Trainings that several tests look at; each costs seconds of tracing, so they are made once."""

import io
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import pytest
from rich.console import Console

from zscape.data.batches import Batches
from zscape.networks.state import to_arrays
from zscape.pathways.base import PathwayModel
from zscape.pathways.build import build_model
from zscape.specs.recipe import Recipe
from zscape.training.checkpoints import training_variables
from zscape.training.fit import FitResult, fit
from zscape.training.progress import ProgressCallback


class Snapshots(keras.callbacks.Callback):
    """All training variables at the end of every epoch."""

    def __init__(self):
        super().__init__()
        self.arrays = []

    def on_epoch_end(self, epoch, logs=None):
        self.arrays.append({name: array.copy() for name, array in to_arrays(training_variables(self.model)).items()})


@dataclass
class Training:
    """A training that is over."""

    recipe: Recipe
    model: PathwayModel
    result: FitResult
    snapshots: list[dict[str, np.ndarray]]
    lines: list[str]
    folder: Path


@pytest.fixture(scope="session")
def train(tiny_store):
    """Return a function that trains a recipe in a folder, with a model of its own, and shows progress."""

    def run(recipe, folder, validate=True, callbacks=()):
        model, spec = build_model(recipe), recipe.training
        snapshots, console = Snapshots(), Console(file=io.StringIO(), highlight=False, soft_wrap=True)
        train_split, validation_split = tiny_store.split("train"), tiny_store.split("validation")
        result = fit(
            model,
            Batches(train_split, spec.batch_size, spec.seed, shuffle=True),
            Batches(validation_split, spec.batch_size, spec.seed, shuffle=False) if validate else None,
            spec,
            folder,
            [*callbacks, snapshots, ProgressCallback(model.objective.beta, len(train_split), spec.epochs, console)],
        )
        return Training(recipe, model, result, snapshots.arrays, console.file.getvalue().splitlines(), folder)

    return run


HARD = {
    "model": {"filters": [3, 4], "strides": [1, 2], "z_dim": 3, "batch_norm": True, "dropout": 0.2},
    "objective.weight": {"beta": 2.5},
}
"""Everything with a state: batch norm, dropout, drawn z."""


@pytest.fixture(scope="session")
def straight(train, tiny_recipe, tmp_path_factory):
    """Four epochs without a break."""
    return train(tiny_recipe({**HARD, "training.epochs": 4}), tmp_path_factory.mktemp("straight"))


@pytest.fixture(scope="session")
def halfway(train, tiny_recipe, tmp_path_factory):
    """Two epochs of the same."""
    return train(tiny_recipe({**HARD, "training.epochs": 2}), tmp_path_factory.mktemp("halfway"))
