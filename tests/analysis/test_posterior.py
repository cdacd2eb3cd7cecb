"""Posteriors: KL against scipy's quadrature, active dimensions of known constructions."""

import numpy as np
import pytest
from scipy import integrate, stats

from zscape.analysis.posterior import inactive_dimensions, posterior_record
from zscape.core.errors import InputError
from zscape.latent.codes import Codes


def codes_of(mu, log_var=None) -> Codes:
    mu = np.asarray(mu, dtype=np.float32)
    log_var = None if log_var is None else np.broadcast_to(np.asarray(log_var, dtype=np.float32), mu.shape)
    return Codes(mu, log_var, np.arange(len(mu)), np.zeros(len(mu), np.uint8))


def test_kl_is_the_integral():
    mu, log_var = [[0.7, -2.0], [0.0, 1.0]], [[-1.5, 0.4], [0.0, -3.0]]
    record = posterior_record(codes_of(mu, log_var))
    assert record is not None

    def kl(m, v):
        def integrand(z):
            log_q = stats.norm.logpdf(z, m, np.exp(v / 2))
            return np.exp(log_q) * (log_q - stats.norm.logpdf(z))

        return integrate.quad(integrand, m - 10, m + 10, points=[m])[0]

    expected = [(kl(mu[0][i], log_var[0][i]) + kl(mu[1][i], log_var[1][i])) / 2 for i in (0, 1)]
    np.testing.assert_allclose(record.kl_per_dimension, expected, rtol=1e-6)
    assert record.kl == pytest.approx(sum(expected), rel=1e-6)
    assert record.kl == pytest.approx(record.kl_mu + record.kl_log_var)
    assert record.kl_mu == pytest.approx((0.49 + 4 + 1) / 2 / 2, rel=1e-6)


def test_dead_dimensions_are_named():
    source = np.random.default_rng(0)
    mu = np.stack([source.normal(size=500), np.zeros(500), source.normal(size=500) * 1e-3], axis=1)
    record = posterior_record(codes_of(mu, [-2.0, 0.0, 0.0]))
    assert record is not None
    assert (record.active_units, record.inactive) == (1, (1, 2))
    assert inactive_dimensions(codes_of(mu, [-2.0, 0.0, 0.0])) == (1, 2)


@pytest.mark.parametrize(("shift", "inactive"), [(0.1413, (0,)), (0.1415, ())])
def test_the_threshold_is_a_hundredth_nat(shift, inactive):
    # 1/2 m^2 = 0.01 at m = 0.14142
    assert inactive_dimensions(codes_of(np.full((4, 1), shift), 0.0)) == inactive


def test_ranges_and_spreads():
    log_var = np.array([[-1, 0], [-3, 2]], dtype=np.float32)
    record = posterior_record(codes_of([[1, 5], [3, 5]], log_var))
    assert record is not None
    assert (record.log_var.min, record.log_var.mean, record.log_var.max) == (-3.0, -0.5, 2.0)
    np.testing.assert_allclose(record.sd_of_mu, [1, 0])
    np.testing.assert_allclose(record.mean_variance, np.exp(log_var).mean(axis=0), rtol=1e-6)


def test_many_points_in_blocks():
    source = np.random.default_rng(0)
    mu, log_var = source.normal(size=(20000, 2)), source.normal(size=(20000, 2)).astype(np.float32)
    record = posterior_record(codes_of(mu, log_var))
    assert record is not None
    each = 0.5 * (mu.astype(np.float32).astype(float) ** 2 + np.exp(log_var.astype(float)) - 1 - log_var)
    np.testing.assert_allclose(record.kl_per_dimension, each.mean(axis=0), rtol=1e-12)


def test_an_autoencoder_has_no_posterior_but_unused_dimensions():
    mu = np.random.default_rng(0).normal(size=(300, 4)) * [5.0, 0.0, 1e-3, 0.1] + 100
    assert posterior_record(codes_of(mu)) is None
    assert inactive_dimensions(codes_of(mu)) == (1, 2)
    assert inactive_dimensions(codes_of(np.ones((3, 2)))) == (0, 1)


def test_errors():
    with pytest.raises(InputError, match=r"mu has shape \(2, 2\), log_var \(2, 1\)"):
        posterior_record(Codes(np.ones((2, 2)), np.ones((2, 1)), np.arange(2), np.zeros(2)))
    with pytest.raises(InputError, match="2 of 2 values are NaN"):
        posterior_record(codes_of(np.zeros((2, 1)), np.nan))
    with pytest.raises(InputError, match="There are 0 points"):
        inactive_dimensions(codes_of(np.zeros((0, 2))))
