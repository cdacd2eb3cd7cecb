"""Moments against NumPy, and against points whose moments are known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zscape.latent.moments import blocks, mean_and_covariance, principal_axes


@pytest.mark.parametrize("count", [1, 2, 8191, 8192, 8193, 20000])
def test_blocks_are_all_rows_in_order(count):
    points = np.arange(2 * count, dtype=np.float32).reshape(count, 2)
    parts = list(blocks(points))
    assert all(part.dtype == np.float64 and len(part) <= 8192 for part in parts)
    np.testing.assert_array_equal(np.concatenate(parts), points)


@pytest.mark.parametrize(("count", "z_dim"), [(2, 1), (5, 3), (9000, 4), (3, 10)])
def test_moments_are_numpys(count, z_dim):
    points = np.random.default_rng(0).normal(size=(count, z_dim))
    mean, covariance = mean_and_covariance(points)
    np.testing.assert_allclose(mean, points.mean(axis=0), atol=1e-14)
    np.testing.assert_allclose(covariance, np.cov(points.T, bias=True).reshape(z_dim, z_dim), atol=1e-13)


def test_far_off_clouds_keep_their_digits():
    # Exact in float32: 4096 + {0, 1/512}, variance (1/1024)^2. Squaring before centring would leave no digit of it.
    points = np.full((10000, 1), 4096, dtype=np.float32)
    points[::2] += np.float32(1 / 512)
    assert mean_and_covariance(points)[1][0, 0] == pytest.approx(1024.0**-2, rel=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 6), st.integers(0, 2**20))
def test_principal_axes_rebuild_the_covariance(z_dim, seed):
    factor = np.random.default_rng(seed).normal(size=(z_dim, z_dim))
    covariance = factor @ factor.T
    variances, axes = principal_axes(covariance)
    np.testing.assert_allclose(axes * variances @ axes.T, covariance, atol=1e-10)
    np.testing.assert_allclose(axes.T @ axes, np.eye(z_dim), atol=1e-12)
    assert (np.diff(variances) <= 0).all()
    assert (variances >= 0).all()
    assert (np.take_along_axis(axes, np.abs(axes).argmax(axis=0)[None], axis=0) > 0).all()
