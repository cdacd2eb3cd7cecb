"""A sigma that is learned with the networks: its gradient, its optimum, its way to the disk and back.

For given networks the best sigma has a closed form (Rybkin et al. 2021): sigma^2 = mean squared error per value.
"""

import keras
import numpy as np
import pytest
from keras import ops
from scipy import optimize, special

from benchmarks.pathway_steps import GradientRecorder
from zscape.core.errors import InputError
from zscape.formulas.likelihoods.learned_gaussian import learned_sigma
from zscape.formulas.objective import Objective
from zscape.inference.own_networks import load_own, save_own
from zscape.inference.storage import load_model, save_networks
from zscape.pathways.build import build_model
from zscape.pathways.model import VariationalAutoencoder
from zscape.pathways.registry import PATHWAYS
from zscape.runs.directory import RunDirectory
from zscape.specs.plan import plan_recipe

RNG = np.random.default_rng(0)
INPUTS = {"images": RNG.integers(0, 256, (7, 8, 8, 1), np.uint8), "epsilon": RNG.normal(size=(7, 3)).astype(np.float32)}
VALUES = 64
PACE = 20.0


def recipe_of(tiny_recipe, name="model", **more):
    settings = {"model.filters": [3], "model.strides": [2], "objective.reconstruction": "gaussian"}
    return tiny_recipe({**settings, "objective.kl_pathway": name, "objective.weight": {"beta": 0.5}, **more})


def squared_error(model):
    """Return the mean squared error per value of the draws given, in double precision."""
    logits = ops.convert_to_numpy(model(INPUTS, training=True)["logits"]).astype(np.float64)
    return ((INPUTS["images"] / 255.0 - special.expit(logits)) ** 2).mean()


def sigma_of(model):
    return float(ops.convert_to_numpy(model.learned_sigma.value()))


@pytest.mark.parametrize("name", PATHWAYS)
def test_its_gradient_is_that_of_the_closed_form(tiny_recipe, name):
    model, recorder = build_model(recipe_of(tiny_recipe, name)), GradientRecorder()
    model.compile(optimizer=recorder, run_eagerly=True)
    assert [weight.path for weight in model.trainable_weights].count("likelihood/raw_log_sigma") == 1
    (place,) = [i for i, weight in enumerate(model.trainable_weights) if weight is model.learned_sigma.raw]
    found = []
    best = optimize.brentq(lambda raw: learned_sigma(raw, np) ** 2 - squared_error(model), -0.3, 0.3)
    for raw in (best, best + 0.02, best - 0.03):
        model.learned_sigma.raw.assign(raw)
        logs = model.train_on_batch(INPUTS, return_dict=True)
        found.append(float(recorder.gradients[place].numpy()))
        # d/d log sigma of SSE / (2 sigma^2) + n log sigma is n (1 - mse / sigma^2).
        ratio = squared_error(model) / sigma_of(model) ** 2
        slope = np.diff(np.log([learned_sigma(raw + step, np) for step in (-1e-6, 1e-6)]))[0] / 2e-6
        assert slope == pytest.approx(PACE, rel=0.02)
        assert found[-1] == pytest.approx(slope * VALUES * (1 - ratio), rel=1e-3, abs=1.0)
        expected = VALUES * (ratio / 2 + np.log(sigma_of(model)))
        assert logs["reconstruction"] == pytest.approx(expected, rel=1e-5)
    assert abs(found[0]) < 1e-2 * min(abs(found[1]), abs(found[2])), "zero at the best sigma"
    assert found[1] > 100 > -100 > found[2]


