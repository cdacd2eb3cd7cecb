"""Moments, distances and histograms of the coordinates."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from zscape.analysis.coordinates import MOST_SHOWN, coordinates_record
from zscape.core.errors import InputError


@pytest.mark.parametrize("count", [2, 100, 20000])
def test_scipy(count):
    source = np.random.default_rng(0)
    points = np.stack([source.normal(3, 2, count), source.exponential(1, count), source.uniform(0, 1, count)], axis=1)
    record = coordinates_record(points)
    np.testing.assert_allclose(record.mean, points.mean(axis=0))
    np.testing.assert_allclose(record.sd, points.std(axis=0))
    np.testing.assert_allclose(record.skewness, stats.skew(points), atol=1e-9)
    np.testing.assert_allclose(record.excess_kurtosis, stats.kurtosis(points), atol=1e-9)


def test_known_laws():
    source = np.random.default_rng(0)
    points = np.stack([source.normal(size=100000), source.exponential(size=100000)], axis=1)
    record = coordinates_record(points.astype(np.float32))
    np.testing.assert_allclose(record.skewness, [0, 2], atol=0.1)
    np.testing.assert_allclose(record.excess_kurtosis, [0, 6], atol=0.8)


@pytest.mark.parametrize("value", [0.0, 0.1, -1e6, 1e30])
def test_a_constant_coordinate_has_no_shape(value):
    record = coordinates_record(np.full((1001, 2), value, dtype=np.float32))
    assert record.skewness == (0.0, 0.0) == record.excess_kurtosis
    np.testing.assert_allclose(record.sd, 0, atol=1e-12 * abs(value))


def test_distances_of_known_laws():
    # sup |F - Phi|: a uniform on [-sqrt 3, sqrt 3] 0.0573 (where its density crosses the normal's); N(0, 2^2) 0.1614
    source = np.random.default_rng(0)
    points = np.stack([source.uniform(-(3**0.5), 3**0.5, 40000), source.normal(0, 2, 40000)], axis=1)
    record = coordinates_record(points.astype(np.float32))
    x = np.linspace(-6, 6, 200001)
    for i, law in enumerate((stats.uniform(-(3**0.5), 2 * 3**0.5), stats.norm(0, 2))):
        distance = np.abs(law.cdf(x) - stats.norm.cdf(x))
        assert record.kolmogorov[i] == pytest.approx(distance.max(), abs=0.01)
        assert record.wasserstein[i] == pytest.approx(distance.sum() * (x[1] - x[0]), abs=0.02)


@settings(max_examples=30)
@given(st.integers(1, 60), st.integers(1, 45), st.integers(0, 99), st.sampled_from([0.0, 1e-20, 1.0, 1e20]))
def test_histograms_lose_no_point(count, z_dim, seed, scale):
    points = (scale * np.random.default_rng(seed).normal(size=(count, z_dim))).astype(np.float32)
    record = coordinates_record(points)
    assert len(record.histograms) == min(z_dim, MOST_SHOWN)
    assert len({h.dimension for h in record.histograms}) == len(record.histograms)
    for histogram in record.histograms:
        column = points[:, histogram.dimension].astype(float)
        assert sum(histogram.counts) == count and 10 <= len(histogram.counts) <= 40
        assert histogram.low <= column.min() and column.max() <= histogram.high and histogram.low < histogram.high


def test_of_many_coordinates_those_from_the_most_to_the_least_normal_are_shown():
    points = np.random.default_rng(0).normal(size=(400, 100)) * np.geomspace(1, 30, 100)
    record = coordinates_record(points)
    shown = [h.dimension for h in record.histograms]
    distances = [record.kolmogorov[i] for i in shown]
    assert distances == sorted(distances) and len(shown) == MOST_SHOWN
    assert (distances[0], distances[-1]) == (min(record.kolmogorov), max(record.kolmogorov))
    assert [h.dimension for h in coordinates_record(points[:, ::-1][:, :36]).histograms] == list(range(36))


def test_a_constant_coordinate_is_as_far_as_its_place():
    record = coordinates_record(np.full((100, 2), [0.0, 3.0]))
    np.testing.assert_allclose(record.kolmogorov, [0.5, stats.norm.cdf(3.0)])
    np.testing.assert_allclose(record.wasserstein, [np.sqrt(2 / np.pi), 3.0], atol=0.02)


@pytest.mark.parametrize(
    ("points", "sentence"),
    [
        (np.zeros((0, 2)), "There are 0 points; at least 1 are needed"),
        (np.array([[np.nan, 1.0]]), "1 of 2 values are NaN or infinite"),
        (np.zeros(4), r"Points have shape \(4,\)"),
    ],
)
def test_wrong_points(points, sentence):
    with pytest.raises(InputError, match=sentence):
        coordinates_record(points)
