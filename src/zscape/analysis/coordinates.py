"""The distribution of each coordinate by itself, as effect sizes: with many points every test rejects."""

from dataclasses import dataclass

import numpy as np

from zscape.analysis.marginals import marginals
from zscape.analysis.points import check_points

MOST_SHOWN = 36
"""Coordinates with a histogram; of more, so many from the most to the least normal, at equal steps of rank."""

_BINS = (10, 40)  # fewest and most; between them twice the cube root of the number of points (Rice's rule)


@dataclass(frozen=True)
class CoordinateHistogram:
    """How one coordinate is spread.

    Attributes:
        dimension: its number, counted from 0.
        low: lower end of the first of equally wide bins, the least value; units of z.
        high: upper end of the last bin, the largest value; above `low` also for a constant.
        counts: points per bin; their sum is the number of points.
    """

    dimension: int
    low: float
    high: float
    counts: tuple[int, ...]


@dataclass(frozen=True)
class CoordinatesRecord:
    """Each coordinate over the points, in the order of the dimensions; N(0, 1) has 0, 1, 0, 0 and distances 0.

    Attributes:
        mean: in units of z.
        sd: in units of z (divided by n).
        skewness: third central moment over sd^3; 0 for a constant coordinate.
        excess_kurtosis: fourth central moment over sd^4, minus 3; 0 for a constant coordinate.
        kolmogorov: Kolmogorov distance to N(0, 1), sup |F - Phi| in [0, 1]: the share of the points that are out of
            place, at most.
        wasserstein: 1-Wasserstein distance to N(0, 1), units of z: how far a point has to move on average to make the
            coordinate normal (N(0, 1) taken as its means over n equally likely parts).
        histograms: of all coordinates in their order or, of more than 36, of 36 from the most to the least normal.
    """

    mean: tuple[float, ...]
    sd: tuple[float, ...]
    skewness: tuple[float, ...]
    excess_kurtosis: tuple[float, ...]
    kolmogorov: tuple[float, ...]
    wasserstein: tuple[float, ...]
    histograms: tuple[CoordinateHistogram, ...]


def coordinates_record(points: np.ndarray) -> CoordinatesRecord:
    """Return moments, distances to N(0, 1) and histograms of the coordinates.

    Args:
        points: (n, z_dim), any real dtype, n >= 1; a few columns at a time are copied.

    Raises:
        InputError: when the points cannot be used.
    """
    check_points(points)
    each = marginals(points)
    return CoordinatesRecord(
        mean=tuple(each.mean.tolist()),
        sd=tuple(each.sd.tolist()),
        skewness=tuple(each.skewness.tolist()),
        excess_kurtosis=tuple(each.excess_kurtosis.tolist()),
        kolmogorov=tuple(each.kolmogorov.tolist()),
        wasserstein=tuple(each.wasserstein.tolist()),
        histograms=tuple(_histogram(points, i) for i in shown_dimensions(each.kolmogorov)),
    )


def shown_dimensions(distances: np.ndarray) -> list[int]:
    """Return which coordinates get a histogram: all, or 36 from the least distance to the largest.

    Args:
        distances: (z_dim,), to N(0, 1).
    """
    if len(distances) <= MOST_SHOWN:
        return list(range(len(distances)))
    ranks = np.linspace(0, len(distances) - 1, MOST_SHOWN).round().astype(int)
    return np.argsort(distances, kind="stable")[ranks].tolist()


def _histogram(points: np.ndarray, dimension: int) -> CoordinateHistogram:
    column = points[:, dimension].astype(np.float64)
    low, high = float(column.min()), float(column.max())
    if high - low <= 1e-9 * max(abs(low), abs(high)):  # bins so narrow would have no width in float64
        middle, reach = (low + high) / 2, max(1e-6, 1e-6 * abs(high))
        low, high = middle - reach, middle + reach
    bins = int(np.clip(2 * len(column) ** (1 / 3), *_BINS))
    return CoordinateHistogram(dimension, low, high, tuple(np.histogram(column, bins, (low, high))[0].tolist()))
