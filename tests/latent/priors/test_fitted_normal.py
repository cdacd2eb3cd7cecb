"""The fitted normal against scipy's multivariate and truncated normals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from zscape.core.errors import InputError
from zscape.latent.codes import Codes
from zscape.latent.priors.fitted_normal import FittedNormal, fit_normal


def spread_matrix(z_dim, seed=0) -> np.ndarray:
    factor = np.random.default_rng(seed).normal(size=(z_dim, z_dim))
    return factor @ factor.T + 0.1 * np.eye(z_dim)


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 6), st.integers(0, 1000))
def test_draws_have_the_moments(z_dim, seed):
    mean, covariance = np.arange(z_dim) * 3.0 - 4, spread_matrix(z_dim, seed)
    z = FittedNormal(mean, covariance).sample(40000, seed)
    scale = np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))
    assert (np.abs(z.mean(axis=0) - mean) < 0.03 * np.sqrt(np.diag(covariance))).all()
    assert (np.abs(np.cov(z.T).reshape(z_dim, z_dim) - covariance) < 0.05 * scale).all()


def test_density_is_scipys():
    mean, covariance = np.array([5.0, -1.0, 0.0]), spread_matrix(3)
    z = np.random.default_rng(2).normal(size=(30, 3)) * 4
    expected = stats.multivariate_normal(mean, covariance).logpdf(z)  # pyright: ignore[reportArgumentType]
    np.testing.assert_allclose(FittedNormal(mean, covariance).log_prob(z), expected, rtol=1e-9)


@pytest.mark.parametrize("level", [0.5, 2.0, 6.0])
def test_level_truncates_each_principal_coordinate(level):
    # With axis-parallel S the principal coordinates are those of z itself, so scipy's truncnorm says it all.
    mean, sd = np.array([10.0, -3.0]), np.array([2.0, 0.5])
    prior = FittedNormal(mean, np.diag(sd**2), level)
    z = prior.sample(4000, 1)
    e = (z - mean) / sd
    assert stats.kstest(e.ravel(), stats.truncnorm(-level, level).cdf).pvalue > 1e-3
    expected = stats.truncnorm.logpdf(np.clip(e, -level, level), -level, level).sum(axis=1) - np.log(sd).sum()
    np.testing.assert_allclose(prior.log_prob(z), expected, atol=1e-5)
    beyond = mean + np.array([[level + 0.01, 0], [0, -level - 0.01], [level - 0.01, level - 0.01]]) * sd
    np.testing.assert_array_equal(np.isfinite(prior.log_prob(beyond)), [False, False, True])


def test_level_limits_the_mahalanobis_distance_of_rotated_clouds():
    covariance = spread_matrix(5)
    z = FittedNormal(np.ones(5), covariance, 2.0).sample(2000, 1) - 1.0
    distance = np.sqrt(np.einsum("ni,ij,nj->n", z, np.linalg.inv(covariance), z))
    assert distance.max() <= 2.0 * np.sqrt(5) * (1 + 1e-5)
    assert distance.max() > 2.5  # the limit is on each |e_i|, not on |e|


def test_dead_directions_stay_at_the_mean():
    prior = FittedNormal(np.array([1.0, 2.0, 3.0]), np.diag([4.0, 0.0, 1.0]))
    z = prior.sample(500, 1)
    assert prior.rank == 2
    np.testing.assert_allclose(z[:, 1], 2.0, rtol=1e-6)
    expected = stats.norm.logpdf(z[:, 0], 1, 2) + stats.norm.logpdf(z[:, 2], 3, 1)
    np.testing.assert_allclose(prior.log_prob(z), expected, atol=1e-5)


@pytest.mark.parametrize("level", [None, 2.0])
def test_codes_that_do_not_vary_are_drawn_as_they_are(level):
    prior = FittedNormal(np.array([1.0, 2.0]), np.zeros((2, 2)), level)
    np.testing.assert_array_equal(prior.sample(3, 1), [[1, 2]] * 3)
    np.testing.assert_array_equal(prior.log_prob(prior.sample(3, 1)), [0, 0, 0])


def test_fewer_points_than_dimensions():
    mu = np.random.default_rng(0).normal(size=(5, 20)).astype(np.float32) + 7
    prior = fit_normal(Codes(mu, None, np.arange(5), np.zeros(5, np.uint8)), level=2.0)
    assert prior.rank == 4
    assert np.isfinite(prior.log_prob(prior.sample(2000, 1))).all()


def test_fit_takes_the_posterior_variance_in():
    mu = np.random.default_rng(0).normal(size=(500, 2)).astype(np.float32)
    codes = Codes(mu, np.full_like(mu, np.log(3.0)), np.arange(500), np.zeros(500, np.uint8))
    prior = fit_normal(codes)
    np.testing.assert_allclose(prior.mean, mu.mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(prior.covariance, np.cov(mu.T, bias=True) + 3 * np.eye(2), atol=1e-5)


@pytest.mark.parametrize("level", [None, 1.75])
def test_save_and_load(tmp_path, level):
    prior = FittedNormal(np.arange(3.0), spread_matrix(3), level, points=98, outliers=2)
    prior.save(tmp_path / "priors" / "fitted.npz")
    again = FittedNormal.load(tmp_path / "priors" / "fitted.npz")
    assert (again.level, again.points, again.outliers) == (level, 98, 2)
    assert again.name == prior.name
    np.testing.assert_array_equal(again.sample(4, 1), prior.sample(4, 1))


def test_a_fit_that_says_nothing_of_its_points_is_read(tmp_path):
    np.savez(tmp_path / "fitted.npz", mean=np.zeros(2), covariance=np.eye(2))
    fit = FittedNormal.load(tmp_path / "fitted.npz")
    assert (fit.points, fit.outliers) == (None, 0)


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ({"mu": np.zeros(2)}, r"is no fitted normal: expected arrays mean and covariance, it has: mu\."),
        ({"mean": np.zeros(2), "covariance": np.eye(3)}, r"mean \(2,\) and a covariance \(3, 3\) that do not fit"),
        ({"mean": np.zeros(2), "covariance": np.eye(2) * np.nan}, "not finite"),
        ({"mean": np.array(["a", "b"]), "covariance": np.eye(2)}, "expected real numbers"),
        ({"mean": np.zeros(2), "covariance": np.eye(2), "level": np.array(-1.0)}, "level above 0"),
        ({"mean": np.zeros(2), "covariance": np.eye(2), "outliers": np.ones(2)}, "not one whole number each"),
    ],
)
def test_load_says_what_is_wrong(tmp_path, arrays, sentence):
    np.savez(tmp_path / "fitted.npz", **arrays)
    with pytest.raises(InputError, match=sentence):
        FittedNormal.load(tmp_path / "fitted.npz")
