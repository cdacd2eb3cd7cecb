"""Each coordinate of many points by itself: moments, and how far it is from N(0, 1); in bounded memory."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy import special

_GROUP = 16  # columns that are copied together: 64 bytes of float32, what a processor fetches at once
_WORTH_THREADS = 1_000_000  # values; NumPy and SciPy let go of the interpreter while they sort and sum


@dataclass(frozen=True)
class Marginals:
    """What is known of each coordinate, float64 (d,) each; see `coordinates.CoordinatesRecord` for the meaning."""

    mean: np.ndarray
    sd: np.ndarray
    skewness: np.ndarray
    excess_kurtosis: np.ndarray
    kolmogorov: np.ndarray
    wasserstein: np.ndarray


def marginals(points: np.ndarray) -> Marginals:
    """Return moments of, and distances from N(0, 1) of, each column.

    Args:
        points: (n, d), any real dtype, finite, n >= 1. A table that lies column by column in memory is read fastest.
    """
    expected = normal_parts(len(points))

    def measured(start: int) -> np.ndarray:
        return _measured(np.ascontiguousarray(points[:, start : start + _GROUP].T), expected)

    starts = range(0, points.shape[1], _GROUP)
    return Marginals(*np.concatenate(list(_mapped(measured, starts, points.size)), axis=1))


def _mapped(measured: Callable[[int], np.ndarray], starts: range, values: int) -> Iterator[np.ndarray]:
    if values < _WORTH_THREADS:
        yield from map(measured, starts)
        return
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        yield from pool.map(measured, starts)


def _measured(columns: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return six rows, in the order of `Marginals`, for columns (d, n) that lie one after the other."""
    return np.array([(*_moments(column), *_distances(np.sort(column), expected)) for column in columns]).T


def _moments(column: np.ndarray) -> tuple[float, float, float, float]:
    values = column.astype(np.float64)
    mean = values.mean()
    values -= mean
    square = values * values
    variance = square.mean()
    # In float32 a constant comes back as itself, but the mean of many equal numbers is rounded.
    if variance <= (1e-12 * abs(mean)) ** 2:
        return float(mean), float(np.sqrt(variance)), 0.0, 0.0
    skewness = float(square @ values) / len(values) / variance**1.5
    kurtosis = float(square @ square) / len(values) / variance**2
    return float(mean), float(np.sqrt(variance)), skewness, kurtosis - 3.0


def _distances(ordered: np.ndarray, expected: np.ndarray) -> tuple[float, float]:
    values = ordered.astype(np.float64)
    wasserstein = float(np.abs(values - expected).mean())
    values *= np.sqrt(0.5)
    return kolmogorov_distance(0.5 + 0.5 * special.erf(values)), wasserstein


def kolmogorov_distance(law: np.ndarray) -> float:
    """Return sup |F - F_n| of n ordered values from a law: the Kolmogorov distance, in [0, 1].

    Args:
        law: (n,), the law's distribution function F at the values, ascending.
    """
    count = len(law)
    steps = np.arange(count + 1) / count
    return float(max((steps[1:] - law).max(), (law - steps[:-1]).max()))


def normal_parts(count: int) -> np.ndarray:
    """Return the means of N(0, 1) over `count` equally likely parts of the line, ascending: float64 (count,).

    The mean of N(0, 1) between its quantiles a and b is (phi(a) - phi(b)) / (Phi(b) - Phi(a)). The mean absolute
    difference of n ordered values to these n is the 1-Wasserstein distance of the values to N(0, 1) so divided.
    """
    with np.errstate(over="ignore"):
        density = np.exp(-0.5 * special.ndtri(np.arange(count + 1) / count) ** 2) / np.sqrt(2 * np.pi)
    return count * (density[:-1] - density[1:])


def chance_distance(count: int, columns: int = 1, level: float = 0.01) -> float:
    """Return the Kolmogorov distance that none of several columns passes by chance, but for one case in a hundred.

    By Massart's form (1990) of the inequality of Dvoretzky, Kiefer and Wolfowitz: P(D > e) <= 2 exp(-2 n e^2), summed
    over the columns. It holds for a law known beforehand; with mean and sd from the same points chance does less.

    Args:
        count: points, n.
        columns: columns looked at.
        level: the probability that one of them does pass it.
    """
    return float(min(np.sqrt(np.log(2 * columns / level) / (2 * count)), 1.0))
