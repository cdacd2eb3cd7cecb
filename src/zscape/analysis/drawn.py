"""What drawing changes: z = mu + exp(log_var / 2) eps beside mu. Does a VAE use its log_var at all?"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from zscape.analysis.points import check_points
from zscape.analysis.radius import radii
from zscape.core.errors import InputError
from zscape.core.seeds import generator
from zscape.latent.codes import Codes

FAR = 0.05
"""Values with |z - mu| above this are counted, as the articles do."""

EPSILON_LIMIT = 5.0
"""|eps| at most, value by value, as in training."""

_BLOCK = 8192  # points drawn at a time
_BINS = 60
_CELLS = 48


@dataclass(frozen=True)
class LogVarSpread:
    """How log_var is spread, over all points and dimensions, and dimension by dimension.

    Attributes:
        edges: of equally wide bins from the least to the largest value.
        counts: values per bin; their sum is points times dimensions.
        lowest: the least log_var of each dimension.
        mean: its mean.
        highest: the largest.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    lowest: tuple[float, ...]
    mean: tuple[float, ...]
    highest: tuple[float, ...]


@dataclass(frozen=True)
class RadiusSummary:
    """Radii of a set of points, units of z; sd is divided by n."""

    min: float
    mean: float
    max: float
    sd: float


@dataclass(frozen=True)
class DrawnRecord:
    """Every point drawn once around its mu, and what that moved. Lengths in units of z.

    Attributes:
        count: points.
        z_dim: dimensions.
        seed: of the draws.
        epsilon_limit: |eps| is cut off here, value by value.
        deviation_mean: mean of |z - mu| over all values (points times dimensions).
        deviation_max: the largest.
        far: the threshold of the two numbers that follow.
        far_count: values with |z - mu| above it.
        far_share: their share of all values.
        radius_mu: the radii R(mu).
        radius_z: the radii R(z).
        difference_mean: mean of |R(z) - R(mu)|.
        difference_max: the largest.
        relative_mean: mean of |R(z) - R(mu)| / R(mu), over the points with R(mu) > 0; None where there are none.
        relative_max: the largest.
        noise_share: share of the variance of z, summed over the dimensions, that comes from drawing; in [0, 1].
        edges: of the cells below, the same along both axes.
        cells: points by R(mu) (rows) and R(z) (columns); their sum is `count`.
        log_var: how log_var is spread.
    """

    count: int
    z_dim: int
    seed: int
    epsilon_limit: float
    deviation_mean: float
    deviation_max: float
    far: float
    far_count: int
    far_share: float
    radius_mu: RadiusSummary
    radius_z: RadiusSummary
    difference_mean: float
    difference_max: float
    relative_mean: float | None
    relative_max: float | None
    noise_share: float
    edges: tuple[float, ...]
    cells: tuple[tuple[int, ...], ...]
    log_var: LogVarSpread


def drawn_blocks(codes: Codes, seed: int = 0) -> Iterator[np.ndarray]:
    """Yield z - mu of all points in order, float32 (at most 8192, z_dim): exp(log_var / 2) eps with |eps| <= 5.

    Args:
        codes: with log_var.
        seed: fixes the draws; more points begin with the draws of fewer.

    Raises:
        InputError: when there is no log_var.
    """
    if codes.log_var is None:
        raise InputError("These codes have no log_var (an autoencoder's have none), so nothing is drawn around them.")
    source = generator(seed, "drawn points")
    for start in range(0, len(codes), _BLOCK):
        log_var = codes.log_var[start : start + _BLOCK]
        epsilon = source.standard_normal(log_var.shape, dtype=np.float32)
        np.clip(epsilon, -EPSILON_LIMIT, EPSILON_LIMIT, out=epsilon)
        epsilon *= np.exp(log_var * np.float32(0.5))
        yield epsilon


def drawn_points(codes: Codes, seed: int = 0) -> np.ndarray:
    """Return every point drawn once around its mu, float32 (n, z_dim); see `drawn_blocks`."""
    points = np.empty(codes.mu.shape, dtype=np.float32)
    for i, moved in enumerate(drawn_blocks(codes, seed)):
        rows = slice(i * _BLOCK, i * _BLOCK + len(moved))
        np.add(codes.mu[rows], moved, out=points[rows], casting="same_kind")
    return points


