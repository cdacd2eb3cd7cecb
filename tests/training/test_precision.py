"""Training in 16 bits: what computes in them, what must not, and that nothing else about a training changes."""

import math
import shutil

import keras
import numpy as np
import pytest

from zscape.data.batches import Batches
from zscape.inference.encode import encode_split
from zscape.inference.evaluate import evaluate_split
from zscape.inference.storage import load_model, load_network, save_networks
from zscape.networks.sampling import Sampling
from zscape.networks.state import to_arrays
from zscape.pathways.build import build_model
from zscape.pathways.model import VariationalAutoencoder
from zscape.training.checkpoints import read_checkpoint, training_variables
from zscape.training.fit import fit

HALVES = ("mixed_bfloat16", "mixed_float16")
SPLITS = ("train", "validation")
HARD = {
    "model": {"filters": [3], "strides": [2], "z_dim": 3, "batch_norm": True, "dropout": 0.2},
    "objective.weight": {"beta": 2.5},
}
"""Everything with a state, and small: tracing a training takes seconds."""


@pytest.fixture(scope="module")
def train(tiny_recipe, tiny_store):
    """Return a function that trains in a folder with a precision: (model, result, all variables afterwards)."""

    def run(folder, precision, epochs=2):
        recipe = tiny_recipe({**HARD, "training.epochs": epochs})
        model, spec = build_model(recipe, precision), recipe.training
        batches = [Batches(tiny_store.split(name), 8, spec.seed, shuffle=name == "train") for name in SPLITS]
        result = fit(model, *batches, spec, folder)
        return model, result, {k: array.copy() for k, array in to_arrays(training_variables(model)).items()}

    return run


@pytest.fixture(scope="module")
def trained(train, tmp_path_factory):
    """Two epochs in one go, by precision."""
    return {precision: train(tmp_path_factory.mktemp(precision), precision) for precision in HALVES}


@pytest.fixture(scope="module", params=HALVES)
def begun(request, train, tmp_path_factory):
    """One epoch: (precision, folder with its checkpoint, result, variables)."""
    folder = tmp_path_factory.mktemp("begun")
    _, result, variables = train(folder, request.param, epochs=1)
    return request.param, folder, result, variables


@pytest.mark.parametrize("precision", HALVES)
def test_history_is_finite_and_adds_up(trained, precision):
    _, result, _ = trained[precision]
    assert [record["epoch"] for record in result.history] == [1, 2]
    for record in result.history:
        assert record["learning_rate"] == pytest.approx(2e-3)
        for terms in (record["train"], record["validation"]):
            assert all(math.isfinite(value) for value in terms.values())
            assert terms["loss"] == pytest.approx(terms["reconstruction"] + 2.5 * terms["kl"], rel=1e-12)
            assert terms["kl"] == pytest.approx(terms["kl_mu"] + terms["kl_log_var"], rel=1e-12)
    assert result.history[1]["train"]["loss"] < result.history[0]["train"]["loss"]


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_steps_are_batches_scaled_losses_or_not(trained, precision):
    assert [record["step"] for record in trained[precision][1].history] == [4, 8], "28 images in batches of 8"


@pytest.mark.parametrize("precision", HALVES)
def test_what_training_leaves_is_float32(trained, precision):
    _, _, variables = trained[precision]
    for name, array in variables.items():
        kind = "integers" if array.dtype.kind in "iu" else array.dtype.name
        assert kind in ("float32", "integers") or array.dtype == bool, name
        assert np.isfinite(array).all(), name


def test_float16_has_its_loss_scaled_and_others_have_not(trained):
    assert isinstance(trained["mixed_float16"][0].optimizer, keras.optimizers.LossScaleOptimizer)
    assert not isinstance(trained["mixed_bfloat16"][0].optimizer, keras.optimizers.LossScaleOptimizer)


def test_resumed_training_is_the_uninterrupted_one(trained, train, begun, tmp_path):
    precision, folder, _, _ = begun
    shutil.copytree(folder, tmp_path / "resumed")
    _, result, variables = train(tmp_path / "resumed", precision)
    _, straight, expected = trained[precision]
    assert list(variables) == list(expected)
    assert [name for name in expected if variables[name].tobytes() != expected[name].tobytes()] == []
    one, other = ([(r["step"], r["train"], r["validation"]) for r in run.history] for run in (result, straight))
    assert one == other


def test_checkpoint_holds_everything_by_name(begun):
    """The scale of the losses too, which float16 finds out in its first steps."""
    precision, folder, result, variables = begun
    checkpoint = read_checkpoint(folder / "last.safetensors")
    assert checkpoint.epoch == 1 and checkpoint.history == result.history
    assert {name: array.tobytes() for name, array in checkpoint.arrays.items()} == {
        name: array.tobytes() for name, array in variables.items()
    }
    assert any("scale" in name for name in variables if name.startswith("optimizer/")) == (precision == HALVES[1])


def test_history_is_about_that_of_float32(begun, train, tmp_path):
    """Same weights, order and noise; float16 leaves out steps until it knows how far losses can be scaled."""
    precision, _, result, _ = begun
    _, exact, _ = train(tmp_path, "float32", epochs=1)
    for split in SPLITS:
        expected, found = exact.history[0][split]["loss"], result.history[0][split]["loss"]
        assert found == pytest.approx(expected, rel={"mixed_bfloat16": 0.01, "mixed_float16": 0.05}[precision])
        assert found != expected


