"""N(0, I) and cubes against scipy and the laws of their radii."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from zscape.latent.priors.normal import Normal
from zscape.latent.priors.uniform import Uniform


def test_normal_density_is_scipys():
    z = np.random.default_rng(0).normal(size=(20, 5)) * 3
    expected = stats.multivariate_normal(np.zeros(5)).logpdf(z)
    np.testing.assert_allclose(Normal(5).log_prob(z), expected, rtol=1e-12)


def test_normal_draws_are_standard_normal():
    assert stats.kstest(Normal(4).sample(5000, 1).ravel(), "norm").pvalue > 1e-3


def test_normal_radius_in_256_dimensions():
    # E R = 15.984, sd 0.706 (spec, section 5)
    radius = np.linalg.norm(Normal(256).sample(20000, 1), axis=1)
    assert radius.mean() == pytest.approx(15.984, abs=0.03)
    assert radius.std() == pytest.approx(0.706, abs=0.02)


def test_cube_radius_in_256_dimensions():
    # 9.24 r (spec, section 5)
    radius = np.linalg.norm(Uniform(256, -2.0, 2.0).sample(5000, 1), axis=1)
    assert radius.mean() == pytest.approx(2 * 9.24, rel=2e-3)


@pytest.mark.parametrize(("low", "high"), [(-1.5, 1.5), (0.0, 8.0), (-3.0, -1.0)])
def test_cube_draws_and_density(low, high):
    prior = Uniform(2, low, high)
    z = prior.sample(5000, 1)
    assert stats.kstest(z.ravel(), stats.uniform(low, high - low).cdf).pvalue > 1e-3
    np.testing.assert_allclose(prior.log_prob(z), -2 * np.log(high - low))
    outside = np.array([[low, high], [low - 0.01, high], [low, high + 0.01]])
    np.testing.assert_array_equal(np.isfinite(prior.log_prob(outside)), [True, False, False])


@settings(max_examples=60, deadline=None)
@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e3), st.integers(0, 50))
def test_cube_draws_never_leave_the_cube(low, width, seed):
    z = Uniform(3, low, low + width).sample(50, seed).astype(np.float64)
    assert z.min() >= low
    assert z.max() <= low + width


def test_a_growing_cube_moves_points_outward():
    np.testing.assert_allclose(Uniform(4, -3.0, 3.0).sample(9, 5), 2 * Uniform(4, -1.5, 1.5).sample(9, 5), rtol=1e-5)
