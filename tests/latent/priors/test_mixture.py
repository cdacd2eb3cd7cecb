"""The mixture of normals against scipy's densities and known clouds."""

import numpy as np
import pytest
from scipy import stats

from zscape.core.errors import InputError
from zscape.latent.codes import Codes
from zscape.latent.priors import fit_mixture as module
from zscape.latent.priors.fit_mixture import fit_mixture
from zscape.latent.priors.mixture import Mixture


def codes_of(mu, log_var=None, validation=0) -> Codes:
    mu = np.asarray(mu, dtype=np.float32)
    splits = np.zeros(len(mu), np.uint8)
    splits[len(mu) - validation :] = 1
    return Codes(mu, log_var, np.arange(len(mu)), splits)


def clusters(count, seed=0, far=12.0) -> np.ndarray:
    """Three clusters of 50, 30 and 20 %, at far distances, of sd 1 and 0.2."""
    rng = np.random.default_rng(seed)
    which = rng.choice(3, count, p=[0.5, 0.3, 0.2])
    centres = np.array([[0.0, 0.0, 5.0], [far, 0.0, 5.0], [0.0, far, 5.0]])
    return centres[which] + rng.normal(size=(count, 3)) * [1.0, 1.0, 0.2]


@pytest.fixture(scope="module")
def mixture() -> Mixture:
    return fit_mixture(codes_of(clusters(3000)), 3, seed=1)


def scipy_log_prob(mixture, z):
    frame = mixture.axes * mixture.deviations
    densities = [
        weight * stats.multivariate_normal(mixture.mean + frame @ mean, frame @ factor @ factor.T @ frame.T).pdf(z)
        for weight, mean, factor in zip(mixture.weights, mixture.means, mixture.factors, strict=True)
    ]
    return np.log(np.sum(densities, axis=0))


def test_clusters_are_found(mixture):
    centres = mixture.mean + (mixture.means * mixture.deviations) @ mixture.axes.T
    order = np.argsort(-mixture.weights)
    np.testing.assert_allclose(mixture.weights[order], [0.5, 0.3, 0.2], atol=0.03)
    np.testing.assert_allclose(centres[order], [[0, 0, 5], [12, 0, 5], [0, 12, 5]], atol=0.2)
    frame = mixture.axes * mixture.deviations
    for factor in mixture.factors:
        covariance = frame @ factor @ factor.T @ frame.T
        np.testing.assert_allclose(np.sqrt(np.diag(covariance)), [1.0, 1.0, 0.2], rtol=0.12)
    assert (mixture.points, mixture.of, mixture.held_out_points, mixture.outliers) == (2700, 2700, 300, 0)
    assert mixture.description == "mixture of 3 normals fitted to the codes"


def test_density_is_scipys(mixture):
    z = np.random.default_rng(5).normal(size=(50, 3)) * [8, 8, 1] + [2, 2, 5]
    np.testing.assert_allclose(mixture.log_prob(z), scipy_log_prob(mixture, z), rtol=1e-8)


def test_draws_are_those_of_the_clusters(mixture):
    z = mixture.sample(6000, 3)
    nearest = np.linalg.norm(z[:, np.newaxis] - [[0, 0, 5], [12, 0, 5], [0, 12, 5]], axis=2)
    assert (nearest.min(axis=1) < 5.5).mean() > 0.999, "none between the clusters, where the fitted normal has most"
    np.testing.assert_allclose(np.bincount(nearest.argmin(axis=1)) / 6000, [0.5, 0.3, 0.2], atol=0.04)


def test_the_number_of_normals_is_that_of_the_clusters():
    mixture = fit_mixture(codes_of(clusters(4000), validation=1000), seed=1)
    assert mixture.components == 4 and mixture.chosen and mixture.name == "mixture"
    assert list(mixture.held_out) == [1, 2, 4, 8, 16], "32 is not tried: two in a row were worse"
    assert mixture.held_out[4] == max(mixture.held_out.values()) > mixture.held_out[2] + 0.3
    truth = fit_mixture(codes_of(clusters(4000), validation=1000), 3, seed=1)
    assert mixture.held_out[4] == pytest.approx(truth.held_out[3], abs=0.02)
    assert (mixture.points, mixture.held_out_points) == (3000, 1000)
    assert mixture.description == "mixture of 4 normals fitted to the codes, as many as held-out codes ask for"


def test_one_normal_for_a_normal_cloud_which_is_the_fitted_normal():
    codes = codes_of(np.random.default_rng(0).normal(size=(3000, 2)) @ [[2.0, 0.5], [0.0, 1.0]] + 3, validation=1000)
    mixture = fit_mixture(codes, seed=1)
    assert mixture.components == 1
    expected = stats.multivariate_normal(*codes.of_split("train").moments()).logpdf(codes.of_split("validation").mu)
    assert mixture.held_out[1] == pytest.approx(expected.mean(), abs=2e-3)


def test_the_posterior_variance_is_taken_in():
    mu = np.random.default_rng(0).normal(size=(4000, 2))
    codes = codes_of(mu, np.full(mu.shape, np.log(3.0), np.float32))
    mixture = fit_mixture(codes, 1, seed=1)
    z = mixture.sample(40000, 1)
    np.testing.assert_allclose(np.cov(z.T), 4 * np.eye(2), atol=0.3)
    # The held-out points are drawn too: their density is minus the entropy of N(0, 4 I).
    assert mixture.held_out[1] == pytest.approx(-(1 + np.log(2 * np.pi * 4)), abs=0.1)


