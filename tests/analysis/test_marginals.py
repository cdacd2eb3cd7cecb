"""Distances of coordinates to N(0, 1) against scipy, and what must hold for any points."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from zscape.analysis import marginals as module
from zscape.analysis.marginals import chance_distance, kolmogorov_distance, marginals, normal_parts

POINTS = hnp.arrays(
    np.float32, hnp.array_shapes(min_dims=2, max_dims=2, max_side=12), elements=st.floats(-100, 100, width=32)
)


@pytest.mark.parametrize("count", [1, 2, 50, 3000])
def test_distances_are_scipys(count):
    source = np.random.default_rng(0)
    columns = (source.normal(size=count), source.uniform(-1, 4, count), source.exponential(size=count), np.zeros(count))
    points = np.stack(columns, axis=1)
    seen, parts = marginals(points), normal_parts(count)
    for i, column in enumerate(points.T):
        assert seen.kolmogorov[i] == pytest.approx(stats.kstest(column, "norm").statistic, abs=1e-12)
        assert seen.wasserstein[i] == pytest.approx(stats.wasserstein_distance(column, parts), abs=1e-12)


@pytest.mark.parametrize("count", [1, 2, 7, 60])
def test_the_parts_of_the_normal_are_its_means_between_quantiles(count):
    parts, ends = normal_parts(count), stats.norm.ppf(np.arange(count + 1) / count)
    expected = [stats.truncnorm.mean(a, b) for a, b in itertools.pairwise(ends)]
    np.testing.assert_allclose(parts, expected, atol=1e-6)
    assert parts.sum() == pytest.approx(0, abs=1e-9)


def test_a_shift_is_its_own_wasserstein_distance():
    # W1 of N(m, 1) to N(0, 1) is |m|, the Kolmogorov distance 2 Phi(|m| / 2) - 1.
    points = np.random.default_rng(0).normal(size=(50000, 2)) + np.array([3.0, -0.5])
    seen = marginals(points)
    np.testing.assert_allclose(seen.wasserstein, [3.0, 0.5], atol=0.02)
    np.testing.assert_allclose(seen.kolmogorov, 2 * stats.norm.cdf([1.5, 0.25]) - 1, atol=0.01)


@given(POINTS, st.randoms(use_true_random=False))
def test_the_order_of_the_points_does_not_matter(points, random):
    order = list(range(len(points)))
    random.shuffle(order)
    one, other = marginals(points), marginals(points[order])
    np.testing.assert_array_equal(one.kolmogorov, other.kolmogorov)
    np.testing.assert_array_equal(one.wasserstein, other.wasserstein)
    assert ((one.kolmogorov >= 0) & (one.kolmogorov <= 1)).all()
    assert (one.wasserstein >= 0).all()


@given(POINTS)
def test_columns_are_independent_of_their_neighbours_and_of_how_they_lie_in_memory(points):
    seen = marginals(points)
    for i in range(points.shape[1]):
        alone = marginals(np.asfortranarray(points)[:, i : i + 1])
        assert (alone.kolmogorov[0], alone.skewness[0]) == (seen.kolmogorov[i], seen.skewness[i])


def test_threads_change_no_bit(monkeypatch):
    points = np.random.default_rng(0).normal(size=(300, 40)).astype(np.float32)
    alone = marginals(points)
    monkeypatch.setattr(module, "_WORTH_THREADS", 1)
    for name, values in vars(marginals(points)).items():
        np.testing.assert_array_equal(values, getattr(alone, name))


def test_kolmogorov_of_a_single_value_and_of_a_perfect_grid():
    assert kolmogorov_distance(np.array([0.3])) == 0.7
    assert kolmogorov_distance((np.arange(10) + 0.5) / 10) == pytest.approx(0.05)


@pytest.mark.parametrize(("count", "columns"), [(50, 1), (50, 20), (400, 5)])
def test_chance_seldom_reaches_the_distance_it_is_given(count, columns):
    bound = chance_distance(count, columns)
    source = np.random.default_rng(0)
    passed = [marginals(source.normal(size=(count, columns))).kolmogorov.max() > bound for _ in range(150)]
    assert np.mean(passed) <= 0.03  # at most 0.01 in the long run
    # and it is not far beyond what chance reaches: twice in the asymptotic law of Kolmogorov at one per cent
    assert bound < 2 * stats.kstwobign.ppf(0.99) / np.sqrt(count)
    assert chance_distance(1) == 1.0
