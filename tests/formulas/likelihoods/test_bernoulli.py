"""Oracles: scipy.stats, written independently of the formulas' own form."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import special, stats

from zscape.formulas.likelihoods.bernoulli import DARKEST, LIKELIHOOD, bernoulli_entropy, bernoulli_nll

SHAPE = (3, 4, 5, 2)
UNIT = arrays(np.float64, SHAPE, elements=st.floats(0, 1))
LOGITS = arrays(np.float64, SHAPE, elements=st.floats(-50, 50))


def rng():
    return np.random.default_rng(0)


def test_bernoulli_nll_of_black_and_white_is_scipy_s():
    target, logits = rng().integers(0, 2, SHAPE), rng().normal(0, 3, SHAPE)
    expected = -stats.bernoulli.logpmf(target, special.expit(logits)).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(bernoulli_nll(target, logits, np), expected, rtol=1e-12)


def test_bernoulli_nll_of_grey_values_is_the_cross_entropy_with_probabilities():
    target, logits = rng().random(SHAPE), rng().normal(0, 3, SHAPE)
    p = special.expit(logits)
    expected = -(special.xlogy(target, p) + special.xlog1py(1 - target, -p)).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(bernoulli_nll(target, logits, np), expected, rtol=1e-12)


@pytest.mark.parametrize("logit", [1e3, 1e6, 3e38])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_saturated_logits_cost_their_own_size_when_wrong_and_nothing_when_right(logit, dtype):
    pixel = np.full((1, 1, 1, 1), logit, dtype)
    one, zero = np.ones_like(pixel), np.zeros_like(pixel)
    assert bernoulli_nll(one, pixel, np)[0] == 0
    assert bernoulli_nll(zero, -pixel, np)[0] == 0
    np.testing.assert_allclose(bernoulli_nll(zero, pixel, np)[0], dtype(logit), rtol=1e-6)
    np.testing.assert_allclose(bernoulli_nll(one, -pixel, np)[0], dtype(logit), rtol=1e-6)


@settings(deadline=None, max_examples=50)
@given(UNIT, LOGITS)
def test_entropy_is_the_floor_of_the_cross_entropy(target, logits):
    floor = bernoulli_entropy(target, np)
    assert (floor >= 0).all()
    assert (bernoulli_nll(target, logits, np) >= floor - 1e-9).all()


def test_entropy_is_scipy_s_and_reached_at_the_target_s_own_logits():
    target = rng().uniform(0.001, 0.999, SHAPE)
    floor = bernoulli_entropy(target, np)
    np.testing.assert_allclose(floor, stats.bernoulli(target).entropy().sum(axis=(1, 2, 3)), rtol=1e-10)
    np.testing.assert_allclose(bernoulli_nll(target, special.logit(target), np), floor, rtol=1e-10)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_entropy_of_black_and_white_is_zero_and_of_middle_grey_a_bit(dtype):
    pixels = np.array([0, 1, 0.5], dtype).reshape(3, 1, 1, 1)
    np.testing.assert_allclose(bernoulli_entropy(pixels, np), [0, 0, np.log(2)], rtol=1e-6)


def test_an_image_is_its_own_logits_half_a_grey_level_from_certainty():
    target, image = rng().random(SHAPE), rng().random(SHAPE)
    image[0, 0, 0] = 0, 1
    p = image.clip(1 / 510, 509 / 510)
    expected = -(special.xlogy(target, p) + special.xlog1py(1 - target, -p)).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(LIKELIHOOD.nll_of_image(target, image, 1.0, np), expected, rtol=1e-10)
    assert DARKEST == 1 / 510 and "[1/510, 509/510]" in LIKELIHOOD.image_rule
