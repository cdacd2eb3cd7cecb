"""Mahalanobis distances: their exact law, what maps leave alone, and clouds of known shape."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from zscape.analysis.normality import PROBABILITIES, distance_law, mahalanobis_squares, normality_record
from zscape.core.errors import InputError
from zscape.latent.moments import mean_and_covariance


def normal(count, z_dim, seed=0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, z_dim))


def uniform(count, z_dim) -> np.ndarray:
    return np.random.default_rng(0).uniform(-1, 1, (count, z_dim))


def heavy(count, z_dim) -> np.ndarray:
    source = np.random.default_rng(0)
    return source.normal(size=(count, z_dim)) / np.sqrt(source.chisquare(4, (count, 1)) / 4)


def rings(count) -> np.ndarray:
    source = np.random.default_rng(0)
    angle, radius = source.uniform(0, 2 * np.pi, count), np.where(np.arange(count) % 2, 1.0, 3.0)
    return (radius * np.array([np.cos(angle), np.sin(angle)])).T + 0.05 * source.normal(size=(count, 2))


def worst(record) -> float:
    return max(record.kolmogorov, *record.kolmogorov_axes)


@pytest.mark.parametrize(
    ("count", "z_dim"), [(3000, 1), (3000, 2), (3000, 64), (1500, 256), (300, 256), (66, 64), (5, 3)]
)
def test_a_normal_is_found_normal_however_few_points_there_are(count, z_dim):
    record = normality_record(normal(count, z_dim).astype(np.float32))
    assert (record.count, record.rank, record.flat) == (count, z_dim, 0)
    assert worst(record) < record.chance
    if count >= 1500:
        assert record.kolmogorov < 1.63 / np.sqrt(count)  # Kolmogorov's own law at one per cent
        np.testing.assert_allclose(record.beyond_99, 0.01, atol=0.008)
        np.testing.assert_allclose(record.quantiles[4:-4], record.law_quantiles[4:-4], rtol=0.06, atol=0.02)


@pytest.mark.parametrize(("rank", "count"), [(1, 3), (2, 5), (4, 9), (16, 20)])
def test_the_law_is_that_of_many_small_clouds(rank, count):
    # The first point's d^2 in each of many clouds: one draw of the law each.
    squares = [mahalanobis_squares(normal(count, rank, seed))[0] for seed in range(1500)]
    assert stats.kstest(squares, distance_law(rank, count).cdf).pvalue > 1e-3
    assert stats.kstest(squares, stats.chi2(rank).cdf).statistic > 0.05  # which chi^2 is not


def test_for_many_points_the_law_is_chi_squared():
    q = np.array([0.01, 0.5, 0.99])
    np.testing.assert_allclose(distance_law(64, 10**6).ppf(q), stats.chi2(64).ppf(q), rtol=1e-3)
    assert distance_law(12, 500).mean() == pytest.approx(12)  # the mean d^2 is p whatever the points are


def test_squares_are_those_of_the_inverse_covariance():
    points = normal(200, 5) @ np.diag([1, 2, 3, 4, 5]) + 7
    mean, covariance = mean_and_covariance(points)
    centred = points - mean
    expected = np.einsum("ij,jk,ik->i", centred, np.linalg.inv(covariance), centred)
    np.testing.assert_allclose(mahalanobis_squares(points), expected, rtol=1e-9)
    assert mahalanobis_squares(points).mean() == pytest.approx(5)


@settings(max_examples=40)
@given(st.integers(1, 6), st.integers(0, 10**6), st.floats(-3, 3), st.floats(-50, 50))
def test_affine_maps_leave_every_distance_as_it_is(z_dim, seed, exponent, shift):
    source = np.random.default_rng(seed)
    turn = np.linalg.qr(source.normal(size=(z_dim, z_dim)))[0]
    matrix = turn @ np.diag(10.0 ** source.uniform(-1, 1, z_dim)) @ turn.T * 10.0**exponent
    points = source.exponential(size=(40, z_dim))
    np.testing.assert_allclose(mahalanobis_squares(points @ matrix + shift), mahalanobis_squares(points), rtol=1e-5)


@settings(max_examples=30)
@given(st.integers(5, 60), st.integers(1, 3), st.integers(0, 999))
def test_shares_and_histogram_of_any_cloud(count, z_dim, seed):
    points = np.random.default_rng(seed).standard_cauchy((count, z_dim))
    record = normality_record(points)
    assert sum(record.counts) == count
    distances = np.sqrt(mahalanobis_squares(points))
    assert record.edges[0] <= distances.min() and distances.max() <= record.edges[-1]
    assert 0 <= worst(record) <= 1 and 0 <= record.beyond_999 <= record.beyond_99 <= 1
    assert list(record.quantiles) == sorted(record.quantiles) and record.probabilities == PROBABILITIES
    shuffled = normality_record(points[::-1])
    assert shuffled.kolmogorov == pytest.approx(record.kolmogorov, abs=1e-9)
    assert 0 <= record.correlation_rms <= record.correlation_max <= 1


def test_a_shifted_correlated_normal_is_normal_off_centre_and_correlated():
    turn = np.linalg.cholesky([[1, 0.8, 0], [0.8, 1, 0], [0, 0, 4]]).T
    record = normality_record(normal(4000, 3) @ turn + [0, 0, 30])
    assert worst(record) < record.chance
    assert record.offset == pytest.approx(30 / np.sqrt(6), rel=0.03)
    assert record.correlation_max == pytest.approx(0.8, abs=0.03)
    assert record.correlation_rms == pytest.approx(0.8 / np.sqrt(3), abs=0.03)


@pytest.mark.parametrize("z_dim", [2, 64, 256])
def test_a_cube_is_no_normal_and_ends_early(z_dim):
    record = normality_record(uniform(3000, z_dim))
    assert record.kolmogorov > 2 * record.chance
    assert record.beyond_99 < 0.002


def test_a_box_is_uniform_along_its_axes():
    record = normality_record(uniform(3000, 2) * [3, 1])
    np.testing.assert_allclose(record.excess_kurtosis, -1.2, atol=0.1)
    # sup |F - Phi| of a uniform with sd 1
    x = np.linspace(-3, 3, 10001)
    distance = np.abs(stats.uniform(-(3**0.5), 2 * 3**0.5).cdf(x) - stats.norm.cdf(x)).max()
    np.testing.assert_allclose(record.kolmogorov_axes, distance, atol=0.02)


@pytest.mark.parametrize("z_dim", [2, 64])
def test_heavy_tails_are_no_normal(z_dim):
    record = normality_record(heavy(3000, z_dim))
    assert record.kolmogorov > 0.1
    assert record.beyond_999 > 0.01
    assert record.excess_kurtosis[0] > 3


def test_two_clusters_show_along_their_axis_only():
    points = normal(4000, 6)
    points[:2000, 3] += 8
    record = normality_record(points)
    assert record.kolmogorov_axes[0] > 0.15 and max(record.kolmogorov_axes[1:]) < record.chance
    assert record.excess_kurtosis[0] < -1.5


def test_rings_are_no_normal_although_their_axes_look_harmless():
    record = normality_record(rings(3000))
    assert record.kolmogorov > 0.25 > 4 * max(record.kolmogorov_axes)


def test_skewness_along_the_axes_is_scipys():
    points = np.random.default_rng(0).exponential(size=(2000, 3)) * [5, 1, 0.2]
    record = normality_record(points)
    np.testing.assert_allclose(np.abs(record.skewness), np.abs(stats.skew(points)), rtol=0.05)
    np.testing.assert_allclose(record.excess_kurtosis, stats.kurtosis(points), rtol=0.05)


@pytest.mark.parametrize("offset", [0.0, 1000.0])
def test_flat_directions_are_counted_and_left_out(offset):
    # Far from the origin float32 rounds the flat coordinates to steps: those are no extent.
    points = normal(2000, 4) @ np.array([[1, 0, 0, 1], [0, 1, 0, 1], [0, 0, 0, 0], [0, 0, 0, 0]]) + offset
    record = normality_record(points.astype(np.float32))
    assert (record.rank, record.flat, len(record.kolmogorov_axes)) == (2, 2, 2)
    assert worst(record) < record.chance
    whole = normality_record(normal(2000, 2))
    assert record.law_quantiles == whole.law_quantiles


def test_moments_that_are_known_already_are_taken():
    points = normal(300, 3)
    assert normality_record(points, mean_and_covariance(points)) == normality_record(points)
    assert normality_record(points, drawn=True).drawn


@pytest.mark.parametrize(
    ("points", "sentence"),
    [
        (np.ones((30, 3)) * 0.1, r"^All 30 points are the same, so the cloud has no shape\.$"),
        (np.full((30, 3), 1e6, np.float32), r"^All 30 points are the same"),
        (normal(8, 8), r"^There are 8 points in 8 dimensions: so few all lie at the same distance .* at least 10 are"),
        (normal(9, 8), r"^There are 9 points in 8 dimensions: so few"),
        (normal(2, 1), r"^There are 2 points in 1 dimension: so few .* at least 3 are needed to look for a shape\.$"),
        (normal(1, 2), r"^There are 1 points; at least 2 are needed\.$"),
        (np.array([[1.0, np.nan], [0, 0]]), r"^1 of 4 values are NaN or infinite\.$"),
    ],
)
def test_clouds_without_a_shape_are_refused(points, sentence):
    with pytest.raises(InputError, match=sentence):
        normality_record(points)
