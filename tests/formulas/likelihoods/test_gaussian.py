"""Oracles: scipy.stats."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import special, stats

from zscape.formulas.likelihoods.gaussian import LIKELIHOOD, gaussian_nll

SHAPE = (3, 4, 5, 2)
UNIT = arrays(np.float64, SHAPE, elements=st.floats(0, 1))


def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize("sigma", [0.1, 1 / np.sqrt(2), 1.0, 3.0])
def test_gaussian_nll_is_scipy_s_but_for_the_constant(sigma):
    target, mean = rng().random(SHAPE), rng().normal(size=SHAPE)
    constant = np.log(np.sqrt(2 * np.pi) * sigma) * np.prod(SHAPE[1:])
    expected = -stats.norm.logpdf(target, mean, sigma).sum(axis=(1, 2, 3)) - constant
    np.testing.assert_allclose(gaussian_nll(target, mean, sigma, np), expected, rtol=1e-9)


@settings(deadline=None, max_examples=50)
@given(UNIT, UNIT, st.floats(0.01, 100))
def test_gaussian_nll_is_not_negative_zero_at_the_target_and_symmetric(target, mean, sigma):
    assert (gaussian_nll(target, mean, sigma, np) >= 0).all()
    assert (gaussian_nll(target, target, sigma, np) == 0).all()
    np.testing.assert_array_equal(gaussian_nll(target, mean, sigma, np), gaussian_nll(mean, target, sigma, np))


@pytest.mark.parametrize("output", ["sigmoid", "linear"])
def test_the_mean_is_the_output_or_its_sigmoid(output):
    target, logits = rng().random(SHAPE), rng().normal(0, 3, SHAPE)
    mean = special.expit(logits) if output == "sigmoid" else logits
    expected = ((target - mean) ** 2).sum(axis=(1, 2, 3)) / 0.08
    np.testing.assert_allclose(LIKELIHOOD.nll(target, logits, output, 0.2, np), expected, rtol=1e-10)
    np.testing.assert_allclose(LIKELIHOOD.nll_of_image(target, mean, 0.2, np), expected, rtol=1e-10)