@pytest.mark.parametrize("name", PATHWAYS)
def test_trained_alone_it_is_the_best_sigma(tiny_recipe, name):
    model = build_model(recipe_of(tiny_recipe, name))
    model.encoder.trainable = model.decoder.trainable = False
    # The curvature at the optimum is 2 n PACE^2, so that this rate is Newton's method there.
    model.compile(optimizer=keras.optimizers.SGD(1 / (2 * VALUES * PACE**2)))
    repeated = {key: np.tile(array, (30, *[1] * (array.ndim - 1))) for key, array in INPUTS.items()}
    model.fit(repeated, batch_size=7, shuffle=False, verbose=0)
    best = np.sqrt(squared_error(model))
    assert abs(best / 0.25 - 1) > 0.1, "there was something to learn"
    assert sigma_of(model) == pytest.approx(best, rel=1e-4)
    assert model.fitted_objective == Objective("gaussian", beta=0.5, sigma=sigma_of(model))


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_it_is_float32_in_any_precision(tiny_recipe, precision):
    model = build_model(recipe_of(tiny_recipe), precision)
    sigma = model.learned_sigma.value()
    assert keras.backend.standardize_dtype(sigma.dtype) == "float32"
    model.compile(optimizer=keras.optimizers.SGD(1e-6), run_eagerly=True)
    model.train_on_batch(INPUTS)
    outputs = model(INPUTS)
    assert keras.backend.standardize_dtype(model.nll(INPUTS["images"] / 255.0, outputs["logits"]).dtype) == "float32"


def test_an_autoencoder_learns_it_too(tiny_recipe):
    model = build_model(recipe_of(tiny_recipe, **{"model.kind": "ae"}))
    model.compile(optimizer=keras.optimizers.SGD(1e-5), run_eagerly=True)
    before = sigma_of(model)
    model.train_on_batch(INPUTS["images"])
    assert sigma_of(model) != before


@pytest.mark.parametrize("reconstruction", ["bce", "mse"])
def test_others_have_none(tiny_recipe, reconstruction):
    model = build_model(tiny_recipe({"objective.reconstruction": reconstruction}))
    assert model.learned_sigma is None and model.fitted_objective is model.objective
    assert not [weight for weight in model.weights if "sigma" in weight.path]


def test_a_plan_counts_it(tiny_recipe):
    with_sigma, without = (plan_recipe(recipe) for recipe in (recipe_of(tiny_recipe), tiny_recipe()))
    model = build_model(recipe_of(tiny_recipe))
    assert (with_sigma.likelihood, without.likelihood) == (1, 0)
    assert with_sigma.total == sum(int(np.prod(weight.shape)) for weight in model.weights)
    assert without.total == without.encoder.parameters + without.decoder.parameters


def test_it_comes_back_with_a_run(tiny_recipe, tmp_path):
    recipe = recipe_of(tiny_recipe)
    model = build_model(recipe)
    model.learned_sigma.raw.assign(-0.0123)
    run = RunDirectory(tmp_path)
    run.write_recipe(recipe)
    save_networks(model, recipe, 1, tmp_path)
    loaded = load_model(tmp_path)
    assert sigma_of(loaded) == sigma_of(model) != sigma_of(build_model(recipe))
    (tmp_path / "likelihood" / "weights.safetensors").unlink()
    with pytest.raises(InputError, match=r"There is no file .*likelihood/weights\.safetensors\.$"):
        load_model(tmp_path)
    (tmp_path / "likelihood" / "weights.safetensors").write_bytes(b"\0" * 9)
    with pytest.raises(InputError, match=r"likelihood/weights\.safetensors is damaged or cut off"):
        load_model(tmp_path)
    run.clear()
    assert sorted(path.name for path in tmp_path.iterdir()) == []


def test_it_comes_back_with_networks_of_one_s_own(tiny_recipe, tmp_path):
    model, other = (build_model(recipe_of(tiny_recipe)) for _ in range(2))
    own = VariationalAutoencoder(model.encoder, model.decoder, model.objective)
    own.learned_sigma.raw.assign(0.0123)
    save_own(own, tmp_path)
    loaded = load_own(tmp_path, other.encoder, other.decoder)
    assert sigma_of(loaded) == sigma_of(own) and loaded.objective == own.objective
