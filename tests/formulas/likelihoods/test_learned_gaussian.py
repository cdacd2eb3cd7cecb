"""Oracles: scipy.stats; a numerical minimum for the best sigma; Rybkin et al. 2021 for its closed form."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, special, stats

from zscape.formulas.likelihoods.learned_gaussian import (
    LIKELIHOOD,
    SIGMA_BOUNDS,
    START,
    best_sigma,
    learned_nll,
    learned_sigma,
)

SHAPE = (3, 4, 5, 2)
VALUES = 4 * 5 * 2


def drawn():
    rng = np.random.default_rng(0)
    return rng.random(SHAPE), rng.normal(0.5, 0.3, SHAPE)


@pytest.mark.parametrize("sigma", [0.01, 0.3, 1.0, 3.0])
def test_it_is_scipy_s_density_but_for_a_constant_without_sigma(sigma):
    target, mean = drawn()
    expected = -stats.norm.logpdf(target, mean, sigma).sum(axis=(1, 2, 3)) - VALUES / 2 * np.log(2 * np.pi)
    np.testing.assert_allclose(learned_nll(target, mean, sigma, np), expected, rtol=1e-9)


@pytest.mark.parametrize("output", ["sigmoid", "linear"])
def test_the_mean_is_the_output_or_its_sigmoid(output):
    target, logits = drawn()
    mean = special.expit(logits) if output == "sigmoid" else logits
    expected = ((target - mean) ** 2).sum(axis=(1, 2, 3)) / 0.08 + VALUES * np.log(0.2)
    np.testing.assert_allclose(LIKELIHOOD.nll(target, logits, output, 0.2, np), expected, rtol=1e-10)
    np.testing.assert_allclose(LIKELIHOOD.nll_of_image(target, mean, 0.2, np), expected, rtol=1e-10)


@settings(deadline=None)
@given(st.floats(0.01, 2.0), st.integers(0, 1000))
def test_the_best_sigma_is_the_root_of_the_mean_squared_error(scale, seed):
    target, mean = np.random.default_rng(seed).normal(0, scale, (2, *SHAPE))
    squared = ((target - mean) ** 2).mean()

    def loss(log_sigma):
        return learned_nll(target, mean, np.exp(log_sigma), np).mean()

    found = optimize.minimize_scalar(loss, bounds=np.log(SIGMA_BOUNDS), method="bounded", options={"xatol": 1e-9})
    assert best_sigma(squared) == pytest.approx(np.exp(found.x), rel=1e-4)
    assert LIKELIHOOD.least_nll(squared, VALUES) == pytest.approx(found.fun, rel=1e-9, abs=1e-9)
    # At the best sigma the squared error costs half a nat per value.
    assert LIKELIHOOD.least_nll(squared, VALUES) == pytest.approx(VALUES * (0.5 + np.log(best_sigma(squared))))


def test_a_perfect_fit_has_a_finite_loss():
    assert best_sigma(0.0) == SIGMA_BOUNDS[0] == pytest.approx(1 / 883.3, rel=1e-3)
    assert LIKELIHOOD.least_nll(0.0, VALUES) == pytest.approx(VALUES * np.log(SIGMA_BOUNDS[0]))
    assert best_sigma(1e6) == SIGMA_BOUNDS[1]


@pytest.mark.parametrize("raw", [-np.inf, -1e30, -1e3, 1e3, 1e30, np.inf])
def test_sigma_never_leaves_its_bounds(raw):
    expected = SIGMA_BOUNDS[0] if raw < 0 else SIGMA_BOUNDS[1]
    assert learned_sigma(np.float64(raw), np) == pytest.approx(expected, rel=1e-5)


@settings(deadline=None)
@given(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5))
def test_sigma_rises_with_what_is_trained(one, other):
    low, high = sorted((one, other))
    assert learned_sigma(low, np) <= learned_sigma(high, np)
    assert learned_sigma(0.0, np) == pytest.approx(START, rel=0.005)


def test_the_articles_units_leave_out_what_no_article_has():
    """Their squared error alone, with the learned sigma as if it had been stated."""
    target, mean = drawn()
    nll = learned_nll(target, mean, 0.2, np)
    rest = (nll - LIKELIHOOD.left_out_by_articles(0.2, VALUES)) * LIKELIHOOD.article_scale(0.2)
    np.testing.assert_allclose(rest, ((target - mean) ** 2).sum(axis=(1, 2, 3)), rtol=1e-10)
