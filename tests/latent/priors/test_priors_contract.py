"""What every registered prior, in every form that users are shown, promises."""

import numpy as np
import pytest

from zscape.core.errors import InputError
from zscape.latent.priors.fitted_normal import FittedNormal
from zscape.latent.priors.mixture import Mixture
from zscape.latent.priors.parse import PRIORS, parse_prior

Z_DIM = 3
MEAN = np.array([1.0, -2.0, 0.5])
COVARIANCE = np.array([[2.0, 0.6, 0.0], [0.6, 1.0, -0.3], [0.0, -0.3, 0.4]])
FORMS = [form for name in PRIORS for form in PRIORS.get(name).forms]


def mixture(components=4):
    """A mixture whose normals are apart and turned; as `fit_mixture` with this number, or with none, would name it."""
    rng = np.random.default_rng(0)
    factors = 0.55 * np.eye(Z_DIM) + np.tril(rng.normal(0, 0.1, (components, Z_DIM, Z_DIM)), -1)
    axes = np.linalg.qr(rng.normal(size=(Z_DIM, Z_DIM)))[0]
    weights, means = rng.dirichlet(np.full(components, 3.0)), rng.normal(0, 0.8, (components, Z_DIM))
    parts = (MEAN, np.array([1.5, 1.0, 0.8]), axes, weights, means, factors)
    return Mixture(*parts, components == 4, {4: -3.0}, 90, 100, 10, 0, 1)


def prior_of(text):
    normal = FittedNormal(MEAN, COVARIANCE)
    return parse_prior(text, Z_DIM, {"fitted": lambda level=None: normal.at_level(level), "mixture": mixture})


def test_every_kind_without_a_maker_of_its_own_is_fitted():
    assert [name for name in PRIORS if PRIORS.get(name).build is None] == ["fitted", "mixture"]


def test_all_are_registered():
    assert list(PRIORS) == ["normal", "uniform", "fitted", "mixture"]
    assert set(FORMS) >= {"normal", "uniform:1.5", "uniform:0:8", "fitted", "fitted:2sigma", "mixture", "mixture:10"}


@pytest.mark.parametrize("text", FORMS)
class TestEveryPrior:
    def test_its_name_makes_it_again(self, text):
        prior = prior_of(text)
        assert prior.name == text
        assert prior.description
        np.testing.assert_array_equal(prior_of(prior.name).sample(5, 1), prior.sample(5, 1))

    def test_shape_and_dtype(self, text):
        prior = prior_of(text)
        assert prior.z_dim == Z_DIM
        points = prior.sample(5, 1)
        assert points.shape == (5, Z_DIM)
        assert points.dtype == np.float32
        log_prob = prior.log_prob(points)
        assert log_prob.shape == (5,)
        assert log_prob.dtype == np.float64

    def test_the_seed_decides(self, text):
        prior = prior_of(text)
        np.testing.assert_array_equal(prior.sample(6, 7), prior.sample(6, 7))
        assert (prior.sample(6, 7) != prior.sample(6, 8)).all()

    def test_more_points_begin_with_fewer(self, text):
        prior = prior_of(text)
        np.testing.assert_allclose(prior.sample(40, 3)[:7], prior.sample(7, 3), rtol=1e-6)

    def test_draws_lie_in_the_support(self, text):
        prior = prior_of(text)
        assert np.isfinite(prior.log_prob(prior.sample(20000, 1))).all()

    def test_density_is_normalised(self, text):
        # Importance sampling: the density's integral over a box that holds the support but for a tail of 1e-6.
        prior = prior_of(text)
        box = np.array([[-9.0, 9.0], [-9.0, 9.0], [-9.0, 9.0]])
        z = np.random.default_rng(0).uniform(box[:, 0], box[:, 1], (1_000_000, 3))
        values = np.exp(prior.log_prob(z)) * np.prod(box[:, 1] - box[:, 0])
        error = values.std() / 1000
        assert values.mean() == pytest.approx(1.0, abs=5 * error + 1e-5)
        assert error < 0.02

    def test_entropy_is_that_of_the_draws(self, text):
        # sample and log_prob agree: E[-log p] equals the integral of -p log p, here by importance sampling.
        prior = prior_of(text)
        z = np.random.default_rng(1).uniform(-9, 9, (1_000_000, 3))
        log_p = prior.log_prob(z)
        inside = np.isfinite(log_p)
        integral = -(np.exp(log_p[inside]) * log_p[inside]).sum() * 18.0**3 / len(z)
        assert -prior.log_prob(prior.sample(40000, 2)).mean() == pytest.approx(integral, abs=0.1)

    @pytest.mark.parametrize("n", [0, -3])
    def test_number_of_points_is_refused(self, text, n):
        with pytest.raises(InputError, match=rf"must be at least 1, got {n}\."):
            prior_of(text).sample(n, 1)

    @pytest.mark.parametrize("shape", [(3,), (2, 4), (2, 3, 1)])
    def test_points_of_another_shape_are_refused(self, text, shape):
        with pytest.raises(InputError, match=r"do not fit this prior; expected \(n, 3\)"):
            prior_of(text).log_prob(np.zeros(shape))
