"""How far the codes, taken as one normal cloud, are from N(0, I): the yardstick for random points."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class MismatchRecord:
    """KL(N(m, S) || N(0, I)), nats per dimension, and what it comes from; all parts are >= 0 and add up.

    Attributes:
        total: the mismatch.
        shift: from the mean: 1/2 m^2.
        wide: from the variances v of coordinates with v > 1: 1/2 (v - 1 - log v).
        narrow: the same from coordinates with v < 1.
        correlation: from the correlations: 1/2 (sum of log v - log det S).
    """

    total: float
    shift: float
    wide: float
    narrow: float
    correlation: float


def mismatch_record(mean: np.ndarray, covariance: np.ndarray) -> MismatchRecord:
    """Return the prior mismatch and its parts.

    1/2 (tr S + m.m - d - log det S) / d. Eigenvalues of S are floored at the float64 epsilon times the largest (and at
    the smallest normal float64), because a cloud without any extent in one direction would be infinitely far away.

    Since N(m, S) is the normal nearest to the aggregated posterior, `total` never exceeds the KL per dimension averaged
    over the images.

    Args:
        mean: (d,), of the aggregated posterior (`Codes.moments`).
        covariance: (d, d), symmetric, posterior variance included.
    """
    mean, covariance = np.asarray(mean, dtype=np.float64), np.asarray(covariance, dtype=np.float64)
    z_dim = len(mean)
    values, axes = np.linalg.eigh(covariance)
    floor = max(np.finfo(np.float64).eps * values[-1], np.finfo(np.float64).tiny)
    values = np.maximum(values, floor)
    variances = (axes * axes) @ values  # the diagonal of the floored S
    shift = 0.5 * float(mean @ mean) / z_dim
    # No part is negative (the correlations' by Hadamard's inequality), but rounding is not bound by that.
    spread = np.maximum(0.5 * (variances - 1.0 - np.log(variances)), 0.0) / z_dim
    wide, narrow = float(spread[variances > 1].sum()), float(spread[variances <= 1].sum())
    correlation = max(0.5 * float(np.log(variances).sum() - np.log(values).sum()) / z_dim, 0.0)
    return MismatchRecord(shift + wide + narrow + correlation, shift, wide, narrow, correlation)


def prior_mismatch(mean: np.ndarray, covariance: np.ndarray) -> float:
    """Return KL(N(mean, covariance) || N(0, I)) in nats per dimension; see `mismatch_record`."""
    return mismatch_record(mean, covariance).total
