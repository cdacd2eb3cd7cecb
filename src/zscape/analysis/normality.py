"""Is the cloud a multivariate normal, wherever it lies and however it is turned and stretched? By effect sizes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from zscape.analysis.marginals import chance_distance, kolmogorov_distance, marginals
from zscape.analysis.points import check_points
from zscape.analysis.radius import nested_histogram
from zscape.core.errors import InputError
from zscape.latent.moments import mean_and_covariance, principal_axes

_FLAT = 1e-12  # share of the largest variance below which a direction counts as flat: codes are float32
_BLOCK = 8192  # points turned at a time
_WIDTH = 0.25  # of the bins, in units of the cloud's own sd: about three within one sd of the law

PROBABILITIES = (
    *(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.35, 0.5),
    *(0.65, 0.75, 0.85, 0.9, 0.95, 0.975, 0.99, 0.995, 0.999),
)
"""Shares of the points whose quantiles are taken."""


@dataclass(frozen=True)
class NormalityRecord:
    """The Mahalanobis distances of points from their own centre, and their coordinates along the principal axes.

    With mean m and covariance S (divided by n) of the same n points, d^2 = (x - m)^T S^-1 (x - m) of a normal's points
    follows (n - 1) Beta(p / 2, (n - p - 1) / 2) exactly, p the rank of S (Gnanadesikan & Kettenring, Biometrics 28,
    1972, in their divisor); for n much above p that is chi^2(p). Affine maps of the points leave every d^2 as it is.

    Attributes:
        drawn: whether the points are drawn z, with their posterior variance, instead of mu.
        count: points, n.
        z_dim: dimensions.
        rank: p, the number of principal axes along which the points vary.
        flat: the number of the other axes, which are left out.
        kolmogorov: Kolmogorov distance of d^2 to its law, in [0, 1].
        kolmogorov_axes: Kolmogorov distance to N(0, 1) of the coordinates along each principal axis in units of their
            sd, widest axis first: (rank,).
        skewness: of the same, (rank,).
        excess_kurtosis: of the same, (rank,); -2 for two equal heaps, -1.2 for a uniform, 0 for a normal.
        chance: the distance that none of all these passes by chance in 99 of 100 clouds that are normal.
        probabilities: shares of the points.
        quantiles: d^2 that these shares of the points stay below.
        law_quantiles: the same of the law.
        beyond_99: share of the points beyond the law's 99 % quantile; 0.01 for a normal.
        beyond_999: the same for 99.9 %; 0.001 for a normal.
        edges: of the bins of the distances d, in units of the cloud's own sd; they enclose all of them.
        counts: points per bin; their sum is `count`.
        offset: distance of the centre from the origin, in units of the root mean square distance from the centre.
        correlation_rms: root mean square of the correlations of pairs of coordinates of z; 0 in one dimension.
        correlation_max: the largest of their sizes.
    """

    drawn: bool
    count: int
    z_dim: int
    rank: int
    flat: int
    kolmogorov: float
    kolmogorov_axes: tuple[float, ...]
    skewness: tuple[float, ...]
    excess_kurtosis: tuple[float, ...]
    chance: float
    probabilities: tuple[float, ...]
    quantiles: tuple[float, ...]
    law_quantiles: tuple[float, ...]
    beyond_99: float
    beyond_999: float
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    offset: float
    correlation_rms: float
    correlation_max: float


def normality_record(
    points: np.ndarray, moments: tuple[np.ndarray, np.ndarray] | None = None, *, drawn: bool = False
) -> NormalityRecord:
    """Return how near the points are to a multivariate normal of their own mean and covariance.

    Args:
        points: (n, z_dim), any real dtype. A copy in float32, turned to the principal axes, is held.
        moments: their mean and covariance (`mean_and_covariance`), where they are known already.
        drawn: what to say of them: drawn z, or mu.

    Raises:
        InputError: when the points cannot be used, all are the same, or they are fewer than their dimensions need.
    """
    check_points(points, least=2)
    mean, covariance = mean_and_covariance(points) if moments is None else moments
    scale = _to_unit(points, covariance)
    count, rank = len(points), scale.shape[1]
    squares, turned = _turned(points, mean, scale)
    squares.sort()
    axes, law = marginals(turned.T), distance_law(rank, count)
    _, edges, counts = nested_histogram(np.sqrt(squares), _WIDTH)
    rms, largest = _correlations(covariance)
    return NormalityRecord(
        drawn=drawn,
        count=count,
        z_dim=points.shape[1],
        rank=rank,
        flat=points.shape[1] - rank,
        kolmogorov=kolmogorov_distance(law.cdf(squares)),
        kolmogorov_axes=tuple(axes.kolmogorov.tolist()),
        skewness=tuple(axes.skewness.tolist()),
        excess_kurtosis=tuple(axes.excess_kurtosis.tolist()),
        chance=chance_distance(count, rank + 1),
        probabilities=PROBABILITIES,
        quantiles=tuple(np.quantile(squares, PROBABILITIES).tolist()),
        law_quantiles=tuple(law.ppf(PROBABILITIES).tolist()),
        beyond_99=float((squares > law.ppf(0.99)).mean()),
        beyond_999=float((squares > law.ppf(0.999)).mean()),
        edges=tuple(edges.tolist()),
        counts=tuple(counts.tolist()),
        offset=float(np.linalg.norm(mean) / np.sqrt(np.trace(covariance))),
        correlation_rms=rms,
        correlation_max=largest,
    )


def distance_law(rank: int, count: int) -> Any:
    """Return the law of d^2 for a normal's points: (n - 1) Beta(p / 2, (n - p - 1) / 2), frozen, of scipy.stats.

    Args:
        rank: p >= 1.
        count: n >= p + 2.
    """
    return stats.beta(rank / 2, (count - rank - 1) / 2, scale=count - 1)


def mahalanobis_squares(points: np.ndarray) -> np.ndarray:
    """Return d^2 of each point in the covariance of all, within the directions in which they vary: float64 (n,).

    Args:
        points: (n, z_dim), any real dtype.

    Raises:
        InputError: as `normality_record`.
    """
    check_points(points, least=2)
    mean, covariance = mean_and_covariance(points)
    return _turned(points, mean, _to_unit(points, covariance))[0]


def _to_unit(points: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Return the axes (z_dim, rank), each divided by the sd along it."""
    variances, axes = principal_axes(covariance)
    # What rounding of the values themselves adds is no extent of the cloud.
    size = max(abs(float(points.max())), abs(float(points.min())))
    precision = np.finfo(points.dtype).eps if points.dtype.kind == "f" else 0.0
    used = variances > max(_FLAT * variances[0], len(variances) * (2.0 * precision * size) ** 2)
    rank = int(used.sum())
    if rank == 0:
        raise InputError(f"All {len(points)} points are the same, so the cloud has no shape.")
    if len(points) < rank + 2:
        dimensions = "1 dimension" if points.shape[1] == 1 else f"{points.shape[1]} dimensions"
        raise InputError(
            f"There are {len(points)} points in {dimensions}: so few all lie at the same distance from "
            f"their centre, measured in their own spread, whatever they come from; at least {points.shape[1] + 2} are "
            f"needed to look for a shape."
        )
    return axes[:, used] / np.sqrt(variances[used])


def _turned(points: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return d^2, float64 (n,), and the coordinates along the axes in units of sd, float32 (rank, n)."""
    turned = np.empty((scale.shape[1], len(points)), dtype=np.float32)
    squares = np.empty(len(points))
    for start in range(0, len(points), _BLOCK):
        rows = slice(start, start + _BLOCK)
        block = scale.T @ (points[rows] - mean).T
        squares[rows] = np.einsum("ij,ij->j", block, block)
        turned[:, rows] = block
    return squares, turned


def _correlations(covariance: np.ndarray) -> tuple[float, float]:
    """Return the root mean square and the largest size of the correlations of pairs that both vary."""
    variances = np.diag(covariance)
    varies = variances > _FLAT * variances.max()
    sd = np.sqrt(variances[varies])
    between = (covariance[np.ix_(varies, varies)] / np.outer(sd, sd))[np.triu_indices(len(sd), 1)]
    if not len(between):
        return 0.0, 0.0
    return float(np.sqrt((between * between).mean())), float(min(np.abs(between).max(), 1.0))
