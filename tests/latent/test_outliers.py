"""A few absurd points are left out, clouds are not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from zscape.latent.codes import Codes
from zscape.latent.outliers import inliers
from zscape.latent.priors.fitted_normal import fit_normal


def codes_of(mu, log_var=None) -> Codes:
    mu = np.asarray(mu, dtype=np.float32)
    return Codes(mu, log_var, np.arange(len(mu)), np.zeros(len(mu), np.uint8))


def cloud(z_dim, count, seed=0) -> np.ndarray:
    """A strongly correlated normal off the origin: deviations from 0.05 to 5 along axes that are turned."""
    rng = np.random.default_rng(seed)
    axes = np.linalg.qr(rng.normal(size=(z_dim, z_dim)))[0]
    return rng.normal(size=(count, z_dim)) * np.geomspace(0.05, 5, z_dim) @ axes.T + 3.0


@pytest.mark.parametrize(("z_dim", "count"), [(1, 3000), (2, 5000), (64, 3000), (256, 2000)])
def test_a_normal_cloud_is_fitted_by_its_plain_moments(z_dim, count):
    codes = codes_of(cloud(z_dim, count))
    fit, (mean, covariance) = fit_normal(codes), codes.moments()
    assert (fit.points, fit.outliers) == (count, 0)
    np.testing.assert_array_equal(fit.mean, mean)
    np.testing.assert_array_equal(fit.covariance, covariance)


@pytest.mark.parametrize("where", ["one place", "everywhere"])
@pytest.mark.parametrize(("z_dim", "count"), [(2, 4000), (64, 2000), (256, 2000)])
def test_one_point_in_a_hundred_at_distance_1000_changes_nothing(z_dim, count, where):
    points, rng = cloud(z_dim, count), np.random.default_rng(1)
    plain = codes_of(points[count // 100 :]).moments()
    directions = rng.normal(size=(1 if where == "one place" else count // 100, z_dim))
    points[: count // 100] = 1000 * directions / np.linalg.norm(directions, axis=1, keepdims=True)
    fit = fit_normal(codes_of(points))
    assert (fit.outliers, fit.points) == (count // 100, count - count // 100)
    np.testing.assert_array_equal(fit.mean, plain[0])
    np.testing.assert_array_equal(fit.covariance, plain[1])
    assert codes_of(points).moments()[1].trace() > 10 * plain[1].trace(), "the plain moments are spoilt"
    assert fit.description == f"normal fitted to the codes but for {count // 100} far out"


def test_outliers_of_a_thin_direction_are_found_too():
    points = np.random.default_rng(0).normal(size=(2000, 2)) * [100.0, 0.01]
    points[:10, 1] = 5.0  # hardly far, but 500 standard deviations
    np.testing.assert_array_equal(np.flatnonzero(~inliers(points)), np.arange(10))


def test_more_points_than_the_robust_estimate_looks_at():
    points = cloud(3, 30_000)
    points[[7, 29_999]] = [[1e4, 0, 0], [0, 0, -1e6]]
    np.testing.assert_array_equal(np.flatnonzero(~inliers(points.astype(np.float32))), [7, 29_999])


def test_fewer_points_than_dimensions_ask_for():
    points = cloud(20, 60)
    assert inliers(points).all()
    points[5] += 1e4
    np.testing.assert_array_equal(np.flatnonzero(~inliers(points)), [5])


def test_what_is_not_rare_is_a_part_of_the_cloud():
    points = np.random.default_rng(0).normal(size=(1000, 2))
    points[:60] += 500.0  # 6 %
    assert inliers(points).all()
    points[:20] -= 500.0  # 4 %
    assert (~inliers(points)).sum() == 40


def test_a_part_of_the_cloud_that_is_far_but_thick_is_kept():
    rng = np.random.default_rng(0)
    rings = np.concatenate([rng.normal(size=(700, 2)), rng.normal(size=(300, 2)) + 30])
    assert inliers(rings).all()
    assert inliers(rng.standard_t(5, size=(3000, 4))).mean() > 0.99, "heavy tails"


def test_an_inactive_dimension_of_a_vae_decides_nothing():
    rng = np.random.default_rng(0)
    mu = np.stack([rng.normal(size=2000), 1e-3 * rng.standard_t(1.5, size=2000)], axis=1)
    assert not inliers(mu).all(), "its means alone have tails"
    assert inliers(mu, np.array([0.1, 1.0])).all()
    log_var = np.log(np.broadcast_to([0.1, 1.0], mu.shape)).astype(np.float32)
    assert fit_normal(codes_of(mu, log_var)).outliers == 0


def test_directions_without_extent():
    points = np.zeros((500, 3))
    assert inliers(points).all()
    points[:, 1] = np.random.default_rng(0).normal(size=500)
    points[3, 1] = 1e5
    np.testing.assert_array_equal(np.flatnonzero(~inliers(points)), [3])
    sparse = np.where(np.random.default_rng(0).random((500, 2)) < 0.3, 1.0, 0.0)
    assert inliers(sparse).all(), "most points are 0 in a direction"


@given(
    arrays.arrays(
        np.float32, st.tuples(st.integers(1, 40), st.integers(1, 4)), elements=st.floats(-(2.0**99), 2.0**99, width=32)
    )
)
def test_any_points_give_an_answer_and_few_are_left_out(points):
    kept = inliers(points)
    assert kept.shape == (len(points),) and kept.dtype == bool
    assert (~kept).sum() <= 0.05 * len(points)
