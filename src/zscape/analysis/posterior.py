"""What the posteriors of a VAE carry: KL per dimension, active dimensions, the range of log_var."""

from dataclasses import dataclass

import numpy as np

from zscape.analysis.points import check_points
from zscape.core.errors import InputError
from zscape.formulas.divergence import kl_parts_per_dimension
from zscape.latent.codes import Codes
from zscape.latent.moments import blocks

ACTIVE_NATS = 0.01
"""A dimension of a VAE is active when its KL, averaged over the data, is above this: nats."""

ACTIVE_SHARE = 1e-3
"""A dimension of an AE is active when its sd over the data is above this share of the largest sd."""


@dataclass(frozen=True)
class LogVarRecord:
    """The logs of the posterior variances, over all points and dimensions."""

    min: float
    mean: float
    max: float


@dataclass(frozen=True)
class PosteriorRecord:
    """The posteriors N(mu, exp log_var) against N(0, I), averaged over the points.

    Attributes:
        kl: sum over the dimensions, nats per image.
        kl_mu: its part 1/2 mu^2.
        kl_log_var: its part -1/2 (1 + log_var - exp(log_var)).
        kl_per_dimension: nats, in the order of the dimensions.
        active_nats: the threshold of an active dimension, nats.
        active_units: number of active dimensions.
        inactive: numbers of the other dimensions, counted from 0.
        log_var: range and mean of log_var.
        sd_of_mu: standard deviation of mu over the data (divided by n), per dimension.
        mean_variance: posterior variance averaged over the data, per dimension.
    """

    kl: float
    kl_mu: float
    kl_log_var: float
    kl_per_dimension: tuple[float, ...]
    active_nats: float
    active_units: int
    inactive: tuple[int, ...]
    log_var: LogVarRecord
    sd_of_mu: tuple[float, ...]
    mean_variance: tuple[float, ...]


def posterior_record(codes: Codes, sd: np.ndarray | None = None) -> PosteriorRecord | None:
    """Return what the posteriors of the codes carry, or None for an AE, which has no posteriors.

    Args:
        codes: the codes.
        sd: (z_dim,), standard deviation of mu over the data, where it is known already.

    Raises:
        InputError: when there are no points, or values are not finite.
    """
    if codes.log_var is None:
        return None
    check_points(codes.mu)
    check_points(codes.log_var)
    if codes.mu.shape != codes.log_var.shape:
        raise InputError(f"mu has shape {codes.mu.shape}, log_var {codes.log_var.shape}; they must be equal.")
    from_mu, from_log_var, log_var, variance = _means(codes.mu, codes.log_var)
    kl = from_mu + from_log_var
    return PosteriorRecord(
        kl=float(kl.sum()),
        kl_mu=float(from_mu.sum()),
        kl_log_var=float(from_log_var.sum()),
        kl_per_dimension=tuple(kl.tolist()),
        active_nats=ACTIVE_NATS,
        active_units=int((kl > ACTIVE_NATS).sum()),
        inactive=tuple(np.flatnonzero(~(kl > ACTIVE_NATS)).tolist()),
        log_var=LogVarRecord(float(codes.log_var.min()), float(log_var.mean()), float(codes.log_var.max())),
        sd_of_mu=tuple((_sd(codes.mu) if sd is None else sd).tolist()),
        mean_variance=tuple(variance.tolist()),
    )


def inactive_dimensions(codes: Codes, sd: np.ndarray | None = None) -> tuple[int, ...]:
    """Return the numbers, counted from 0, of the dimensions that carry nothing about the images.

    For a VAE those whose mean KL is at most 0.01 nat. An AE has no KL: there, those whose standard deviation over the
    data is at most a thousandth of the largest.

    Args:
        codes: the codes.
        sd: (z_dim,), standard deviation of mu over the data, where it is known already.

    Raises:
        InputError: when there are no points, or values are not finite.
    """
    record = posterior_record(codes, sd)
    if record is not None:
        return record.inactive
    check_points(codes.mu)
    sd = _sd(codes.mu) if sd is None else sd
    return tuple(np.flatnonzero(~(sd > ACTIVE_SHARE * sd.max())).tolist())


def _means(mu: np.ndarray, log_var: np.ndarray) -> np.ndarray:
    """Return four rows (z_dim,), means over the points: the KL's two parts, log_var, and the variance."""
    total = np.zeros((4, mu.shape[1]))
    for mu_block, log_var_block in zip(blocks(mu), blocks(log_var), strict=True):
        from_mu, from_log_var = kl_parts_per_dimension(mu_block, log_var_block, np)
        sums = [part.sum(axis=0) for part in (from_mu, from_log_var, log_var_block)]
        total += [*sums, np.exp(log_var_block, out=log_var_block).sum(axis=0)]
    return total / len(mu)


def _sd(points: np.ndarray) -> np.ndarray:
    mean = sum(block.sum(axis=0) for block in blocks(points)) / len(points)
    return np.sqrt(sum(((block - mean) ** 2).sum(axis=0) for block in blocks(points)) / len(points))
