"""Other coordinates folded into networks: the same images, the codes of the new coordinates."""

import keras
import numpy as np
import pytest

import zscape
from tests.inference.conftest import with_own_weights
from zscape.core.errors import InputError
from zscape.inference.fold import fold, moved_bounds
from zscape.latent.whiten import whitening
from zscape.pathways.build import build_model

IMAGES = np.random.default_rng(3).random((20, 8, 8, 1), dtype=np.float32)
MEAN = np.array([2.0, -1.0, 0.5])
COVARIANCE = np.array([[4.0, 1.2, 0.0], [1.2, 1.0, -0.3], [0.0, -0.3, 0.25]])


@pytest.fixture
def of_kind(tiny_recipe):
    def make(kind, **settings):
        return with_own_weights(build_model(tiny_recipe({"model.kind": kind, **settings})))

    return make


def weights(model):
    return [weight.numpy().tobytes() for weight in (*model.encoder.weights, *model.decoder.weights)]


@pytest.mark.parametrize("t", [1.0, 0.3])
def test_an_autoencoder_whitened(of_kind, t):
    model, new = of_kind("ae"), whitening(MEAN, COVARIANCE, t)
    codes, images = model.encode(IMAGES), model.reconstruct(IMAGES)
    fold(model, new)
    np.testing.assert_allclose(model.encode(IMAGES), new.apply(codes), rtol=1e-4, atol=1e-4)
    assert np.abs(model.reconstruct(IMAGES) - images).max() < 1e-4


def test_random_images_of_the_whitened_autoencoder_are_those_of_the_fitted_normal(of_kind):
    model, new = of_kind("ae"), whitening(MEAN, COVARIANCE)
    e = np.random.default_rng(0).standard_normal((40, 3))
    # A^-1 e + m by hand: the square root of S from its own eigenvectors.
    values, axes = np.linalg.eigh(COVARIANCE)
    before = model.decode(MEAN + e @ (axes * np.sqrt(values)) @ axes.T)
    assert np.abs(model.decode(e) - before).max() > 0.1, "otherwise there is nothing to test"
    fold(model, new)
    assert np.abs(model.decode(e) - before).max() < 1e-4


@pytest.mark.parametrize("pathway", ["model", "layer", "outputs"])
def test_a_vae_is_scaled_coordinate_by_coordinate(of_kind, pathway):
    far = {"objective.kl_pathway": pathway, "model.log_var_bounds": [-40, 30]}  # far from every log_var
    model, new = of_kind("vae", **far), whitening(MEAN, COVARIANCE, diagonal=True)
    mu, log_var = model.encode(IMAGES, return_log_var=True)
    points = mu + np.exp(log_var / 2) * np.random.default_rng(0).standard_normal(mu.shape)
    images = model.decode(points)
    fold(model, new)
    folded_mu, folded_log_var = model.encode(IMAGES, return_log_var=True)
    np.testing.assert_allclose(folded_mu, new.apply(mu), rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(folded_log_var, log_var - np.log(np.diag(COVARIANCE)), rtol=1e-5, atol=1e-4)
    assert np.abs(model.decode(new.apply(points)) - images).max() < 1e-4


def test_the_bounds_of_log_var_move_along(of_kind):
    alike = whitening(np.zeros(3), 4.0 * np.eye(3), diagonal=True)
    assert moved_bounds((-3.0, 2.0), alike) == pytest.approx((-3 - np.log(4), 2 - np.log(4)), rel=1e-12)
    model = of_kind("vae", **{"model.log_var_bounds": [-3, 2]})
    _, log_var = model.encode(IMAGES, return_log_var=True)
    assert log_var.max() > 1.5 or log_var.min() < -2.5, "the bounds must bite for this to be a test"
    fold(model, alike)
    _, folded = model.encode(IMAGES, return_log_var=True)
    np.testing.assert_allclose(folded, log_var - np.log(4), atol=1e-5)
    # Other scales need other bounds: the pair holds all of them, and stays one that a recipe may have.
    assert moved_bounds((-3.0, 2.0), whitening(MEAN, COVARIANCE, diagonal=True)) == pytest.approx(
        (-3 - np.log(4), 2 - np.log(0.25))
    )
    narrow = whitening(np.zeros(2), np.diag([1e40, 1e38]), diagonal=True)
    assert moved_bounds((-30.0, 10.0), narrow)[0] == -80.0


def test_one_pair_of_bounds_for_all_coordinates_differs_by_the_tail_of_the_smooth_bound(of_kind):
    model, new = of_kind("vae", **{"model.log_var_bounds": [-30, 10]}), whitening(MEAN, COVARIANCE, diagonal=True)
    _, log_var = model.encode(IMAGES, return_log_var=True)
    fold(model, new)
    _, folded = model.encode(IMAGES, return_log_var=True)
    change = np.abs(folded - (log_var + 2 * new.log_scale))
    distance = np.minimum(log_var + 30, 10 - log_var)
    assert (change <= 1.1 * np.exp(-distance) + 1e-5).all()
    assert change.max() > 1e-4, "otherwise the bounds are too far away to tell"


def test_a_vae_is_not_turned(of_kind):
    model = of_kind("vae")
    before = weights(model)
    with pytest.raises(InputError, match="turned axes would make its posteriors correlated"):
        fold(model, whitening(MEAN, COVARIANCE))
    assert weights(model) == before


def test_coordinates_of_another_size(of_kind):
    with pytest.raises(InputError, match="The new coordinates have 2 dimensions; the model has 3"):
        fold(of_kind("ae"), whitening(np.zeros(2), np.eye(2)))


def own_networks(head, entry):
    image, z = keras.Input((4, 4, 1)), keras.Input((3,))
    features = keras.layers.Dense(6, activation="tanh")(keras.layers.Flatten()(image))
    pixels = keras.layers.Dense(16)(entry(z))
    decoder = keras.Model(z, keras.layers.Reshape((4, 4, 1))(pixels))
    return zscape.Autoencoder(keras.Model(image, head(features)), decoder)


def test_own_networks_of_dense_layers_can_be_folded():
    model = own_networks(keras.layers.Dense(3), keras.layers.Dense(5, activation="relu"))
    images = np.random.default_rng(0).random((9, 4, 4, 1), dtype=np.float32)
    before = model.reconstruct(images)
    fold(model, whitening(MEAN, COVARIANCE))
    assert np.abs(model.reconstruct(images) - before).max() < 1e-4


def skip(z):
    return keras.layers.Concatenate()([keras.layers.Dense(4)(z), z])


@pytest.mark.parametrize(
    ("head", "entry"),
    [
        (keras.layers.Dense(3, activation="tanh"), keras.layers.Dense(5)),
        (keras.layers.Dense(3, use_bias=False), keras.layers.Dense(5)),
        (lambda x: keras.layers.LayerNormalization()(keras.layers.Dense(3)(x)), keras.layers.Dense(5)),
        (keras.layers.Dense(3), skip),
        (keras.layers.Dense(3), lambda z: keras.layers.Dense(5)(keras.ops.tanh(z))),
        (keras.layers.Dense(3), lambda z: keras.layers.Dense(5, use_bias=False)(z)),
    ],
    ids=["activation", "no bias", "norm after it", "z goes elsewhere", "z is bent first", "no bias in the decoder"],
)
def test_own_networks_of_another_structure_are_left_as_they_were(head, entry):
    model = own_networks(head, entry)
    before = weights(model)
    with pytest.raises(InputError, match=r"^Other coordinates of z cannot be folded .* nowhere else\.$"):
        fold(model, whitening(MEAN, COVARIANCE))
    assert weights(model) == before
