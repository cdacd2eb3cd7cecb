"""The way of an image through both networks."""

import warnings

import keras
import numpy as np
import pytest

from zscape.core.errors import InputError
from zscape.networks.latent_model import as_unit_images
from zscape.networks.state import part_weights, to_arrays
from zscape.pathways.build import build_model

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (9, 8, 8, 1), np.uint8)


@pytest.fixture(scope="module")
def vae(tiny_recipe):
    return build_model(tiny_recipe({"model.batch_norm": True, "model.dropout": 0.3}))


@pytest.fixture(scope="module")
def ae(tiny_recipe):
    return build_model(tiny_recipe({"model.kind": "ae"}))


def numpy_of(outputs):
    return {name: keras.ops.convert_to_numpy(value) for name, value in outputs.items()}


def test_outputs_of_a_call(vae, ae):
    outputs = numpy_of(vae(IMAGES))
    shapes = {name: value.shape for name, value in outputs.items()}
    assert shapes == {"mu": (9, 3), "log_var": (9, 3), "raw_log_var": (9, 3), "logits": IMAGES.shape}
    assert all(value.dtype == np.float32 for value in outputs.values())
    assert {name: value.shape for name, value in numpy_of(ae(IMAGES)).items()} == {"mu": (9, 3), "logits": IMAGES.shape}
    assert (vae.z_dim, vae.image_shape) == (3, (8, 8, 1))


def test_bytes_and_floats_give_the_same(vae):
    as_floats = IMAGES / np.float32(255)
    assert np.array_equal(vae.encode(IMAGES), vae.encode(as_floats))
    assert np.array_equal(vae.encode(IMAGES), vae.encode(IMAGES.astype(np.int64)))
    np.testing.assert_allclose(vae.encode(as_floats.astype(np.float64)), vae.encode(IMAGES), rtol=1e-6)
    for name, value in numpy_of(vae(IMAGES)).items():
        np.testing.assert_allclose(value, numpy_of(vae(as_floats))[name], rtol=1e-4, atol=1e-5)


def test_scaling_looks_at_the_dtype():
    full = np.full((1, 2, 2, 1), 255, np.uint8)
    assert keras.ops.convert_to_numpy(as_unit_images(full)).max() == 1.0
    assert keras.ops.convert_to_numpy(as_unit_images(np.ones((1, 2, 2, 1), np.float16))).max() == 1.0
    assert keras.backend.standardize_dtype(as_unit_images(full).dtype) == "float32"


@pytest.mark.parametrize("images", [IMAGES * 1.0, IMAGES / 127.5 - 1, np.full(IMAGES.shape, np.nan)])
def test_images_out_of_range_are_refused(vae, images):
    with pytest.raises(
        InputError, match=r"Expected integer images in \[0, 255\] or floats in \[0, 1\], received float64 from "
    ):
        vae.encode(images)


def test_integers_beyond_a_byte_are_refused(vae):
    for images in (IMAGES.astype(np.uint16) * 257, IMAGES.astype(np.int32) - 128):
        with pytest.raises(InputError, match=r"Expected integer images in \[0, 255\] .*, received u?int\d\d from "):
            vae.encode(images)


