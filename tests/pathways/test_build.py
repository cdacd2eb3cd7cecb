"""The model that a recipe describes."""

import pytest

from zscape.formulas.objective import Objective
from zscape.networks.state import part_weights, to_arrays
from zscape.pathways.build import build_model, objective_of
from zscape.pathways.model import Autoencoder, VariationalAutoencoder


def test_kind_and_settings(tiny_recipe):
    vae = build_model(tiny_recipe({"model.epsilon_limit": 2.0, "model.log_var_bounds": [-9, 3]}))
    assert isinstance(vae, VariationalAutoencoder)
    assert vae.sampling.limit == 2.0 and vae.log_var_bounds == (-9.0, 3.0)
    assert isinstance(build_model(tiny_recipe({"model.kind": "ae"})), Autoencoder)


def test_objective(tiny_recipe):
    fact = {"objective.weight": {"fact": 1e-3, "convention": "mean"}}
    assert objective_of(tiny_recipe(fact)) == Objective("bce", "sigmoid", pytest.approx(2e-3 * 64 / 3), 1.0)
    assert objective_of(tiny_recipe({**fact, "model.kind": "ae"})).beta == 0.0
    mse = {"objective": {"reconstruction": "mse", "output": "linear", "weight": {"sigma": 0.1}}}
    assert objective_of(tiny_recipe(mse)) == Objective("mse", "linear", 1.0, 0.1)


def test_seed_decides_weights_and_noise(tiny_recipe):
    def start(seed):
        model = build_model(tiny_recipe({"training.seed": seed}))
        parts = [to_arrays(part_weights(part)) for part in (model.encoder, model.decoder)]
        weights = [array.tobytes() for arrays in parts for name, array in arrays.items() if name.endswith("kernel")]
        return weights, model.sampling.seed_generator.get_config()["seed"]

    assert start(1) == start(1)
    assert start(1)[1] != start(2)[1]
    assert not any(one == other for one, other in zip(start(1)[0], start(2)[0], strict=True))
