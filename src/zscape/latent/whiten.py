"""Other coordinates for codes, in which their cloud has mean 0 and covariance I: z -> A (z - m).

Radius, covariance and distance to the origin of an autoencoder's codes are a choice of coordinates: an affine map of z
folds into the last layer of the encoder and the first of the decoder (`inference.fold`), and no reconstruction changes.
"""

from dataclasses import dataclass, replace

import numpy as np

from zscape.core.errors import InputError
from zscape.latent.codes import Codes
from zscape.latent.moments import blocks, principal_axes

FLOOR = 1e-6
"""Least variance, as a share of the largest, that is stretched to 1: a direction with less than a thousandth of the
largest standard deviation counts as flat, and is stretched by a thousand at most."""


@dataclass(frozen=True, eq=False)
class Whitening:
    """z -> matrix (z - shift).

    Attributes:
        shift: float64 (z_dim,).
        matrix: float64 (z_dim, z_dim), symmetric and positive definite, so that no axis changes its place: of all
            matrices that whiten, S^(-1/2) keeps the new coordinates nearest to the old ones (Kessy, Lewin and Strimmer
            2018, "Optimal whitening and decorrelation": ZCA).
        inverse: its inverse.
        t: 0 for the old coordinates, 1 for white ones.
        diagonal: whether the matrix only scales each coordinate.
    """

    shift: np.ndarray
    matrix: np.ndarray
    inverse: np.ndarray
    t: float
    diagonal: bool

    @property
    def log_scale(self) -> np.ndarray:
        """The log of each coordinate's factor, of a diagonal map: float64 (z_dim,)."""
        return np.log(np.diag(self.matrix))

    def apply(self, z: np.ndarray) -> np.ndarray:
        """Return the points z (n, z_dim) in the new coordinates: float64 (n, z_dim)."""
        return np.concatenate([(block - self.shift) @ self.matrix for block in blocks(z)])

    def undo(self, z: np.ndarray) -> np.ndarray:
        """Return points of the new coordinates (n, z_dim) in the old ones: float64 (n, z_dim)."""
        return np.concatenate([block @ self.inverse + self.shift for block in blocks(z)])

    def codes(self, codes: Codes) -> Codes:
        """Return codes in the new coordinates; log_var of a VAE grows by twice the log of the coordinate's factor.

        Raises:
            InputError: for codes with log_var and a map that is not diagonal: their posteriors would be correlated.
        """
        mu = self.apply(codes.mu).astype(np.float32)
        if codes.log_var is None:
            return replace(codes, mu=mu)
        if not self.diagonal:
            raise InputError(
                "Codes with log_var can only be shifted and scaled coordinate by coordinate: turned axes would make "
                "their posteriors correlated; use diagonal=True."
            )
        return replace(codes, mu=mu, log_var=codes.log_var + np.float32(2.0) * self.log_scale.astype(np.float32))

    def moments(self, mean: np.ndarray, covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean (z_dim,) and covariance (z_dim, z_dim) of a cloud in the new coordinates."""
        return self.matrix @ (mean - self.shift), self.matrix @ covariance @ self.matrix


def whitening(mean: np.ndarray, covariance: np.ndarray, t: float = 1.0, diagonal: bool = False) -> Whitening:
    """Return the map S^(-t/2) (z - t m).

    t between 0 and 1 goes from the old coordinates to white ones: the cloud's mean becomes (1 - t) S^(-t/2) m, its
    covariance S^(1 - t). Variances below 1e-6 of the largest count as 1e-6 of it.

    Args:
        mean: (z_dim,), m.
        covariance: (z_dim, z_dim), S, symmetric and positive semidefinite.
        t: how far to go, in [0, 1].
        diagonal: scale coordinates by their own variances, the diagonal of S, and leave correlations.

    Raises:
        InputError: when t is not in [0, 1], or the cloud has no extent at all.
    """
    if not 0.0 <= t <= 1.0:  # also catches NaN
        raise InputError(f"t must be in [0, 1], from the old coordinates to white ones; received {t:g}.")
    mean, covariance = np.asarray(mean, dtype=np.float64), np.asarray(covariance, dtype=np.float64)
    values, axes = (np.diag(covariance), np.eye(len(mean))) if diagonal else principal_axes(covariance)
    if not values.max() > 0:
        raise InputError("All codes are one and the same point; there is nothing to whiten.")
    deviations = np.sqrt(np.maximum(values, FLOOR * values.max())) ** t
    return Whitening(t * mean, (axes / deviations) @ axes.T, (axes * deviations) @ axes.T, float(t), diagonal)


def coordinates_sentence(mean: np.ndarray, covariance: np.ndarray) -> str:
    """Say what of an autoencoder's cloud is a choice of coordinates, and what it would be in white ones.

    Args:
        mean: (z_dim,), of the codes.
        covariance: (z_dim, z_dim), of the codes.
    """
    deviations = np.sqrt(principal_axes(np.asarray(covariance, dtype=np.float64))[0])
    widths = f"{_short(deviations[-1])} to {_short(deviations[0])}" if len(deviations) > 1 else _short(deviations[0])
    return (
        f"For an autoencoder these are a choice of coordinates: no loss says where its codes lie. Here their centre is "
        f"{_short(float(np.linalg.norm(mean)))} from the origin, with standard deviations of {widths} along the "
        f"principal axes; `zscape whiten` makes them 0 and 1 by folding an affine map into the layers next to z, and "
        f"no reconstruction changes."
    )


def _short(number: float) -> str:
    return f"{number:.2g}" if number < 10 else f"{number:.0f}"
