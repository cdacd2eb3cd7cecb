"""The model that a recipe describes."""

import keras
import numpy as np
import pytest

from zscape.formulas.objective import Objective
from zscape.networks.latent_model import as_unit_images
from zscape.networks.state import part_weights, to_arrays
from zscape.pathways import build
from zscape.pathways.build import build_model, objective_of
from zscape.pathways.model import Autoencoder, VariationalAutoencoder


def test_kind_and_settings(tiny_recipe):
    vae = build_model(tiny_recipe({"model.epsilon_limit": 2.0, "model.log_var_bounds": [-9, 3]}))
    assert isinstance(vae, VariationalAutoencoder)
    assert vae.sampling.limit == 2.0 and vae.log_var_bounds == (-9.0, 3.0)
    assert isinstance(build_model(tiny_recipe({"model.kind": "ae"})), Autoencoder)


def test_objective(tiny_recipe):
    fact = {"objective.weight": {"fact": 1e-3, "convention": "mean"}}
    assert objective_of(tiny_recipe(fact)) == Objective("bce", "sigmoid", 2e-3 * 64 / 3, 1.0)
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


HALVES = {"mixed_bfloat16": "bfloat16", "mixed_float16": "float16"}
DEEP = {"model.batch_norm": True, "model.dropout": 0.2, "model.dense": [5], "training.seed": 3}
DENSE_ONLY = {"model.filters": [], "model.strides": []}
CROPPED = {"model.kernels": 2, "model.strides": [2, 1], "data.size": [9, 8]}
"""An even kernel leads back to 10 x 8 pixels: the logits are cut."""


def dtype_of(tensor):
    return keras.backend.standardize_dtype(tensor.dtype)


@pytest.mark.parametrize("precision", HALVES)
def test_precision_is_that_of_one_model_only(tiny_recipe, precision):
    before = keras.config.dtype_policy()
    build_model(tiny_recipe(), precision)
    assert keras.config.dtype_policy() is before and before.name == "float32"
    assert build_model(tiny_recipe()).encoder.get_layer("conv_1").compute_dtype == "float32"


def test_policy_comes_back_when_building_fails(tiny_recipe, monkeypatch):
    def fail(*arguments):
        raise MemoryError

    monkeypatch.setattr(build, "build_decoder", fail)
    with pytest.raises(MemoryError):
        build_model(tiny_recipe(), "mixed_bfloat16")
    assert keras.config.dtype_policy().name == "float32"


@pytest.mark.parametrize("precision", ["float32", *HALVES])
@pytest.mark.parametrize(
    "extra",
    [
        {},
        {"model.block": "residual", "model.upsampling": "resize"},
        DENSE_ONLY,
        CROPPED,
        {"model.bottleneck": 4, "model.kind": "ae"},
    ],
)
def test_hidden_layers_compute_in_the_precision_and_the_ends_in_float32(tiny_recipe, precision, extra):
    model = build_model(tiny_recipe({**DEEP, **extra}), precision)
    inner = HALVES.get(precision, "float32")
    heads = ("z",) if model.sampling is None else ("mu", "log_var")
    ends = 0
    for part in (model.encoder, model.decoder):
        last = [layer for layer in part.layers if layer.weights][-1]
        for layer in part.layers:
            if not layer.weights:
                continue
            exact = layer.name in heads or (part is model.decoder and layer is last)
            ends += exact
            assert layer.compute_dtype == ("float32" if exact else inner), layer.name
            assert layer.variable_dtype == "float32"
            assert {dtype_of(weight) for weight in layer.weights} == {"float32"}
            assert dtype_of(layer.output) == layer.compute_dtype
    assert ends == len(heads) + 1


@pytest.mark.parametrize("precision", HALVES)
@pytest.mark.parametrize("extra", [{}, DENSE_ONLY, CROPPED])
def test_outputs_losses_and_draws_are_float32(tiny_recipe, precision, extra):
    model = build_model(tiny_recipe({**DEEP, **extra}), precision)
    images = np.random.default_rng(0).integers(0, 256, (5, *model.image_shape), np.uint8)
    outputs = model(images, training=True)
    parts = model.loss_parts(as_unit_images(images), outputs)
    for name, tensor in {**outputs, **parts, "loss": model.compute_loss(x=images, y_pred=outputs)}.items():
        assert dtype_of(tensor) == "float32", name
    assert dtype_of(model.sampling(outputs["mu"], outputs["log_var"], training=True)) == "float32"
    codes = model.encode(images, return_log_var=True)
    assert {array.dtype.name for array in (*codes, model.decode(codes[0]), model.decode_logits(codes[0]))} == {
        "float32"
    }


@pytest.mark.parametrize("precision", HALVES)
def test_precision_changes_neither_the_weights_nor_what_is_computed(tiny_recipe, precision):
    """Rounding aside: the same initial bytes, and outputs that differ by it, but do differ."""
    exact, rounded = (build_model(tiny_recipe(DEEP), name) for name in ("float32", precision))
    for one, other in ((exact.encoder, rounded.encoder), (exact.decoder, rounded.decoder)):
        before, after = to_arrays(part_weights(one)), to_arrays(part_weights(other))
        assert {name: array.tobytes() for name, array in before.items()} == {
            name: array.tobytes() for name, array in after.items()
        }
    images = np.random.default_rng(0).integers(0, 256, (5, 8, 8, 1), np.uint8)
    tolerance = {"mixed_bfloat16": 2.0**-6, "mixed_float16": 2.0**-9}[precision]  # four roundings of the last bit
    expected, found = exact.encode(images), rounded.encode(images)
    np.testing.assert_allclose(found, expected, atol=tolerance * np.abs(expected).max())
    assert not np.array_equal(found, expected)
    z = np.random.default_rng(0).normal(size=(5, 3))
    expected, found = exact.decode_logits(z), rounded.decode_logits(z)
    np.testing.assert_allclose(found, expected, atol=tolerance * np.abs(expected).max())
    assert not np.array_equal(found, expected)


def test_unknown_precision_changes_nothing(tiny_recipe):
    with pytest.raises(ValueError, match="float12"):
        build_model(tiny_recipe(), "float12")
    assert keras.config.dtype_policy().name == "float32"
