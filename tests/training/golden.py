"""The fixed tiny training whose checkpoints are kept in tests/golden.

For a new format: `KERAS_BACKEND=tensorflow python -m tests.training.golden tests/golden/checkpoint-N.safetensors`.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np

from zscape.data.batches import Batches
from zscape.data.prepare import write_store
from zscape.data.raw import RawImages
from zscape.pathways.build import build_model
from zscape.specs.data import DataSpec, SplitSpec
from zscape.specs.recipe import Recipe, parse_recipe
from zscape.training.fit import FitResult, fit

IMAGES = ((np.arange(12)[:, None, None, None] * 37 + np.arange(16).reshape(1, 4, 4, 1) * 29) % 256).astype(np.uint8)


def golden_recipe(epochs: int, checkpoint_every: int | None = None) -> Recipe:
    """A VAE with everything that has a state: batch norm, dropout, drawn z, a warm-up."""
    return parse_recipe(
        {
            "data": {"size": 4, "channels": 1},
            "model": {"filters": [2], "strides": [2], "z_dim": 2, "batch_norm": True, "dropout": 0.2},
            "objective": {"weight": {"beta": 2.5}, "schedule": {"kind": "linear", "epochs": 2}},
            "training": {
                **{"epochs": epochs, "batch_size": 4, "learning_rate": 2e-3},
                "checkpoint_every": checkpoint_every,
            },
        }
    )


def train_golden(recipe: Recipe, checkpoints: Path, folder: Path) -> FitResult:
    """Train the recipe in `checkpoints`, going on from what is there; the images go to `folder`."""
    raw = RawImages(IMAGES, np.arange(12) % 2, ("a", "b"), None, None, "Made for a test.")
    store = write_store(raw, DataSpec(splits=SplitSpec(validation=2, test=2)), folder)
    train, validation = (
        Batches(store.split(name), 4, recipe.training.seed, shuffle=name == "train") for name in ("train", "validation")
    )
    model = build_model(recipe, steps_per_epoch=train.steps_per_epoch)
    return fit(model, train, validation, recipe.training, checkpoints)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        train_golden(golden_recipe(2, checkpoint_every=3), Path(name) / "checkpoints", Path(name) / "store")
        # The one before the last: of step 3, in the middle of epoch 2, with everything that a checkpoint can hold.
        shutil.copyfile(Path(name) / "checkpoints" / "previous.safetensors", sys.argv[1])
