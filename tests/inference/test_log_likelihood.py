"""log p(x), where it is known in closed form: a linear decoder with a Gaussian likelihood."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from zscape.core.errors import InputError
from zscape.formulas.objective import Objective
from zscape.inference import log_likelihood as module
from zscape.inference.encode import encode_split
from zscape.inference.log_likelihood import likelihood_objective, log_likelihood
from zscape.networks.parts import build_decoder, build_encoder
from zscape.networks.state import part_weights
from zscape.pathways.build import build_model
from zscape.pathways.model import VariationalAutoencoder
from zscape.specs.model import ModelSpec

SHAPE, VALUES, Z_DIM, SIGMA = (2, 3, 1), 6, 2, 0.3


def linear(exact, objective=None):
    """Return a model with the decoder W z + b, and W, b; `exact`: its encoder gives the true posterior."""
    rng = np.random.default_rng(0)
    # Orthogonal columns: the true posterior is diagonal then.
    basis = np.linalg.qr(rng.normal(size=(VALUES, Z_DIM)))[0] * [0.6, 0.25]
    offset = rng.random(VALUES)
    spec = ModelSpec(filters=(), z_dim=Z_DIM)
    encoder, decoder = build_encoder(SHAPE, spec), build_decoder(SHAPE, spec)
    variance = 1 / (1 + (basis**2).sum(axis=0) / SIGMA**2)
    to_mean = basis * variance / SIGMA**2
    values = {"mu/kernel": to_mean, "mu/bias": -offset @ to_mean, "log_var/bias": np.log(variance)}
    if not exact:  # off the mark, and wider
        values["mu/bias"] = values["mu/bias"] + 0.2
        values["log_var/bias"] = values["log_var/bias"] + 0.5
    weights = part_weights(encoder)
    for name, variable in weights.items():
        variable.assign(values.get(name, np.zeros(tuple(variable.shape))))
    kernel, bias = sorted(part_weights(decoder).values(), key=lambda variable: -len(variable.shape))
    kernel.assign(basis.T)
    bias.assign(offset)
    model = VariationalAutoencoder(encoder, decoder, objective or Objective("mse", "linear", 1.0, SIGMA))
    return model, basis, offset


class _Split:
    """As much of a `Split` as is looked at."""

    name = "test"

    def __init__(self, images, ids):
        self._images, self.ids = images, ids

    def __len__(self):
        return len(self.ids)

    def images(self, positions=None):
        return self._images if positions is None else self._images[positions]


@pytest.fixture(scope="module")
def split():
    return _Split(np.random.default_rng(1).integers(0, 256, (12, *SHAPE), np.uint8), np.arange(100, 112))


def known(split, basis, offset):
    """log N(x; b, W W^T + sigma^2 I)."""
    flat = split.images().reshape(-1, VALUES) / 255.0
    covariance = basis @ basis.T + SIGMA**2 * np.eye(VALUES)
    return multivariate_normal(offset, covariance).logpdf(flat)


def known_elbo(model, split, basis, offset):
    """E_q log p(x|z) - KL(q || N(0, I)), both in closed form."""
    flat = split.images().reshape(-1, VALUES) / 255.0
    mu, log_var = (array.astype(np.float64) for array in model.encode(split.images(), return_log_var=True))
    squared = ((flat - offset - mu @ basis.T) ** 2).sum(axis=1) + np.exp(log_var) @ (basis**2).sum(axis=0)
    at_draws = -squared / (2 * SIGMA**2) - VALUES / 2 * np.log(2 * np.pi * SIGMA**2)
    return at_draws + 0.5 * (1 + log_var - mu**2 - np.exp(log_var)).sum(axis=1)


@pytest.mark.parametrize("n", [1, 3, 700])
def test_with_the_true_posterior_one_draw_is_enough(split, n):
    model, basis, offset = linear(exact=True)
    found = log_likelihood(model, split, n)
    np.testing.assert_allclose(found.values, known(split, basis, offset), atol=1e-4)
    np.testing.assert_allclose(found.elbo, found.values, atol=1e-4)
    np.testing.assert_allclose(found.effective, n, rtol=1e-4)
    assert found.n == n and found.sigma == SIGMA


def test_otherwise_it_rises_from_the_elbo_to_the_answer(split):
    model, basis, offset = linear(exact=False)
    truth, elbo = known(split, basis, offset), known_elbo(model, split, basis, offset)
    assert (truth - elbo).min() > 0.1
    found = [log_likelihood(model, split, n) for n in (1, 10, 4000)]
    means = [record.values.mean() for record in found]
    assert means[0] < means[1] < means[2] < truth.mean() + 0.01
    np.testing.assert_allclose(found[2].values, truth, atol=0.05)
    np.testing.assert_allclose(found[2].elbo, elbo, atol=0.08)
    np.testing.assert_array_equal(found[0].values, found[0].elbo)
    assert found[2].effective.min() > 1 and found[2].effective.max() < 4000


def test_one_draw_is_the_elbo_on_average(split):
    model, basis, offset = linear(exact=False)
    single = np.mean([log_likelihood(model, split, 1, seed=seed).values for seed in range(60)], axis=0)
    np.testing.assert_allclose(single.mean(), known_elbo(model, split, basis, offset).mean(), atol=0.15)


def test_the_number_of_draws_is_honoured_exactly_and_more_begin_with_fewer(split, monkeypatch):
    model, *_ = linear(exact=False)
    counted = []
    monkeypatch.setattr(module, "_summary", lambda weights: counted.append(weights) or np.zeros((3, len(weights))))
    for n in (1, 499, 500, 501, 1003):
        log_likelihood(model, split, n)
    assert [weights.shape for weights in counted] == [(12, n) for n in (1, 499, 500, 501, 1003)]
    for weights in counted[:-1]:
        np.testing.assert_allclose(weights, counted[-1][:, : weights.shape[1]], atol=1e-5)
    assert len(np.unique(counted[-1][0])) > 1000, "no draw comes twice"


def test_an_image_has_draws_of_its_own_whatever_is_around_it(split, monkeypatch):
    model, *_ = linear(exact=False)
    whole = log_likelihood(model, split, 7)
    some = log_likelihood(model, split, 7, positions=np.array([3, 8]))
    np.testing.assert_allclose(some.values, whole.values[[3, 8]], atol=1e-5)
    monkeypatch.setattr(module, "_VALUES", 30)  # one image at a time, five draws at a time
    np.testing.assert_allclose(log_likelihood(model, split, 7).values, whole.values, atol=1e-5)
    assert np.abs(log_likelihood(model, split, 7, seed=2).values - whole.values).min() > 1e-4


def test_draws_are_not_limited_as_in_training(split, monkeypatch):
    model, *_ = linear(exact=False)
    model.sampling.limit = 1e-3
    limited = log_likelihood(model, split, 5).values
    np.testing.assert_array_equal(limited, log_likelihood(linear(exact=False)[0], split, 5).values)


def test_a_weight_is_a_sigma_for_a_squared_error(split):
    # beta 4 at sigma 0.15 is what sigma 0.3 is at beta 1.
    model, basis, offset = linear(exact=True, objective=Objective("mse", "linear", 4.0, SIGMA / 2))
    found = log_likelihood(model, split, 2)
    np.testing.assert_allclose(found.values, known(split, basis, offset), atol=1e-4)
    assert found.sigma == pytest.approx(SIGMA)
    kept = Objective("bce", "sigmoid", 3.0)
    assert likelihood_objective(kept) is kept


def test_a_learned_sigma_has_the_same_density(split):
    model, basis, offset = linear(exact=True, objective=Objective("gaussian", "linear", 1.0))
    sigma = model.fitted_objective.sigma
    found = log_likelihood(model, split, 4000)
    covariance = basis @ basis.T + sigma**2 * np.eye(VALUES)
    truth = multivariate_normal(offset, covariance).logpdf(split.images().reshape(-1, VALUES) / 255.0)
    np.testing.assert_allclose(found.values, truth, atol=0.1)
    assert found.sigma == sigma and abs(sigma - SIGMA) > 0.02


def test_black_or_white_images_have_probabilities_that_sum_to_1(tiny_recipe):
    # All 16 images of 2 x 2 pixels, each with log p(x) from 3,000 draws.
    bits = (np.arange(16)[:, None] >> np.arange(4)) & 1
    every = _Split(np.uint8(255 * bits.reshape(16, 2, 2, 1)), np.arange(16))
    spec = ModelSpec(filters=(), z_dim=1)
    encoder = build_encoder((2, 2, 1), spec, seed=1)
    for name, variable in part_weights(encoder).items():  # an encoder not far from N(0, 1), for draws that matter
        variable.assign(0.3 * np.asarray(variable) if name.startswith("mu") else np.zeros(tuple(variable.shape)))
    model = VariationalAutoencoder(encoder, build_decoder((2, 2, 1), spec, seed=1), Objective("bce"))
    found = log_likelihood(model, every, 3000)
    assert np.exp(found.values).sum() == pytest.approx(1, abs=0.01)
    assert found.sigma is None and (found.values < 0).all()


def test_an_encoder_of_convolutions(model, tiny_store):
    split = tiny_store.split("test")
    found = log_likelihood(model, split, 20)
    codes = encode_split(model, split)
    assert found.values.shape == (7,) and np.isfinite(found.values).all()
    assert (found.values >= found.elbo).all(), "Jensen's inequality holds for every set of draws"
    assert len(codes) == 7 and (found.effective >= 1 - 1e-9).all() and (found.effective <= 20 + 1e-9).all()


def test_an_autoencoder_has_none(tiny_recipe, tiny_store):
    model = build_model(tiny_recipe({"model.kind": "ae"}))
    with pytest.raises(InputError, match=r"An autoencoder has no log-likelihood: its encoder gives a point"):
        log_likelihood(model, tiny_store.split("test"), 5)


def test_what_cannot_be_measured(split):
    model, *_ = linear(exact=True)
    with pytest.raises(InputError, match=r"at least 1 draw per image, received 0\."):
        log_likelihood(model, split, 0)
    with pytest.raises(InputError, match=r"The split 'test' of these images is empty"):
        log_likelihood(model, split, 5, positions=np.array([], np.int64))