def test_validation_in_history_is_what_evaluate_says(trained, tiny_store):
    """`evaluate` with the very model that trained: the same fixed draws, so the same loss, in 16 bits too."""
    model, result, _ = trained["mixed_bfloat16"]
    split = tiny_store.split("validation")
    terms = evaluate_split(model, split, encode_split(model, split), seed=1).terms
    assert result.history[-1]["validation"]["reconstruction"] == pytest.approx(terms.reconstruction, rel=5e-3)
    assert result.history[-1]["validation"]["kl"] == pytest.approx(terms.kl, rel=5e-3)


@pytest.mark.parametrize("precision", HALVES)
def test_draws_of_an_evaluation_are_not_rounded(tiny_recipe, precision, monkeypatch):
    """Keras would cast a model's inputs to 16 bits; a draw of 1.2345 must reach z as it is."""
    model = build_model(tiny_recipe(), precision)
    epsilon = np.random.default_rng(0).normal(size=(9, 3)).astype(np.float32)
    images = np.random.default_rng(1).integers(0, 256, (9, 8, 8, 1), np.uint8)
    drawn, call = [], Sampling.call

    def watched(self, mu, log_var, epsilon=None, training=None):
        z = call(self, mu, log_var, epsilon=epsilon, training=training)
        drawn.append([keras.ops.convert_to_numpy(array) for array in (mu, log_var, epsilon, z)])
        return z

    monkeypatch.setattr(Sampling, "call", watched)
    model({"images": images, "epsilon": epsilon})
    ((mu, log_var, used, z),) = drawn
    assert used.dtype == np.float32 and np.array_equal(used, epsilon)
    assert mu.dtype == log_var.dtype == z.dtype == np.float32
    np.testing.assert_allclose(z, mu + np.exp(log_var / 2) * epsilon, rtol=1e-6)


@pytest.mark.parametrize("precision", HALVES)
def test_images_reach_the_loss_unrounded(tiny_recipe, precision):
    """201 / 255 has no exact form in 16 bits; the loss compares with the image itself."""
    model = build_model(tiny_recipe(), precision)
    images = np.full((2, 8, 8, 1), 201, np.uint8)
    prediction = model(images)
    loss = float(keras.ops.convert_to_numpy(model.compute_loss(x=images, y_pred=prediction)))
    logits, mu, log_var = (
        keras.ops.convert_to_numpy(prediction[name]).astype(np.float64) for name in ("logits", "mu", "log_var")
    )
    target = 201 / 255
    nll = (np.logaddexp(0, logits) - target * logits).sum(axis=(1, 2, 3)).mean()
    kl = 0.5 * (mu**2 + np.exp(log_var) - 1 - log_var).sum(axis=1).mean()
    assert loss == pytest.approx(nll + model.objective.beta * kl, rel=2e-6)


@pytest.mark.parametrize("precision", HALVES)
def test_own_networks_built_under_a_policy_train_in_it(precision):
    """`keras.config.set_dtype_policy`, as any Keras user would, with heads and logits in float32."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        image, z = keras.Input((8, 8, 1)), keras.Input((2,))
        features = keras.layers.Dense(5, activation="relu")(keras.layers.Flatten()(image))
        heads = [keras.layers.Dense(2, dtype="float32")(features) for _ in range(2)]
        logits = keras.layers.Reshape((8, 8, 1), dtype="float32")(keras.layers.Dense(64, dtype="float32")(z))
        model = VariationalAutoencoder(keras.Model(image, heads), keras.Model(z, logits))
    finally:
        keras.config.set_dtype_policy(before)
    assert keras.backend.standardize_dtype(features.dtype) == precision.removeprefix("mixed_")
    model.compile(optimizer="adam", run_eagerly=True)
    images = np.random.default_rng(1).integers(0, 256, (16, 8, 8, 1), np.uint8)
    losses = model.fit(images, batch_size=8, epochs=2, verbose=0).history["loss"]
    assert np.isfinite(losses).all()
    mu, log_var = model.encode(images, return_log_var=True)
    assert mu.dtype == log_var.dtype == model.decode(mu).dtype == np.float32


def test_saved_networks_are_loaded_in_float32(trained, tiny_recipe, tiny_store, tmp_path):
    recipe = tiny_recipe(HARD)
    model, _, _ = trained["mixed_bfloat16"]
    save_networks(model, recipe, 2, tmp_path)
    (tmp_path / "recipe.yaml").write_text(recipe.to_yaml())
    loaded, encoder = load_model(tmp_path), load_network(tmp_path / "encoder")
    for part in (loaded.encoder, loaded.decoder, encoder):
        assert {layer.compute_dtype for layer in part.layers} == {"float32"}
    images = tiny_store.images[:9]
    exact, rounded = loaded.encode(images), model.encode(images)
    assert exact.dtype == rounded.dtype == np.float32
    np.testing.assert_allclose(exact, rounded, atol=0.05)
    assert not np.array_equal(exact, rounded), "the training model computes in 16 bits"
