"""A run directory whose networks have weights that no fresh model has; nothing needs to be trained for that."""

import numpy as np
import pytest

from zscape.inference.storage import save_networks
from zscape.networks.state import part_weights
from zscape.pathways.build import build_model
from zscape.runs.directory import RunDirectory


def with_own_weights(model):
    """Give every weight, moving statistics included, a random value that keeps the outputs in range."""
    rng = np.random.default_rng(1)
    for part in (model.encoder, model.decoder):
        for name, variable in part_weights(part).items():
            values = rng.normal(0, 0.5, tuple(variable.shape))
            variable.assign(np.abs(values) + 0.5 if "moving_variance" in name else values)
    return model


@pytest.fixture(scope="session")
def recipe(tiny_recipe):
    """Batch norm, dropout, a bottleneck, an odd activation: much that a loader could lose."""
    model = {
        "filters": [3, 4],
        "strides": [1, 2],
        "z_dim": 3,
        "batch_norm": True,
        "dropout": 0.2,
        "bottleneck": 5,
        "leaky_slope": 0.1,
        "log_var_bounds": [-20, 6],
    }
    return tiny_recipe({"model": model, "objective.weight": {"beta": 2.5}})


@pytest.fixture(scope="session")
def model(recipe):
    return with_own_weights(build_model(recipe))


@pytest.fixture
def run(model, recipe, tmp_path):
    """The model as a run directory."""
    run = RunDirectory(tmp_path / "run")
    run.write_recipe(recipe)
    save_networks(model, recipe, 1, run.path)
    return run
