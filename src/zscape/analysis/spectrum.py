"""The principal components of the points: along how many directions do the codes vary?"""

from dataclasses import dataclass

import numpy as np

from zscape.analysis.points import check_points
from zscape.core.errors import InputError
from zscape.latent.moments import blocks, mean_and_covariance, principal_axes


@dataclass(frozen=True)
class SpectrumRecord:
    """The variances along the principal axes, descending (divided by n, as in `latent.moments`).

    Attributes:
        variances: one per axis, in units of z squared.
        shares: the same as shares of the total; all 0 when the points do not vary.
        cumulative: running sums of the shares, ending in 1.
        total_variance: sum of the variances.
        dimensions_90: number of axes that together hold 90 % of the variance; 0 when the points do not vary.
        dimensions_95: the same for 95 %.
        dimensions_99: the same for 99 %.
    """

    variances: tuple[float, ...]
    shares: tuple[float, ...]
    cumulative: tuple[float, ...]
    total_variance: float
    dimensions_90: int
    dimensions_95: int
    dimensions_99: int


def spectrum_record(points: np.ndarray, covariance: np.ndarray | None = None) -> SpectrumRecord:
    """Return the spectrum of the points' covariance.

    Args:
        points: (n, z_dim), any real dtype, n >= 2; they are centred and squared in double precision.
        covariance: (z_dim, z_dim), theirs (`latent.moments.mean_and_covariance`), where it is known already.

    Raises:
        InputError: when the points cannot be used.
    """
    check_points(points, least=2)
    variances, _ = principal_axes(mean_and_covariance(points)[1] if covariance is None else covariance)
    total = float(variances.sum())
    shares = variances / total if total > 0 else np.zeros_like(variances)
    cumulative = np.minimum(np.cumsum(shares), 1.0)
    # A hair below the share, so that 9 of 10 equal axes hold 90 % in spite of rounding.
    needed = [int((cumulative < share - 1e-9).sum()) + 1 if total > 0 else 0 for share in (0.90, 0.95, 0.99)]
    return SpectrumRecord(tuple(variances.tolist()), tuple(shares.tolist()), tuple(cumulative.tolist()), total, *needed)


def project(points: np.ndarray, k: int = 2) -> np.ndarray:
    """Return the points' coordinates along their first k principal axes, centred.

    The signs of the axes are fixed (`latent.moments.principal_axes`).

    Args:
        points: (n, z_dim), any real dtype, n >= 2.
        k: coordinates wanted, >= 1; those beyond z_dim are 0.

    Returns:
        float64 (n, k).

    Raises:
        InputError: when the points or k cannot be used.
    """
    check_points(points, least=2)
    if k < 1:
        raise InputError(f"The number of principal components must be at least 1, got {k}.")
    mean, covariance = mean_and_covariance(points)
    axes = principal_axes(covariance)[1][:, :k]
    coordinates = np.concatenate([(block - mean) @ axes for block in blocks(points)])
    return np.pad(coordinates, ((0, 0), (0, k - axes.shape[1])))
