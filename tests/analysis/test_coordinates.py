"""Moments of the coordinates against scipy."""

import numpy as np
import pytest
from scipy import stats

from zscape.analysis.coordinates import coordinates_record


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
