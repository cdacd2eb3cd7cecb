"""A linear VAE has a known optimum, and every pathway trains to it.

Lucas, Tucker, Grosse & Norouzi 2019 ("Don't blame the ELBO!"): with linear networks, a Gaussian likelihood with a
linear output and centred data whose covariance has the eigenvalues lambda, the least of SSE / (2 sigma^2) + beta KL
has, with s^2 = beta sigma^2 and at least as many latent dimensions as there are lambda > s^2,

    KL = 1/2 sum of ln(lambda / s^2) over the lambda > s^2,    E SSE (z drawn) = sum of min(lambda, s^2).
"""

import keras
import numpy as np
import pytest

from zscape.formulas.objective import Objective
from zscape.networks.parts import build_decoder, build_encoder
from zscape.pathways.registry import PATHWAYS
from zscape.specs.model import ModelSpec

EIGENVALUES = np.array([6.0, 3.0, 1.5, 0.1, 0.05] + [0.02] * 11)
COUNT, Z_DIM, STEPS, COPIES = 64, 5, 800, 4

WEIGHTS = {
    "top": {"sigma": 0.5},
    "layer": {"beta": 0.25},
    "outputs": {"sigma": 0.5},
    "model": {"beta": 2.0, "sigma": 0.4},
    "tape": {"beta": 0.25},
}

# A step of PyTorch takes ten times as long; what the pathways agree in, test_agreement says.
TRAINED = ["model"] if keras.backend.backend() == "torch" else list(PATHWAYS)


@pytest.fixture(scope="module")
def images():
    """Centred 4x4 images whose covariance (divided by their number) has exactly these eigenvalues."""
    rng = np.random.default_rng(0)
    beside_ones = np.linalg.qr(np.c_[np.ones(COUNT), rng.normal(size=(COUNT, 16))])[0][:, 1:]
    axes = np.linalg.qr(rng.normal(size=(16, 16)))[0]
    flat = beside_ones * np.sqrt(COUNT * EIGENVALUES) @ axes
    np.testing.assert_allclose(flat.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(flat.T @ flat / COUNT, axes.T @ np.diag(EIGENVALUES) @ axes, atol=1e-12)
    return flat.reshape(COUNT, 4, 4, 1).astype(np.float32)


def trained(name, images):
    """Return a model trained from its initial weights on all images in every step."""
    spec = ModelSpec(filters=(), z_dim=Z_DIM)
    encoder, decoder = (build((4, 4, 1), spec, seed=1) for build in (build_encoder, build_decoder))
    # Not from a recipe, which states beta or sigma, but not both.
    model = PATHWAYS[name](encoder, decoder, Objective("mse", "linear", **WEIGHTS[name]), seed=1)
    rate = keras.optimizers.schedules.CosineDecay(0.1, STEPS)
    at_once = 1 if keras.backend.backend() == "torch" else 25  # PyTorch knows no other
    model.compile(optimizer=keras.optimizers.Adam(rate), steps_per_execution=at_once)
    model.fit(np.tile(images, (COPIES * STEPS, 1, 1, 1)), batch_size=COPIES * COUNT, shuffle=False, verbose=0)
    return model


def kl_and_squared_error(model, images):
    """Return the mean KL and the mean squared error that is to be expected of drawn z, from the weights alone."""
    flat = images.reshape(COUNT, 16).astype(np.float64)
    outputs = model(images)  # at the mean
    mu, log_var = (keras.ops.convert_to_numpy(outputs[name]).astype(np.float64) for name in ("mu", "log_var"))
    points = np.concatenate([np.zeros((1, Z_DIM)), np.eye(Z_DIM)])
    at_zero, *at_units = model.decode_logits(points).reshape(-1, 16).astype(np.float64)
    decoder, variance = np.array(at_units) - at_zero, np.exp(log_var)
    at_mean = ((flat - at_zero - mu @ decoder) ** 2).sum(axis=1)
    from_draws = variance @ (decoder**2).sum(axis=1)
    kl = 0.5 * (mu**2 + variance - 1 - log_var).sum(axis=1)
    return kl.mean(), (at_mean + from_draws).mean()


@pytest.mark.parametrize("name", TRAINED)
def test_the_optimum_is_met(images, name):
    weight = {"beta": 1.0, "sigma": 1.0, **WEIGHTS[name]}
    square = weight["beta"] * weight["sigma"] ** 2
    kept = EIGENVALUES[square < EIGENVALUES]
    assert 0 < len(kept) < Z_DIM, "one dimension at least has nothing to do"
    model = trained(name, images)
    kl, squared = kl_and_squared_error(model, images)
    assert kl == pytest.approx(0.5 * np.log(kept / square).sum(), rel=0.01)
    assert squared == pytest.approx(np.minimum(EIGENVALUES, square).sum(), rel=0.01)
