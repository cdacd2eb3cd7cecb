import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zscape.formulas.bounds import bound_log_var

LOW, HIGH = -30.0, 10.0
NUMBERS = st.floats(-1e3, 1e3)


def bounded(x, dtype=np.float64):
    return bound_log_var(np.asarray(x, dtype), LOW, HIGH, np)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_finite_and_at_the_bounds_for_any_extreme(dtype):
    extremes = np.array([-np.inf, np.finfo(dtype).min, -1e6, 1e6, np.finfo(dtype).max, np.inf], dtype)
    np.testing.assert_allclose(bounded(extremes, dtype), [LOW] * 3 + [HIGH] * 3, atol=1e-5)


def test_nan_stays_nan():
    with np.errstate(invalid="ignore"):  # NumPy's logaddexp warns of NaN
        assert np.isnan(bounded([np.nan, 0])).tolist() == [True, False]


@settings(deadline=None)
@given(NUMBERS)
def test_never_outside_the_bounds(x):
    assert LOW <= bounded(x) <= HIGH


@settings(deadline=None)
@given(NUMBERS, NUMBERS)
def test_monotone(one, two):
    low, high = sorted((one, two))
    assert bounded(low) <= bounded(high)


@settings(deadline=None)
@given(st.floats(LOW, HIGH))
def test_inside_it_is_the_identity_but_for_the_tails(x):
    # softplus(t) - t = log(1 + exp(-t)) <= exp(-t) at a distance t inside a bound
    tails = np.exp(-(x - LOW)) + np.exp(-(HIGH - x))
    assert abs(bounded(x) - x) <= tails + 1e-12


def test_gradient_is_a_half_at_the_bounds_one_inside_and_zero_far_outside():
    def slope(x):
        return (bounded(x + 1e-4) - bounded(x - 1e-4)) / 2e-4

    for x, expected in ((LOW, 0.5), (HIGH, 0.5), (-10.0, 1.0), (LOW - 40, 0.0), (HIGH + 40, 0.0)):
        np.testing.assert_allclose(slope(x), expected, atol=1e-3)


def test_shape_is_kept():
    assert bounded(np.zeros((2, 3))).shape == (2, 3)
