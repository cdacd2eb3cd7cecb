"""Recipes and stores for the contracts that every backend keeps."""

import numpy as np
import pytest

from zscape.data.raw import RawImages
from zscape.data.write import write_new
from zscape.specs.data import DataSpec, SplitSpec
from zscape.specs.recipe import parse_recipe


def recipe_of(shape, model, **settings):
    """Return a recipe for images of `shape`: three steps an epoch, the last of them short."""
    height, width, channels = shape
    return parse_recipe(
        {
            "data": {"size": [height, width], "channels": channels},
            "model": {"z_dim": 3, **model},
            "objective": {"weight": {"beta": 0.5}, **settings.pop("objective", {})},
            "training": {"epochs": 1, "batch_size": 8, "learning_rate": 2e-3, **settings},
        }
    )


@pytest.fixture
def store_of(tmp_path):
    """Return a maker of stores: 19 training images, 5 for validation, 4 for test."""

    def make(shape):
        images = np.random.default_rng(0).integers(0, 256, (28, *shape), np.uint8)
        spec = DataSpec(splits=SplitSpec(validation=5, test=4))
        return write_new(RawImages(images, None, None, None, None, "Made for a test."), spec, tmp_path / "store")

    return make
