import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zscape.data.limit import kept_positions

PARTS = np.repeat(np.array([0, 2], np.uint8), [60, 10])


@pytest.mark.parametrize("limit", [None, 20, 21, 10_000])
def test_no_limit_or_one_beyond_the_data_keeps_all(limit):
    np.testing.assert_array_equal(kept_positions(20, None, limit, "x"), np.arange(20))


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_exactly_the_limit_in_order_and_in_proportion(train, test, data):
    limit = data.draw(st.integers(1, train + test - 1))
    parts = np.repeat(np.array([0, 2], np.uint8), [train, test])
    kept = kept_positions(train + test, parts, limit, "x")
    assert len(kept) == limit and (np.diff(kept) > 0).all()
    assert abs((parts[kept] == 2).sum() - limit * test / (train + test)) < 1


def test_a_smaller_limit_keeps_a_subset():
    small, large = (kept_positions(1000, None, limit, "x") for limit in (100, 300))
    assert set(small) < set(large)
    assert np.ptp(small) > 800, "a random part of all images, not the first ones"


def test_fixed_draw_per_source():
    np.testing.assert_array_equal(kept_positions(70, PARTS, 20, "x"), kept_positions(70, PARTS, 20, "x"))
    assert (kept_positions(70, PARTS, 20, "x") != kept_positions(70, PARTS, 20, "y")).any()
