"""Which points lie so far out that they would spoil a mean and a covariance.

One code in a thousand at a distance of 1,000 makes a fitted normal useless: its widest axis points there. Left out are
points farther from the cloud than three times the distance within which 999 of 1,000 points of a normal lie (in 2
dimensions 11 standard deviations, in 256 dimensions 55): points of a normal are never left out, and those of a cloud
with other tails or of several parts hardly ever.

Distances are Mahalanobis distances from a robust estimate: nine tenths of the points, the nearest to the coordinatewise
median at first and then twice the nearest to their own mean by their own covariance ("concentration steps": Rousseeuw
and Van Driessen 1999, "A fast algorithm for the minimum covariance determinant estimator"), scaled up so that half of
the points lie within the median distance of a normal. The points are the means of posteriors; what these are wide in
themselves belongs to the covariance: far out in an inactive dimension is not far.
"""

import numpy as np
from scipy.stats import chi2

from zscape.core.seeds import generator
from zscape.latent.moments import blocks, mean_and_covariance, principal_axes

FEW = 0.05
"""Share of the points that can be outliers; where more lie far out, they are a part of the cloud and all are kept."""

_SAMPLE = 20_000  # points for the robust estimate; the distances are those of all
_NEAREST, _STEPS = 0.9, 2
_SHARE, _BEYOND = 0.999, 3.0
_POINTS_PER_DIMENSION = 5  # fewer do not tell a covariance
_MEDIANS = 20.0  # the limit in median distances where there is no covariance
_FLAT = 1e-12  # share of the largest variance: codes are float32


def inliers(points: np.ndarray, variance: np.ndarray | None = None) -> np.ndarray:
    """Return which points are no outliers: bool (n,); see the head of this file.

    With fewer than 5 points per dimension, outliers are those farther than 20 times the median distance, coordinates
    measured in median absolute deviations. Directions in which most points do not vary decide nothing.

    Args:
        points: (n, d), finite, any real dtype.
        variance: (d,), the posterior variance of each dimension (`Codes.variance`); None for codes without.
    """
    count, dimensions = points.shape
    every = np.ones(count, dtype=bool)
    if count < 2:
        return every
    sample = points
    if count > _SAMPLE:
        rows = generator(0, "outliers").choice(count, _SAMPLE, replace=False)
        sample = points[np.sort(rows)]
    sample = sample.astype(np.float64)
    distances = _from_median(sample)
    if count < _POINTS_PER_DIMENSION * dimensions:
        kept = distances <= _MEDIANS * np.median(distances)
    else:
        kept = _within(points, *_robust(sample, distances, 0.0 if variance is None else np.diag(variance)))
    return kept if count - kept.sum() <= FEW * count else every


def _from_median(points: np.ndarray) -> np.ndarray:
    centred = points - np.median(points, axis=0)
    scale = np.median(np.abs(centred), axis=0)
    used = scale > 0
    return np.linalg.norm(centred[:, used] / scale[used], axis=1)


def _robust(
    points: np.ndarray, distances: np.ndarray, widths: np.ndarray | float
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return a centre (d,), the map (d, r) to coordinates in which distance counts, and the limit of its square."""
    centre, to_unit = np.zeros(points.shape[1]), np.zeros((points.shape[1], 0))
    for _ in range(_STEPS + 1):
        nearest = points[distances <= np.quantile(distances, _NEAREST)]
        centre, covariance = mean_and_covariance(nearest)
        variances, axes = principal_axes(covariance + widths)
        used = variances > _FLAT * variances[0]
        to_unit = axes[:, used] / np.sqrt(variances[used])
        distances = np.square((points - centre) @ to_unit).sum(axis=1)
    rank = max(to_unit.shape[1], 1)
    scale = max(float(np.median(distances)) / chi2.median(rank), 1.0)
    return centre, to_unit, _BEYOND**2 * scale * float(chi2.ppf(_SHARE, rank))


def _within(points: np.ndarray, centre: np.ndarray, to_unit: np.ndarray, limit: float) -> np.ndarray:
    to_unit = to_unit.astype(np.float32)  # twice as fast, and the limit is far from everything
    with np.errstate(over="ignore"):  # a point out there may leave float32
        units = ((block - centre).astype(np.float32) @ to_unit for block in blocks(points))
        return np.concatenate([np.square(unit).sum(axis=1) <= limit for unit in units])
