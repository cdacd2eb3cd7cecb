import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import sqrtm

from zscape.formulas.sets import frechet_distance, polynomial_mmd, root_mean_square


def normal(seed, d=4, rank=None):
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(d, rank or d))
    return rng.normal(size=d), root @ root.T


def test_frechet_in_one_dimension():
    found = frechet_distance(np.array([1.0]), np.array([[4.0]]), np.array([3.0]), np.array([[0.25]]))
    assert found == pytest.approx((3 - 1) ** 2 + (2 - 0.5) ** 2)


def test_frechet_of_shared_axes_is_that_of_the_standard_deviations():
    axes = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    one, two = np.array([1.0, 4.0, 0.0]), np.array([9.0, 1.0, 2.0])
    found = frechet_distance(np.zeros(3), axes @ np.diag(one) @ axes.T, np.ones(3), axes @ np.diag(two) @ axes.T)
    assert found == pytest.approx(3 + ((np.sqrt(one) - np.sqrt(two)) ** 2).sum())


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 1000))
def test_frechet_against_the_matrix_root(seed):
    (mean, covariance), (other_mean, other) = normal(seed), normal(seed + 5000)
    oracle = ((mean - other_mean) ** 2).sum() + np.trace(covariance + other - 2 * sqrtm(covariance @ other).real)
    found = frechet_distance(mean, covariance, other_mean, other)
    assert found == pytest.approx(oracle, rel=1e-6)
    assert found == pytest.approx(frechet_distance(other_mean, other, mean, covariance), rel=1e-8)
    assert frechet_distance(mean, covariance, mean, covariance) == pytest.approx(0, abs=1e-7)


def test_frechet_with_singular_covariances():
    (mean, covariance), (other_mean, other) = normal(1, rank=2), normal(2, rank=1)
    found = frechet_distance(mean, covariance, other_mean, other)
    # With rank 1, S2 = v v^T, the root's trace is sqrt(v^T S1 v).
    v = np.linalg.eigh(other)[1][:, -1] * np.sqrt(np.trace(other))
    cross = np.sqrt(v @ covariance @ v)
    expected = ((mean - other_mean) ** 2).sum() + np.trace(covariance) + np.trace(other) - 2 * cross
    assert found == pytest.approx(expected, rel=1e-6)


def slow_mmd(one, two):
    def kernel(x, y):
        return (sum(a * b for a, b in zip(x, y, strict=True)) / len(x) + 1) ** 3

    def within(points):
        pairs = [(i, j) for i in range(len(points)) for j in range(len(points)) if i != j]
        return sum(kernel(points[i], points[j]) for i, j in pairs) / len(pairs)

    return within(one) + within(two) - 2 * np.mean([kernel(x, y) for x in one for y in two])


def test_mmd_against_the_definition():
    rng = np.random.default_rng(0)
    one, two = rng.normal(size=(7, 3)), rng.normal(1, 2, size=(5, 3))
    assert polynomial_mmd(one, two) == pytest.approx(slow_mmd(one, two), rel=1e-12)
    assert polynomial_mmd(two, one) == pytest.approx(polynomial_mmd(one, two), rel=1e-12)


def test_mmd_has_no_bias():
    rng = np.random.default_rng(0)
    found = [polynomial_mmd(*rng.normal(size=(2, 10, 3))) for _ in range(2000)]
    error = np.std(found) / np.sqrt(len(found))
    assert abs(np.mean(found)) < 3 * error, "0 on average for one distribution"
    assert np.mean(np.less(found, 0)) > 0.3, "so it must often be below 0"


def test_mmd_of_a_shift_in_one_dimension():
    # (x y + 1)^3 is the inner product of (1, 3^(1/2) x, 3^(1/2) x^2, x^3), and the squared MMD the squared distance of
    # its means: those of N(0, 1) are (1, 0, 3^(1/2), 0), those of N(s, 1) have s, 1 + s^2 and s^3 + 3 s instead.
    rng, s = np.random.default_rng(0), 0.5
    found = polynomial_mmd(rng.normal(size=(2000, 1)), rng.normal(s, 1, size=(2000, 1)))
    assert found == pytest.approx(3 * s**2 + 3 * s**4 + (s**3 + 3 * s) ** 2, rel=0.25)


def test_root_mean_square():
    assert root_mean_square(np.array([[3.0, 4.0], [0.0, 5.0]], np.float32)) == pytest.approx(np.sqrt(50 / 4))
    assert root_mean_square(np.zeros((3, 2))) == 0 and root_mean_square(np.empty((3, 0))) == 0
