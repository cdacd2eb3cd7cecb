"""Oracles: the matrix form of the KL of two normals, numerical integration, Monte Carlo with scipy's densities."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import integrate, stats

from zscape.formulas.divergence import kl_parts, kl_parts_per_dimension

Z = arrays(np.float64, (4, 3), elements=st.floats(-20, 20))


def kl(mu, log_var):
    return sum(kl_parts(np.asarray(mu), np.asarray(log_var), np))


def test_matrix_form():
    # KL(N(m, S) || N(0, I)) = 1/2 (tr S + m'm - k - log det S)
    rng = np.random.default_rng(0)
    mu, log_var = rng.normal(0, 2, (5, 6)), rng.normal(0, 2, (5, 6))
    for i, total in enumerate(kl(mu, log_var)):
        covariance = np.diag(np.exp(log_var[i]))
        expected = 0.5 * (np.trace(covariance) + mu[i] @ mu[i] - 6 - np.linalg.slogdet(covariance)[1])
        np.testing.assert_allclose(total, expected, rtol=1e-12)


@pytest.mark.parametrize(("mu", "log_var"), [(0.0, 0.0), (1.5, -1.0), (-0.3, 2.0), (3.0, -4.0)])
def test_integral(mu, log_var):
    q, p = stats.norm(mu, np.exp(log_var / 2)), stats.norm()
    expected, _ = integrate.quad(lambda z: q.pdf(z) * (q.logpdf(z) - p.logpdf(z)), *q.interval(1 - 1e-15))
    np.testing.assert_allclose(kl([[mu]], [[log_var]])[0], expected, rtol=1e-7, atol=1e-9)


def test_monte_carlo():
    rng = np.random.default_rng(0)
    mu, log_var = rng.normal(0, 1, 4), rng.normal(0, 1, 4)
    z = mu + np.exp(log_var / 2) * rng.standard_normal((200_000, 4))
    ratios = (stats.norm.logpdf(z, mu, np.exp(log_var / 2)) - stats.norm.logpdf(z)).sum(axis=1)
    error = ratios.std() / np.sqrt(len(ratios))
    assert abs(kl(mu[None], log_var[None])[0] - ratios.mean()) < 5 * error


@settings(deadline=None)
@given(Z, Z)
def test_both_parts_are_not_negative(mu, log_var):
    part_mu, part_log_var = kl_parts_per_dimension(mu, log_var, np)
    assert part_mu.shape == part_log_var.shape == (4, 3)
    assert (part_mu >= 0).all()
    assert (part_log_var >= -1e-15).all()  # rounding of 1 + log_var - exp(log_var) next to 0


@settings(deadline=None)
@given(Z, Z)
def test_parts_are_the_sums_over_z_of_the_parts_per_dimension(mu, log_var):
    for total, per_dimension in zip(kl_parts(mu, log_var, np), kl_parts_per_dimension(mu, log_var, np), strict=True):
        assert total.shape == (4,)
        np.testing.assert_allclose(total, per_dimension.sum(axis=1))


def test_zero_at_the_prior_and_nowhere_else():
    assert kl(np.zeros((1, 3)), np.zeros((1, 3)))[0] == 0
    for mu, log_var in (((0, 0.1, 0), (0, 0, 0)), ((0, 0, 0), (0, 0.1, 0)), ((0, 0, 0), (-0.1, 0, 0))):
        assert kl([mu], [log_var])[0] > 1e-3


@settings(deadline=None)
@given(Z, Z)
def test_the_sign_of_mu_does_not_matter(mu, log_var):
    np.testing.assert_array_equal(kl(mu, log_var), kl(-mu, log_var))


def test_the_parts_are_mu_s_and_log_var_s():
    part_mu, part_log_var = kl_parts(np.array([[3.0, 4.0]]), np.array([[0.0, np.log(2)]]), np)
    np.testing.assert_allclose(part_mu, [12.5])
    np.testing.assert_allclose(part_log_var, [0.5 * (2 - 1 - np.log(2))])
