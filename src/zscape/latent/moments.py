"""Mean, covariance and principal axes of many points, in double precision and in bounded memory."""

from collections.abc import Iterator

import numpy as np

_BLOCK = 8192  # rows turned into float64 at a time: 16 MiB at 256 dimensions


def blocks(points: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the rows of `points` (n, d) in order, as float64 arrays of at most 8192 rows."""
    for start in range(0, len(points), _BLOCK):
        yield points[start : start + _BLOCK].astype(np.float64)


def mean_and_covariance(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean (d,) and the covariance (d, d) of the points, float64.

    The covariance is that of the set itself: divided by n, not by n - 1. The mean is subtracted before anything is
    squared, so that a cloud far from the origin keeps its digits.

    Args:
        points: (n, d), any real dtype, n >= 1.
    """
    count = len(points)
    mean = sum((block.sum(axis=0) for block in blocks(points)), np.zeros(points.shape[1])) / count
    covariance = np.zeros((points.shape[1],) * 2)
    for block in blocks(points):
        centred = block - mean
        covariance += centred.T @ centred
    return mean, covariance / count


def principal_axes(covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the variances along the principal axes and the axes themselves.

    Eigenvectors have no sign of their own: here the component of largest size is positive, so that pictures and draws
    do not flip from one machine to the next.

    Args:
        covariance: (d, d), symmetric, positive semidefinite.

    Returns:
        float64 (d,), descending, rounding below zero cut off; float64 (d, d), one axis per column, orthonormal.
    """
    values, axes = np.linalg.eigh((covariance + covariance.T) / 2)
    values, axes = np.maximum(values[::-1], 0.0), axes[:, ::-1]
    largest = axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])]
    return values, axes * np.where(largest < 0, -1.0, 1.0)
