"""Ridge regression on standardised codes, against scikit-learn and against its definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression, Ridge

from zscape.analysis import linear_readout
from zscape.analysis.linear_readout import fit_readout


def table(count, z_dim, noise, seed=0):
    rng = np.random.default_rng(seed)
    points = (rng.normal(size=(count, z_dim)) @ rng.normal(size=(z_dim, z_dim)) * 3 + 5).astype(np.float32)
    numbers = points[:, :2] @ rng.normal(size=(2, 2)) + noise * rng.normal(size=(count, 2)) * [1, 100] + [0, 7]
    return points, numbers


@given(st.integers(3, 60), st.integers(2, 12), st.sampled_from([0.0, 0.3, 30.0]), st.integers(0, 9))
def test_weights_are_those_of_ridge_regression(count, z_dim, noise, seed):
    points, numbers = table(count, z_dim, noise, seed)
    readout = fit_readout(points, numbers)
    scaled = (points.astype(np.float64) - points.mean(axis=0, dtype=np.float64)) / points.std(axis=0, dtype=np.float64)
    for i in range(2):
        model = Ridge(alpha=count * readout.penalty[i], solver="svd").fit(scaled, numbers[:, i])
        np.testing.assert_allclose(
            readout(points)[:, i], model.predict(scaled), rtol=1e-4, atol=1e-4 * np.ptp(numbers[:, i])
        )


@pytest.mark.parametrize(("count", "noise"), [(15, 0.5), (15, 50.0), (200, 0.5)])
def test_the_penalty_is_the_one_of_the_least_generalised_cross_validation_error(count, noise):
    points, numbers = table(count, 10, noise)
    scaled = (points - points.mean(axis=0)) / points.std(axis=0)
    errors = []
    for penalty in linear_readout._PENALTIES:
        hat = scaled @ np.linalg.inv(scaled.T @ scaled + count * penalty * np.eye(10)) @ scaled.T + 1 / count
        residuals = numbers - hat @ numbers
        errors.append((residuals**2).mean(axis=0) / (1 - np.trace(hat) / count) ** 2)
    np.testing.assert_array_equal(
        fit_readout(points, numbers).penalty, linear_readout._PENALTIES[np.argmin(errors, axis=0)]
    )


def test_with_many_codes_it_is_least_squares():
    points, numbers = table(4000, 6, 0.5)
    known = LinearRegression().fit(points, numbers[:, :1]).predict(points)
    np.testing.assert_allclose(fit_readout(points, numbers[:, :1])(points), known, rtol=0, atol=0.02)


def test_chance_is_not_learned_from_few_codes():
    rng = np.random.default_rng(0)
    points, numbers = rng.normal(size=(30, 25)), rng.normal(size=(30, 1))
    fresh = fit_readout(points, numbers)(rng.normal(size=(500, 25)))
    assert fresh.std() < 0.3 < LinearRegression().fit(points, numbers).predict(rng.normal(size=(500, 25))).std()


def test_dimensions_that_do_not_vary_get_no_weight():
    points, numbers = table(50, 3, 0.1)
    points = np.concatenate([points, np.full((50, 1), 4.0, np.float32)], axis=1)
    readout = fit_readout(points, numbers)
    assert (readout.weights[3] == 0).all() and np.isfinite(readout(points)).all()