def drawn_record(codes: Codes, seed: int = 0, variance_of_mu: float | None = None) -> DrawnRecord:
    """Draw every point once and return what that changed.

    Args:
        codes: with log_var, at least 1 point.
        seed: of the draws.
        variance_of_mu: variance of mu summed over the dimensions, where it is known already.

    Raises:
        InputError: when there is no log_var, there are no points, or values are not finite.
    """
    total, largest, far, noise, r = 0.0, 0.0, 0, 0.0, []
    check_points(codes.mu)
    for i, moved in enumerate(drawn_blocks(codes, seed)):
        r.append(radii(codes.mu[i * _BLOCK : i * _BLOCK + len(moved)] + moved))
        np.abs(moved, out=moved)
        total += float(moved.sum(dtype=np.float64))
        largest = max(largest, float(moved.max()))
        far += int((moved > FAR).sum())
        noise += float(np.square(moved, out=moved).sum(dtype=np.float64))
    of_z, of_mu = np.concatenate(r), radii(codes.mu)
    difference = np.abs(of_z - of_mu)
    relative = difference[of_mu > 0] / of_mu[of_mu > 0]
    spread = float(codes.mu.var(axis=0, dtype=np.float64).sum()) if variance_of_mu is None else variance_of_mu
    edges, cells = _cells(of_mu, of_z)
    noise /= len(codes)
    return DrawnRecord(
        count=len(codes),
        z_dim=codes.z_dim,
        seed=seed,
        epsilon_limit=EPSILON_LIMIT,
        deviation_mean=total / codes.mu.size,
        deviation_max=largest,
        far=FAR,
        far_count=far,
        far_share=far / codes.mu.size,
        radius_mu=_summary(of_mu),
        radius_z=_summary(of_z),
        difference_mean=float(difference.mean()),
        difference_max=float(difference.max()),
        relative_mean=float(relative.mean()) if len(relative) else None,
        relative_max=float(relative.max()) if len(relative) else None,
        noise_share=noise / (noise + spread) if noise > 0 else 0.0,
        edges=edges,
        cells=cells,
        log_var=log_var_spread(codes),
    )


def log_var_spread(codes: Codes) -> LogVarSpread:
    """Return how the codes' log_var is spread.

    Raises:
        InputError: when there is none, there are no points, or values are not finite.
    """
    if codes.log_var is None:
        raise InputError("These codes have no log_var (an autoencoder's have none).")
    check_points(codes.log_var)
    lowest, highest = codes.log_var.min(axis=0), codes.log_var.max(axis=0)
    low, high = _apart(float(lowest.min()), float(highest.max()))
    starts = range(0, len(codes), _BLOCK)
    counts = sum(np.histogram(codes.log_var[start : start + _BLOCK], _BINS, (low, high))[0] for start in starts)
    return LogVarSpread(
        edges=tuple(np.linspace(low, high, _BINS + 1).tolist()),
        counts=tuple(np.asarray(counts).tolist()),
        lowest=tuple(lowest.astype(float).tolist()),
        mean=tuple(codes.log_var.mean(axis=0, dtype=np.float64).tolist()),
        highest=tuple(highest.astype(float).tolist()),
    )


def _summary(r: np.ndarray) -> RadiusSummary:
    return RadiusSummary(float(r.min()), float(r.mean()), float(r.max()), float(r.std()))


def _cells(of_mu: np.ndarray, of_z: np.ndarray) -> tuple[tuple[float, ...], tuple[tuple[int, ...], ...]]:
    low, high = _apart(min(of_mu.min(), of_z.min()), max(of_mu.max(), of_z.max()))
    counts, edges, _ = np.histogram2d(of_mu, of_z, _CELLS, [[low, high], [low, high]])
    return tuple(edges.tolist()), tuple(tuple(row) for row in counts.astype(int).tolist())


def _apart(low: float, high: float) -> tuple[float, float]:
    """Return the two ends, moved apart where bins between them would have no width in float32."""
    reach = 1e-4 * (max(abs(low), abs(high)) or 1.0)
    return (low, high) if high - low > reach else (low - reach, high + reach)
