"""Numbers read from codes along straight lines: ridge regression, its penalty chosen from the codes learned from."""

from dataclasses import dataclass

import numpy as np

from zscape.latent.moments import mean_and_covariance

_PENALTIES = np.logspace(-8.0, 2.0, 21)
"""Tried for each number; in units of the variance of a standardised code."""


@dataclass(frozen=True, eq=False)
class Readout:
    """A straight line for each number: centre + (z - mean) weights.

    Attributes:
        mean: float64 (z_dim,), mean of the codes learned from.
        weights: float64 (z_dim, f), what one unit of z changes.
        centre: float64 (f,), mean of the numbers learned from.
        penalty: float64 (f,), the penalty of each, in units of the variance of a standardised code.
    """

    mean: np.ndarray
    weights: np.ndarray
    centre: np.ndarray
    penalty: np.ndarray

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """Return the numbers read from (n, z_dim) points: float64 (n, f)."""
        return (points.astype(np.float64) - self.mean) @ self.weights + self.centre


def fit_readout(points: np.ndarray, numbers: np.ndarray) -> Readout:
    """Return the readout of `numbers` from `points`: ridge regression on standardised codes.

    With the codes standardised to X and a number centred to y, weights are (X'X/n + penalty I)^-1 X'y/n. The penalty is
    the one of 21 between 1e-8 and 100 with the least generalised cross-validation error
    (|y - yhat|^2 / n) / (1 - trace(hat) / n)^2 (Golub, Heath and Wahba 1979), which needs no further codes: with many
    more codes than dimensions it is ordinary least squares; with few it keeps chance from being learned.

    Args:
        points: (n, z_dim), any real dtype, n >= 3; dimensions that do not vary get no weight.
        numbers: (n, f), any real dtype.
    """
    count = len(points)
    mean, covariance = mean_and_covariance(points)
    sd = np.sqrt(np.diag(covariance))
    sd = np.where(sd > 1e-6 * (sd.max() or 1.0), sd, np.inf)  # constant coordinates tell nothing
    centre = numbers.mean(axis=0, dtype=np.float64)
    centred = numbers.astype(np.float64) - centre
    values, axes = np.linalg.eigh(covariance / np.outer(sd, sd))
    values = np.maximum(values, 0.0)
    along = axes.T @ (((points.astype(np.float64) - mean) / sd).T @ centred / count)  # (z_dim, f)
    errors = np.stack([_error(values, along, centred, penalty) for penalty in _PENALTIES])  # (penalties, f)
    penalty = _PENALTIES[errors.argmin(axis=0)]
    weights = axes @ (along / (values[:, np.newaxis] + penalty))
    return Readout(mean, weights / sd[:, np.newaxis], centre, penalty)


def _error(values: np.ndarray, along: np.ndarray, centred: np.ndarray, penalty: float) -> np.ndarray:
    """Return the generalised cross-validation error of one penalty for each number: float64 (f,)."""
    count = len(centred)
    shrunk = along / (values + penalty)[:, np.newaxis]
    explained = (2.0 * along * shrunk - values[:, np.newaxis] * shrunk**2).sum(axis=0)
    left = np.maximum((centred**2).mean(axis=0) - explained, 0.0)
    free = 1.0 - (1.0 + (values / (values + penalty)).sum()) / count  # the mean takes one degree of freedom
    return left / free**2 if free > 1e-6 else np.full(left.shape, np.inf)
