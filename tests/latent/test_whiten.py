"""White coordinates against their definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import linalg

from zscape.core.errors import InputError
from zscape.latent.codes import Codes
from zscape.latent.whiten import FLOOR, coordinates_sentence, whitening


def cloud(z_dim, seed=0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    factor = rng.normal(size=(z_dim, z_dim))
    return rng.normal(size=z_dim) * 3, factor @ factor.T + 0.1 * np.eye(z_dim)


@given(st.integers(1, 6), st.integers(0, 1000), st.floats(0, 1))
def test_the_matrix_is_a_power_of_the_covariance(z_dim, seed, t):
    mean, covariance = cloud(z_dim, seed)
    new = whitening(mean, covariance, t)
    expected = linalg.fractional_matrix_power(covariance, -t / 2)
    np.testing.assert_allclose(new.matrix, expected, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(new.matrix, new.matrix.T, atol=1e-12)
    np.testing.assert_allclose(new.matrix @ new.inverse, np.eye(z_dim), atol=1e-9)
    moved_mean, moved_covariance = new.moments(mean, covariance)
    np.testing.assert_allclose(moved_mean, expected @ mean * (1 - t), rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(
        moved_covariance, linalg.fractional_matrix_power(covariance, 1 - t), rtol=1e-5, atol=1e-7
    )


def test_white_points_have_mean_0_and_covariance_1_and_come_back():
    rng = np.random.default_rng(1)
    points = rng.normal(size=(9000, 4)) @ rng.normal(size=(4, 4)) + 7
    new = whitening(points.mean(axis=0), np.cov(points.T, bias=True))
    white = new.apply(points)
    np.testing.assert_allclose(white.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(np.cov(white.T, bias=True), np.eye(4), atol=1e-9)
    np.testing.assert_allclose(new.undo(white), points, rtol=1e-9)


def test_axes_keep_their_places():
    """Of all matrices that whiten, S^(-1/2) has the largest correlation of each new coordinate with its old one."""
    covariance = np.array([[1.0, 0.6], [0.6, 1.0]])
    new = whitening(np.zeros(2), covariance)
    turned = np.linalg.inv(np.linalg.cholesky(covariance))
    for matrix in (new.matrix, turned):
        np.testing.assert_allclose(matrix @ covariance @ matrix.T, np.eye(2), atol=1e-12)
    assert np.trace(new.matrix @ covariance) > np.trace(turned @ covariance)


def test_a_diagonal_map_leaves_correlations():
    mean, covariance = cloud(3)
    new = whitening(mean, covariance, diagonal=True)
    deviations = np.sqrt(np.diag(covariance))
    np.testing.assert_allclose(new.matrix, np.diag(1 / deviations), rtol=1e-12)
    np.testing.assert_allclose(new.log_scale, -np.log(deviations), rtol=1e-12)
    np.testing.assert_allclose(
        new.moments(mean, covariance)[1], covariance / np.outer(deviations, deviations), rtol=1e-9
    )


def test_t_0_changes_nothing():
    new = whitening(*cloud(3), t=0.0)
    points = np.random.default_rng(0).normal(size=(5, 3))
    np.testing.assert_allclose(new.apply(points), points, atol=1e-12)


@pytest.mark.parametrize("diagonal", [True, False])
def test_flat_directions_are_stretched_by_a_thousand_at_most(diagonal):
    new = whitening(np.zeros(3), np.diag([4.0, 1e-30, 0.0]), diagonal=diagonal)
    np.testing.assert_allclose(new.matrix, np.diag([0.5, 500.0, 500.0]), rtol=1e-12)
    assert FLOOR == 1e-6


def codes_of(mu, log_var=None) -> Codes:
    return Codes(mu.astype(np.float32), log_var, np.arange(len(mu)), np.zeros(len(mu), np.uint8))


def test_codes_of_a_vae_have_the_same_posteriors_in_the_new_coordinates():
    rng, (mean, covariance) = np.random.default_rng(0), cloud(3)
    codes = codes_of(rng.normal(size=(50, 3)), rng.normal(size=(50, 3)).astype(np.float32))
    new = whitening(mean, covariance, diagonal=True)
    moved = new.codes(codes)
    noise = rng.normal(size=(50, 3))
    before = codes.mu + np.exp(codes.log_var / 2) * noise
    np.testing.assert_allclose(moved.mu + np.exp(moved.log_var / 2) * noise, new.apply(before), rtol=1e-4, atol=1e-5)
    assert moved.log_var.dtype == moved.mu.dtype == np.float32
    with pytest.raises(InputError, match="turned axes would make their posteriors correlated"):
        whitening(mean, covariance).codes(codes)
    assert whitening(mean, covariance).codes(codes_of(codes.mu)).log_var is None


@pytest.mark.parametrize("t", [-0.1, 1.5, float("nan")])
def test_t_out_of_range(t):
    with pytest.raises(InputError, match=rf"^t must be in \[0, 1\].*received {t:g}\.$"):
        whitening(np.zeros(2), np.eye(2), t)


def test_one_point_cannot_be_whitened():
    with pytest.raises(InputError, match="All codes are one and the same point; there is nothing to whiten"):
        whitening(np.ones(2), np.zeros((2, 2)))


def test_the_sentence_has_the_numbers():
    sentence = coordinates_sentence(np.array([3.0, 4.0]), np.diag([0.25, 400.0]))
    assert "their centre is 5 from the origin, with standard deviations of 0.5 to 20 along" in sentence
    assert "standard deviations of 2 along" in coordinates_sentence(np.zeros(1), np.array([[4.0]]))