def test_outliers_are_left_out():
    mu = clusters(2000)
    mu[::100] = 1e4
    mixture = fit_mixture(codes_of(mu), 3, seed=1)
    assert 0 < mixture.outliers <= 20 and mixture.points + mixture.outliers == mixture.of == 1800
    assert np.abs(mixture.sample(2000, 1)).max() < 20
    assert mixture.held_out[3] > -6


def test_directions_without_extent_are_kept_at_the_mean():
    mu = clusters(500)
    mu[:, 2] = 5.0
    mixture = fit_mixture(codes_of(mu), 3, seed=1)
    z = mixture.sample(100, 1)
    np.testing.assert_allclose(z[:, 2], 5.0, rtol=1e-6)
    flat = Mixture(**{**vars(mixture), "axes": mixture.axes[:2], "mean": mixture.mean[:2]})
    np.testing.assert_allclose(mixture.log_prob(z), scipy_log_prob(flat, z[:, :2]), atol=1e-5)


def test_codes_that_do_not_vary_are_drawn_as_they_are():
    mixture = fit_mixture(codes_of(np.full((40, 2), 7.0)), seed=1)
    np.testing.assert_array_equal(mixture.sample(3, 1), np.full((3, 2), 7.0))
    np.testing.assert_array_equal(mixture.log_prob(mixture.sample(3, 1)), [0, 0, 0])
    assert mixture.components == 1


def test_few_codes():
    two = fit_mixture(codes_of([[0.0, 1.0], [2.0, 1.0]]), seed=1)
    assert (two.components, two.points, two.held_out_points, dict(two.held_out)) == (1, 2, 0, {})
    assert two.description == "mixture of 1 normal fitted to the codes"
    assert fit_mixture(codes_of(clusters(20)), 10, seed=1).components <= 10
    with pytest.raises(
        InputError,
        match=r"^A mixture of 11 normals needs at least 22 codes of training images, got 20: ask for fewer, or for "
        r"mixture, which chooses their number\.$",
    ):
        fit_mixture(codes_of(clusters(20)), 11)
    with pytest.raises(InputError, match="at least 2 points, got 1"):
        fit_mixture(codes_of([[0.0, 1.0]]))


def test_codes_that_are_equal_in_part():
    mu = np.repeat(clusters(6), 20, axis=0)
    mixture = fit_mixture(codes_of(mu), 10, seed=1)
    assert mixture.components <= 10
    assert np.isfinite(mixture.log_prob(mixture.sample(50, 1))).all()


def test_subsamples_are_stated_and_seeded(monkeypatch):
    monkeypatch.setattr(module, "MOST_POINTS", 200)
    codes = codes_of(clusters(1000), validation=100)
    one, again, other = (fit_mixture(codes, 3, seed) for seed in (1, 1, 2))
    assert (one.points, one.of, one.held_out_points, one.seed) == (200, 900, 100, 1)
    np.testing.assert_array_equal(one.means, again.means)
    assert (one.sample(5, 1) == again.sample(5, 1)).all()
    assert not np.array_equal(one.means, other.means)


def test_save_and_load(mixture, tmp_path):
    mixture.save(tmp_path / "priors" / "mixture.npz")
    again = Mixture.load(tmp_path / "priors" / "mixture.npz")
    for name in ("chosen", "held_out", "points", "of", "held_out_points", "outliers", "seed", "name", "z_dim"):
        assert getattr(again, name) == getattr(mixture, name), name
    np.testing.assert_allclose(again.sample(9, 1), mixture.sample(9, 1), rtol=1e-4, atol=1e-4)
    z = mixture.sample(9, 2)
    np.testing.assert_allclose(again.log_prob(z), mixture.log_prob(z), atol=1e-4)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"weights": None}, r"is no fitted mixture: it has no weights, but .*axes"),
        ({"weights": np.array([0.5, 0.1, 0.1])}, "weights that are not shares of one whole"),
        ({"weights": np.ones(2) / 2}, r"arrays that do not fit: mean \(3,\), .*weights \(2,\), means \(3, 3\)"),
        ({"means": np.full((3, 3), np.nan)}, "means that are not finite real numbers"),
        ({"axes": np.array([["a"]])}, "axes that are not finite real numbers"),
        ({"deviations": np.array([1.0, 0.0, 1.0])}, "deviations or factors that are not above 0"),
        ({"factors": np.zeros((3, 3, 3))}, "deviations or factors that are not above 0"),
        ({"points": np.array([1, 2])}, "points that is not one whole number"),
        ({"seed": np.array(0.5)}, "seed that is not one whole number"),
        ({"tried": np.array([1, 2])}, r"\(2,\) numbers of normals for \(1,\) densities"),
    ],
)
def test_load_says_what_is_wrong(mixture, tmp_path, changes, sentence):
    path = tmp_path / "mixture.npz"
    mixture.save(path)
    with np.load(path) as arrays:
        values = {**arrays, **changes}
    np.savez(path, **{name: value for name, value in values.items() if value is not None})
    with pytest.raises(InputError, match=sentence):
        Mixture.load(path)


def test_the_number_is_chosen_among_fits_that_lost_normals_too():
    """Codes that are 6 points, 30 times each: of 8 normals asked for, some find no points of their own."""
    mu = np.repeat(clusters(6), 30, axis=0)
    mixture = fit_mixture(codes_of(np.concatenate([mu, mu[:60]]), validation=60), seed=1)
    best = max(mixture.held_out, key=lambda number: mixture.held_out[number])
    assert mixture.components == min(best, 6)
