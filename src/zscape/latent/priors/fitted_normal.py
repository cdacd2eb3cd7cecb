"""A normal with the mean and covariance of the codes: random points where the codes are, also for a plain AE.

A few absurd codes do not spoil it: they are left out and counted (`latent.outliers` says which).
"""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from scipy.special import ndtr, ndtri

from zscape.core.errors import InputError
from zscape.core.seeds import generator
from zscape.latent.arrays import read_arrays, write_arrays
from zscape.latent.codes import Codes
from zscape.latent.moments import principal_axes
from zscape.latent.outliers import inliers
from zscape.latent.priors.base import check_count, check_points, number_text

_FLAT = 1e-12  # share of the largest variance below which a direction counts as flat: codes are float32
_COUNTS = ("points", "outliers")


@dataclass(frozen=True, eq=False)
class FittedNormal:
    """N(m, S), with S = U L U^T drawn as z = m + U sqrt(L) e, e ~ N(0, I).

    With a `level` s each component of e is drawn from the normal truncated to |e_i| <= s (by the inverse of its
    distribution function), that is, each coordinate along a principal axis stays within s standard deviations; |e|,
    the Mahalanobis distance, is then at most s sqrt(z_dim).

    Directions in which the codes do not vary (variance below 1e-12 of the largest) are kept at the mean, and
    `log_prob` is the density within the directions in which they do.

    Attributes:
        mean: float64 (z_dim,).
        covariance: float64 (z_dim, z_dim).
        level: the limit in standard deviations, > 0, or None.
        points: number of codes that it was fitted to; None where that is not known.
        outliers: number of codes that were left out.
    """

    mean: np.ndarray
    covariance: np.ndarray
    level: float | None = None
    points: int | None = None
    outliers: int = 0

    @property
    def name(self) -> str:
        """`fitted`, or `fitted:2sigma` with a level."""
        return "fitted" if self.level is None else f"fitted:{number_text(self.level)}sigma"

    @property
    def description(self) -> str:
        """What was fitted, what was left out, and the limit."""
        limit = "" if self.level is None else f", within {number_text(self.level)} sigma along each principal axis"
        left_out = f" but for {self.outliers} far out" if self.outliers else ""
        return f"normal fitted to the codes{left_out}{limit}"

    @property
    def z_dim(self) -> int:
        """The number of dimensions of the latent space."""
        return len(self.mean)

    @property
    def rank(self) -> int:
        """The number of principal axes along which the points vary."""
        return len(self.principal[0])

    @cached_property
    def principal(self) -> tuple[np.ndarray, np.ndarray]:
        """Standard deviations (rank,), descending, and the axes they belong to (z_dim, rank), orthonormal."""
        variances, axes = principal_axes(self.covariance)
        used = variances > _FLAT * variances[0]
        return np.sqrt(variances[used]), axes[:, used]

    def at_level(self, level: float | None) -> "FittedNormal":
        """Return the same normal, confined to `level` standard deviations; None for no limit."""
        return replace(self, level=level)

    def sample(self, n: int, seed: int) -> np.ndarray:
        """Draw n points: float32 (n, z_dim)."""
        check_count(n)
        deviations, axes = self.principal
        source = generator(seed, "prior", "fitted")
        if self.level is None:
            e = source.standard_normal((n, self.rank))
        else:
            share = source.random((n, self.rank))
            outside = ndtr(-self.level)
            e = np.clip(ndtri(outside + share * (1.0 - 2.0 * outside)), -self.level, self.level)
        return (self.mean + (e * deviations) @ axes.T).astype(np.float32)

    def log_prob(self, z: np.ndarray) -> np.ndarray:
        """Return the log density, normalised also with a level: float64 (n,); -inf beyond the level."""
        z = check_points(z, self.z_dim)
        deviations, axes = self.principal
        e = (z - self.mean) @ axes / deviations
        constant = np.log(deviations).sum() + 0.5 * self.rank * math.log(2 * math.pi)
        density = -0.5 * (e * e).sum(axis=1) - constant
        if self.level is None:
            return density
        # Points come as float32; their rounding may carry a drawn point over the limit.
        rounding = np.finfo(np.float32).eps * np.linalg.norm(z, axis=1, keepdims=True) / deviations
        inside = (np.abs(e) <= self.level + rounding).all(axis=1)
        return np.where(inside, density - self.rank * math.log1p(-2.0 * ndtr(-self.level)), -np.inf)

    def save(self, path: Path | str) -> None:
        """Write the fit as .npz, whole or not at all, without pickle."""
        arrays = {"mean": self.mean, "covariance": self.covariance, "outliers": np.array(self.outliers)}
        known = {"level": self.level, "points": self.points}
        write_arrays(Path(path), arrays | {name: np.array(value) for name, value in known.items() if value is not None})

    @classmethod
    def load(cls, path: Path | str) -> "FittedNormal":
        """Read a fit that `save` wrote.

        Raises:
            InputError: when the file cannot be read or does not hold a mean and its covariance.
        """
        arrays, found = read_arrays(Path(path), ("mean", "covariance", "level", *_COUNTS), single="mean")
        if not {"mean", "covariance"} <= arrays.keys():
            names = ", ".join(found)
            raise InputError(f"{path} is no fitted normal: expected arrays mean and covariance, it has: {names}.")
        if any(array.dtype.kind != "f" for name, array in arrays.items() if name not in _COUNTS):
            raise InputError(f"{path} has a mean, covariance or level of another dtype; expected real numbers.")
        if any(arrays[name].shape or arrays[name].dtype.kind not in "iu" for name in _COUNTS if name in arrays):
            raise InputError(f"{path} has points or outliers that are not one whole number each.")
        mean, covariance, level = arrays["mean"], arrays["covariance"], arrays.get("level")
        if mean.ndim != 1 or len(mean) < 1 or covariance.shape != (len(mean),) * 2:
            raise InputError(f"{path} has a mean {mean.shape} and a covariance {covariance.shape} that do not fit.")
        if not (np.isfinite(mean).all() and np.isfinite(covariance).all()):
            raise InputError(f"{path} has values in mean or covariance that are not finite.")
        if level is not None and not (level.ndim == 0 and level > 0):
            raise InputError(f"{path} has the level {level}; expected a level above 0.")
        points, outliers = (int(arrays[name]) if name in arrays else None for name in _COUNTS)
        return cls(mean, covariance, None if level is None else float(level), points, outliers or 0)


def fit_normal(codes: Codes, level: float | None = None) -> FittedNormal:
    """Return the normal with the moments of the codes' aggregated posterior (`Codes.moments`), outliers left out.

    Where no mean lies far out, as in most clouds, these are the plain moments.

    Args:
        codes: at least 2, usually those of the training images.
        level: the limit in standard deviations, or None.

    Raises:
        InputError: when there are fewer than 2 codes.
    """
    rows = np.flatnonzero(inliers(codes.mu, codes.variance))
    used = codes if len(rows) == len(codes) else codes.take(rows)
    return FittedNormal(*used.moments(), level, len(used), len(codes) - len(used))
