"""Principal components against scikit-learn and known clouds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from zscape.analysis.spectrum import project, spectrum_record
from zscape.core.errors import InputError


def cloud(count, z_dim, seed=0) -> np.ndarray:
    source = np.random.default_rng(seed)
    return source.normal(size=(count, z_dim)) @ source.normal(size=(z_dim, z_dim)) + 3.0


@pytest.mark.parametrize(("count", "z_dim"), [(200, 1), (200, 2), (9000, 12), (300, 64), (5, 20)])
def test_scikit_learn(count, z_dim):
    points = cloud(count, z_dim)
    fit = PCA(svd_solver="full").fit(points)
    record, k = spectrum_record(points), min(count, z_dim)
    np.testing.assert_allclose(record.shares[:k], fit.explained_variance_ratio_, atol=1e-10)
    np.testing.assert_allclose(record.variances[:k], fit.explained_variance_ * (count - 1) / count, atol=1e-8)
    two = min(2, k)
    expected = fit.transform(points)[:, :two]
    np.testing.assert_allclose(np.abs(project(points)[:, :two]), np.abs(expected), atol=1e-8)


def test_dimensions_needed():
    # Ten uncorrelated equal axes, +-1 each: 90 % needs nine, the rest ten.
    equal = np.concatenate([np.eye(10), -np.eye(10)])
    record = spectrum_record(equal)
    assert (record.dimensions_90, record.dimensions_95, record.dimensions_99) == (9, 10, 10)
    np.testing.assert_allclose(record.variances, 0.1)
    assert record.total_variance == pytest.approx(1.0)
    unequal = np.concatenate([np.eye(3), -np.eye(3)]) * np.sqrt([92, 4, 4])
    record = spectrum_record(unequal)
    assert (record.dimensions_90, record.dimensions_95, record.dimensions_99) == (1, 2, 3)
    np.testing.assert_allclose(record.cumulative, [0.92, 0.96, 1.0])


def test_a_flat_dimension_and_constant_points():
    points = np.random.default_rng(0).normal(size=(100, 3)) * [1, 0, 2]
    assert spectrum_record(points).variances[-1] == pytest.approx(0, abs=1e-15)
    record = spectrum_record(np.full((5, 3), 7.0))
    assert record.variances == (0.0, 0.0, 0.0) == record.shares == record.cumulative
    assert (record.dimensions_90, record.dimensions_99, record.total_variance) == (0, 0, 0.0)
    np.testing.assert_array_equal(project(np.full((5, 3), 7.0)), np.zeros((5, 2)))


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 6), st.integers(0, 999))
def test_rotations_and_shifts_change_no_variance(z_dim, seed):
    points = cloud(60, z_dim, seed)
    turn = np.linalg.qr(np.random.default_rng(seed).normal(size=(z_dim, z_dim)))[0]
    record = spectrum_record(points)
    np.testing.assert_allclose(spectrum_record(points @ turn + 5).variances, record.variances, rtol=1e-8, atol=1e-10)
    assert record.cumulative[-1] == pytest.approx(1.0)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 6), st.integers(1, 8), st.integers(0, 999))
def test_projection_is_centred_uncorrelated_and_has_the_variances(z_dim, k, seed):
    points = cloud(60, z_dim, seed)
    coordinates = project(points, k)
    assert coordinates.shape == (60, k)
    assert coordinates.dtype == np.float64
    variances = np.zeros(k)
    variances[:z_dim] = spectrum_record(points).variances[:k]
    np.testing.assert_allclose(coordinates.mean(axis=0), 0, atol=1e-10)
    np.testing.assert_allclose(coordinates.T @ coordinates / 60, np.diag(variances), atol=1e-8)


def test_signs_do_not_depend_on_the_order_of_the_points():
    points = cloud(500, 5)
    order = np.random.default_rng(1).permutation(500)
    np.testing.assert_allclose(project(points[order]), project(points)[order], atol=1e-9)


def test_far_off_clouds_in_float32():
    points = np.random.default_rng(0).normal(size=(5000, 2)) * [1.0, 0.1]
    far = (points + 1000).astype(np.float32)
    np.testing.assert_allclose(spectrum_record(far).variances, spectrum_record(points).variances, rtol=1e-3)


def test_errors():
    with pytest.raises(InputError, match="There are 1 points; at least 2 are needed"):
        spectrum_record(np.zeros((1, 2)))
    with pytest.raises(InputError, match="number of principal components must be at least 1, got 0"):
        project(np.zeros((3, 2)), 0)
