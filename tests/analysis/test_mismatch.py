"""The prior mismatch against closed forms, Monte Carlo and an inequality."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from zscape.analysis.mismatch import mismatch_record, prior_mismatch
from zscape.analysis.posterior import posterior_record
from zscape.latent.codes import Codes


def spread_matrix(z_dim, seed) -> np.ndarray:
    factor = np.random.default_rng(seed).normal(size=(z_dim, z_dim))
    return factor @ factor.T / z_dim + 0.05 * np.eye(z_dim)


@pytest.mark.parametrize("z_dim", [1, 2, 256])
def test_the_standard_normal_has_none(z_dim):
    assert prior_mismatch(np.zeros(z_dim), np.eye(z_dim)) == 0.0


def test_closed_forms():
    assert prior_mismatch(np.array([3.0, 0.0]), np.eye(2)) == pytest.approx(9 / 2 / 2)
    assert prior_mismatch(np.zeros(3), 4 * np.eye(3)) == pytest.approx((4 - 1 - np.log(4)) / 2)
    # Two coordinates with correlation r: mutual information -1/2 log(1 - r^2), over 2 dimensions.
    covariance = np.array([[1, 0.8], [0.8, 1]])
    assert prior_mismatch(np.zeros(2), covariance) == pytest.approx(-np.log(1 - 0.64) / 2 / 2)


def test_parts_say_where_it_comes_from():
    record = mismatch_record(np.array([2.0, 0.0]), np.diag([4.0, 0.25]))
    assert record.shift == pytest.approx(4 / 2 / 2)
    assert record.wide == pytest.approx((4 - 1 - np.log(4)) / 2 / 2)
    assert record.narrow == pytest.approx((0.25 - 1 - np.log(0.25)) / 2 / 2)
    assert record.correlation == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("seed", [0, 1])
def test_monte_carlo(seed):
    mean, covariance = np.array([0.5, -1.0, 0.0]), spread_matrix(3, seed)
    z = np.random.default_rng(seed).multivariate_normal(mean, covariance, 200000)
    law = stats.multivariate_normal(mean, covariance)  # pyright: ignore[reportArgumentType]
    ratio = law.logpdf(z) - stats.norm.logpdf(z).sum(axis=1)
    assert 3 * prior_mismatch(mean, covariance) == pytest.approx(ratio.mean(), abs=5 * ratio.std() / np.sqrt(200000))


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 6), st.integers(0, 9999), st.floats(0, 3))
def test_is_positive_adds_up_and_ignores_rotations(z_dim, seed, shift):
    covariance, mean = spread_matrix(z_dim, seed), np.full(z_dim, shift)
    record = mismatch_record(mean, covariance)
    parts = (record.shift, record.wide, record.narrow, record.correlation)
    assert min(parts) >= 0
    assert record.total == pytest.approx(sum(parts))
    assert record.total > 1e-6
    turn = np.linalg.qr(np.random.default_rng(seed).normal(size=(z_dim, z_dim)))[0]
    assert prior_mismatch(turn @ mean, turn @ covariance @ turn.T) == pytest.approx(record.total, rel=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 5), st.integers(2, 40), st.integers(0, 9999))
def test_never_exceeds_the_kl_of_the_posteriors(z_dim, count, seed):
    # KL(aggregated posterior || N(0, I)) <= mean KL, and the nearest normal is nearer still.
    source = np.random.default_rng(seed)
    mu, log_var = (source.normal(size=(count, z_dim)).astype(np.float32) for _ in range(2))
    codes = Codes(mu, log_var, np.arange(count), np.zeros(count, np.uint8))
    record = posterior_record(codes)
    assert record is not None
    assert prior_mismatch(*codes.moments()) <= record.kl / z_dim + 1e-9


def test_a_dead_dimension_is_far_but_finite():
    mismatch = prior_mismatch(np.zeros(2), np.diag([1.0, 0.0]))
    # The floor: an eigenvalue of 2.2e-16.
    assert mismatch == pytest.approx((np.log(1 / np.finfo(float).eps) - 1) / 2 / 2)
    assert np.isfinite(prior_mismatch(np.zeros(2), np.zeros((2, 2))))


def test_an_off_centre_correlated_cloud_is_far_and_a_vae_like_one_near():
    z_dim = 64
    far = prior_mismatch(np.full(z_dim, 2.0), 0.9 * np.ones((z_dim, z_dim)) + 0.1 * np.eye(z_dim))
    assert far > 2.0
    assert prior_mismatch(np.full(z_dim, 0.05), 0.98 * np.eye(z_dim)) < 0.01
