"""A mixture of normals fitted to codes: random points where the codes are, also where these are several clouds.

The points it is fitted to are drawn from the aggregated posterior, one per image: z = mu + exp(log_var / 2) e for a
VAE, the codes themselves for an AE. What the decoder met in training is fitted, and the density of points that were
held out is that of the same kind of points.

The fit works in the principal coordinates of the normal fitted to the codes, in which the whole cloud has mean 0 and
covariance I: nothing then depends on the codes' scale, and directions in which codes do not vary are left out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from scipy.linalg import solve_triangular
from scipy.special import logsumexp

from zscape.core.seeds import generator
from zscape.latent.moments import blocks
from zscape.latent.priors.base import check_count, check_points
from zscape.latent.priors.mixture_files import read_mixture, write_mixture

_LOG_2_PI = float(np.log(2 * np.pi))


@dataclass(frozen=True, eq=False)
class Mixture:
    """The sum over i of weights_i N(mean + F means_i, F L_i L_i^T F^T), with F = axes * deviations.

    Directions outside of the axes are kept at the mean, and `log_prob` is the density within the axes.

    Attributes:
        mean: float64 (z_dim,), the origin of the principal coordinates.
        deviations: float64 (rank,), the units along the axes: the whole cloud's standard deviations.
        axes: float64 (z_dim, rank), orthonormal.
        weights: float64 (k,), > 0, summing to 1.
        means: float64 (k, rank), in principal coordinates.
        factors: float64 (k, rank, rank), the Cholesky factors L_i, lower triangular, in principal coordinates.
        chosen: whether k was chosen by the density of held-out codes.
        held_out: number of normals -> log density of a held-out code, nats, mean; for every number that was tried.
            Empty where none were held out.
        points: codes that it was fitted to.
        of: codes there were to fit to, without those held out.
        held_out_points: codes held out.
        outliers: codes left out of these because they lie far out (`latent.outliers`).
        seed: fixed which codes were taken, and the points drawn from their posteriors.
    """

    mean: np.ndarray
    deviations: np.ndarray
    axes: np.ndarray
    weights: np.ndarray
    means: np.ndarray
    factors: np.ndarray
    chosen: bool
    held_out: Mapping[int, float]
    points: int
    of: int
    held_out_points: int
    outliers: int
    seed: int

    @property
    def components(self) -> int:
        """The number of normals."""
        return len(self.weights)

    @property
    def name(self) -> str:
        """`mixture` where the number of normals was chosen, else with that number, as `mixture:10`."""
        return "mixture" if self.chosen else f"mixture:{self.components}"

    @property
    def description(self) -> str:
        """How many normals, and how that number came about."""
        how = ", as many as held-out codes ask for" if self.chosen and self.held_out else ""
        return f"mixture of {self.components} normal{'s' * (self.components > 1)} fitted to the codes{how}"

    @property
    def z_dim(self) -> int:
        """The number of dimensions of the latent space."""
        return len(self.mean)

    def sample(self, n: int, seed: int) -> np.ndarray:
        """Draw n points: float32 (n, z_dim)."""
        check_count(n)
        shares = generator(seed, "prior", "mixture", "component").random(n)
        noise = generator(seed, "prior", "mixture").standard_normal((n, len(self.deviations)))
        chosen = np.searchsorted(np.cumsum(self.weights)[:-1], shares, side="right")
        e = np.empty_like(noise)
        for component in range(self.components):
            rows = chosen == component
            e[rows] = self.means[component] + noise[rows] @ self.factors[component].T
        return (self.mean + (e * self.deviations) @ self.axes.T).astype(np.float32)

    def log_prob(self, z: np.ndarray) -> np.ndarray:
        """Return the log density: float64 (n,)."""
        z = check_points(z, self.z_dim)
        return np.concatenate([np.empty(0), *self._log_densities(z)])

    def _log_densities(self, z: np.ndarray) -> Iterator[np.ndarray]:
        log_weights = np.log(self.weights) - self._log_scales
        for block in blocks(z):
            e = (block - self.mean) @ self.axes / self.deviations
            squares = [
                np.square(solve_triangular(factor, (e - mean).T, lower=True)).sum(axis=0)
                for mean, factor in zip(self.means, self.factors, strict=True)
            ]
            yield np.asarray(logsumexp(log_weights - 0.5 * np.transpose(squares), axis=1))

    @cached_property
    def _log_scales(self) -> np.ndarray:
        """The log of each normal's constant, (2 pi)^(rank/2) sqrt(det S), within the axes: (k,)."""
        own = np.log(np.diagonal(self.factors, axis1=1, axis2=2)).sum(axis=1)
        return own + np.log(self.deviations).sum() + 0.5 * len(self.deviations) * _LOG_2_PI

    def save(self, path: Path | str) -> None:
        """Write the fit as .npz, whole or not at all, without pickle."""
        write_mixture(Path(path), vars(self))

    @classmethod
    def load(cls, path: Path | str) -> "Mixture":
        """Read a fit that `save` wrote.

        Raises:
            InputError: when the file cannot be read or does not hold a mixture.
        """
        return cls(**read_mixture(Path(path)))
