"""The distribution of each coordinate by itself, as effect sizes: with many points every test rejects."""

from dataclasses import dataclass

import numpy as np

from zscape.analysis.points import check_points
from zscape.latent.moments import blocks


@dataclass(frozen=True)
class CoordinatesRecord:
    """Moments of each coordinate over the points, in the order of the dimensions; N(0, 1) has 0, 1, 0, 0.

    Attributes:
        mean: in units of z.
        sd: in units of z (divided by n).
        skewness: third central moment over sd^3; 0 for a constant coordinate.
        excess_kurtosis: fourth central moment over sd^4, minus 3; 0 for a constant coordinate.
    """

    mean: tuple[float, ...]
    sd: tuple[float, ...]
    skewness: tuple[float, ...]
    excess_kurtosis: tuple[float, ...]


def coordinates_record(points: np.ndarray) -> CoordinatesRecord:
    """Return the moments of each coordinate.

    Args:
        points: (n, z_dim), any real dtype, n >= 1.

    Raises:
        InputError: when the points cannot be used.
    """
    check_points(points)
    count, z_dim = points.shape
    mean = sum((block.sum(axis=0) for block in blocks(points)), np.zeros(z_dim)) / count
    moments = np.zeros((3, z_dim))
    for block in blocks(points):
        centred = block - mean
        square = centred * centred
        moments += [square.sum(axis=0), (square * centred).sum(axis=0), (square * square).sum(axis=0)]
    variance, third, fourth = moments / count
    # In float32 a constant comes back as itself, but the mean of many equal numbers is rounded.
    varies = variance > (1e-12 * np.abs(mean)) ** 2
    divisor = np.where(varies, variance, 1.0)
    return CoordinatesRecord(
        mean=tuple(mean.tolist()),
        sd=tuple(np.sqrt(variance).tolist()),
        skewness=tuple(np.where(varies, third / divisor**1.5, 0.0).tolist()),
        excess_kurtosis=tuple(np.where(varies, fourth / divisor**2 - 3.0, 0.0).tolist()),
    )