@pytest.mark.parametrize("shape", [(9, 8, 8), (8, 8, 1), (2, 8, 9, 1), (2, 8, 8, 3)])
def test_images_of_another_shape_are_refused(vae, shape):
    with pytest.raises(InputError, match=r"Expected images of shape \(n, 8, 8, 1\), received \("):
        vae.encode(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("shape", [(3,), (2, 4), (1, 2, 3)])
def test_points_of_another_shape_are_refused(vae, shape):
    with pytest.raises(InputError, match=r"Expected z-points of shape \(n, 3\), received \("):
        vae.decode(np.zeros(shape))


def test_nothing_to_do_is_refused(vae):
    with pytest.raises(InputError, match="at least one image"):
        vae.encode(IMAGES[:0])
    with pytest.raises(InputError, match="at least one z-point"):
        vae.decode(np.zeros((0, 3)))


def test_encode_is_the_mean_repeatable_and_without_training(vae):
    first, log_var = vae.encode(IMAGES, return_log_var=True)
    again = vae.encode(IMAGES)
    assert first.tobytes() == again.tobytes() and first.dtype == log_var.dtype == np.float32
    outputs = numpy_of(vae(IMAGES, training=False))
    np.testing.assert_allclose(first, outputs["mu"], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(log_var, outputs["log_var"], rtol=1e-4, atol=1e-5)
    assert np.array_equal(vae.reconstruct(IMAGES), vae.decode(first))
    logits = vae.decode_logits(first)
    np.testing.assert_allclose(logits, outputs["logits"], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(vae.decode(first), 1 / (1 + np.exp(-logits)), rtol=1e-6)


def test_more_images_than_one_inference_batch(vae):
    many = np.concatenate([IMAGES] * 30)  # 270: one batch of 256 and a short one
    codes = vae.encode(many)
    assert codes.shape == (270, 3)
    np.testing.assert_allclose(codes, np.tile(vae.encode(IMAGES), (30, 1)), rtol=1e-4, atol=1e-5)
    assert len(vae.decode(codes)) == 270


def test_autoencoder_has_no_log_var(ae):
    mu, log_var = ae.encode(IMAGES, return_log_var=True)
    assert mu.shape == (9, 3) and log_var is None


def test_training_draws_and_moves_statistics(vae):
    def statistics():
        arrays = to_arrays(part_weights(vae.encoder)) | to_arrays(part_weights(vae.decoder))
        return [array.copy() for name, array in arrays.items() if "moving" in name]

    before = statistics()
    numpy_of(vae(IMAGES, training=False)), vae.encode(IMAGES)
    assert before and all(np.array_equal(a, b) for a, b in zip(before, statistics(), strict=True))
    one, two = (numpy_of(vae(IMAGES, training=True))["logits"] for _ in range(2))
    assert not np.array_equal(one, two)
    assert not any(np.array_equal(a, b) for a, b in zip(before, statistics(), strict=True))


def test_given_draws_decide_z(ae, tiny_recipe):
    model = build_model(tiny_recipe())
    epsilon = RNG.normal(size=(9, 3)).astype(np.float32)
    outputs = numpy_of(model({"images": IMAGES, "epsilon": epsilon}))
    z = outputs["mu"] + np.exp(outputs["log_var"] / 2) * epsilon
    np.testing.assert_allclose(model.decode_logits(z), outputs["logits"], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("huge", [50.0, 1e4, 1e30, -1e30])
def test_log_var_is_bounded_whatever_the_encoder_gives(tiny_recipe, huge):
    model = build_model(tiny_recipe({"model.log_var_bounds": [-20, 6]}))
    model.encoder.get_layer("log_var").bias.assign(np.full(3, huge, np.float32))
    for log_var in (model.encode(IMAGES, return_log_var=True)[1], numpy_of(model(IMAGES))["log_var"]):
        assert np.isfinite(log_var).all() and log_var.min() >= -20 and log_var.max() <= 6
        np.testing.assert_allclose(log_var, 6 if huge > 0 else -20, atol=1e-3)
    assert np.isfinite(numpy_of(model(IMAGES, training=True))["logits"]).all()
    assert np.abs(numpy_of(model(IMAGES))["raw_log_var"]).max() >= 0.9 * abs(huge)


def test_far_points_decode_without_a_warning(vae):
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        images = vae.decode(np.full((1, 3), 1e5))
    assert np.isfinite(images).all() and images.min() >= 0 and images.max() <= 1


def test_samples_are_seeded(vae):
    assert np.array_equal(vae.sample(4, seed=1), vae.sample(4, seed=1))
    assert not np.array_equal(vae.sample(4, seed=1), vae.sample(4, seed=2))
    assert vae.sample(4, seed=1).shape == (4, 8, 8, 1)
