"""Every network on the backend that runs: built, trained for three steps, saved, loaded, encoding the same."""

import math
from typing import get_args

import keras
import numpy as np
import pytest

from tests.backends.conftest import recipe_of
from tests.backends.networks import NETWORKS
from zscape.data.batches import Batches
from zscape.formulas.likelihoods.registry import LIKELIHOODS as LIKELIHOOD_REGISTRY
from zscape.inference.storage import load_model, save_networks
from zscape.networks.latent_model import as_unit_images
from zscape.networks.state import part_weights, to_arrays
from zscape.pathways.build import build_model
from zscape.runs.directory import RunDirectory
from zscape.specs.model import Activation, ModelSpec
from zscape.specs.objective import ObjectiveSpec
from zscape.training.fit import fit


def trained(recipe, store, folder):
    model, spec = build_model(recipe), recipe.training
    train, validation = (store.split(name) for name in ("train", "validation"))
    result = fit(
        model,
        Batches(train, spec.batch_size, spec.seed, shuffle=True),
        Batches(validation, spec.batch_size, spec.seed, shuffle=False),
        spec,
        folder,
    )
    return model, result.history


def weights(model):
    return {**to_arrays(part_weights(model.encoder)), **to_arrays(part_weights(model.decoder))}


def assert_adds_up(history, density=False):
    for terms in (history[-1]["train"], history[-1]["validation"]):
        assert math.isfinite(terms["loss"]) and (density or terms["reconstruction"] > 0)
        assert terms["loss"] == pytest.approx(terms["reconstruction"] + terms["weighted_kl"], rel=1e-12)
        assert terms["kl"] == pytest.approx(terms["kl_mu"] + terms["kl_log_var"], rel=1e-12)


@pytest.mark.parametrize("name", NETWORKS)
def test_network(name, store_of, tmp_path):
    shape, model = NETWORKS[name]
    recipe, store = recipe_of(shape, model), store_of(shape)
    before = weights(build_model(recipe))
    trained_model, history = trained(recipe, store, tmp_path / "checkpoints")
    assert history[-1]["step"] == 3
    assert_adds_up(history)
    unchanged = [key for key, array in weights(trained_model).items() if np.array_equal(array, before[key])]
    assert unchanged == []

    run = RunDirectory(tmp_path)
    run.write_recipe(recipe)
    save_networks(trained_model, recipe, 1, tmp_path)
    loaded = load_model(tmp_path)
    images = store.split("test").images()
    mu, log_var = trained_model.encode(images, return_log_var=True)
    again, log_var_again = loaded.encode(images, return_log_var=True)
    np.testing.assert_array_equal(mu, again)
    np.testing.assert_array_equal(mu, loaded.encode(images), err_msg="encoding draws nothing")
    assert (log_var is None) == (recipe.model.kind == "ae")
    if log_var is not None:
        np.testing.assert_array_equal(log_var, log_var_again)
    # Called as it stands, without the compiler that `encode` goes through: TensorFlow's once changed the numbers.
    direct = loaded.encoder(as_unit_images(images), training=False)
    direct = direct[0] if log_var is not None else direct
    np.testing.assert_allclose(keras.ops.convert_to_numpy(direct), mu, atol=1e-5)
    decoded = loaded.decode(mu)
    np.testing.assert_array_equal(decoded, trained_model.decode(mu))
    assert decoded.shape == images.shape and decoded.dtype == np.float32
    assert decoded.min() >= 0 and decoded.max() <= 1


def test_the_networks_say_all_that_a_recipe_can():
    """What `model.*` offers as a choice is in some network, so that a new choice cannot stay untried."""
    specs = [ModelSpec.model_validate(model) for _, model in NETWORKS.values()]
    for key in ("kind", "block", "upsampling", "activation"):
        assert {getattr(spec, key) for spec in specs} == set(get_args(ModelSpec.model_fields[key].annotation)), key
    assert {padding for spec in specs for padding in spec.padding} == {"same", "valid"}
    tried = {spec.bottleneck_activation for spec in specs} | {spec.decoder.dense_activation for spec in specs}
    assert tried >= {"linear", "relu", "silu", "selu"} and len(get_args(Activation)) == 5
    for key in ("dense", "bottleneck", "batch_norm", "dropout", "decoder"):
        assert any(getattr(spec, key) != ModelSpec().model_dump()[key] for spec in specs), key


LIKELIHOODS = [
    {"reconstruction": "bce"},
    {"reconstruction": "mse", "weight": {"sigma": 0.3}},
    {"reconstruction": "mse", "output": "linear"},
    {"reconstruction": "gaussian"},
    {"reconstruction": "gaussian", "output": "linear"},
]


def test_the_likelihoods_are_all():
    assert {values["reconstruction"] for values in LIKELIHOODS} == set(LIKELIHOOD_REGISTRY)
    outputs = set(get_args(ObjectiveSpec.model_fields["output"].annotation))
    assert {values.get("output", "sigmoid") for values in LIKELIHOODS} == outputs


@pytest.mark.parametrize("objective", LIKELIHOODS, ids=lambda objective: "-".join(map(str, objective.values())))
@pytest.mark.parametrize("kind", ["vae", "ae"])
def test_likelihood(kind, objective, store_of, tmp_path):
    recipe = recipe_of((6, 6, 1), {"kind": kind, "filters": [3]}, objective=objective, epochs=4, learning_rate=2e-2)
    _, history = trained(recipe, store_of((6, 6, 1)), tmp_path / "checkpoints")
    assert_adds_up(history, density=LIKELIHOOD_REGISTRY.get(objective["reconstruction"]).sigma == "learned")
    assert history[-1]["train"]["loss"] < history[0]["train"]["loss"]


def test_same_seed_same_bytes_with_convolutions_and_batch_norm(store_of, tmp_path):
    shape, model = NETWORKS["residual, resize"]
    recipe, store = recipe_of(shape, {**model, "dropout": 0.2}, epochs=2), store_of(shape)
    one, other = (weights(trained(recipe, store, tmp_path / name)[0]) for name in ("one", "other"))
    assert [key for key in one if one[key].tobytes() != other[key].tobytes()] == []
