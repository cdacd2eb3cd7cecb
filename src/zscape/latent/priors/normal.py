"""N(0, I): the prior that the KL loss of a VAE pulls the codes towards."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zscape.core.seeds import generator
from zscape.latent.priors.base import PriorFamily, PriorTextError, check_count, check_points


@dataclass(frozen=True)
class Normal:
    """The standard normal distribution in `z_dim` dimensions."""

    z_dim: int
    name: str = "normal"
    description: str = "N(0, I)"

    def sample(self, n: int, seed: int) -> np.ndarray:
        """Draw n points: float32 (n, z_dim)."""
        check_count(n)
        return generator(seed, "prior", "normal").standard_normal((n, self.z_dim), dtype=np.float32)

    def log_prob(self, z: np.ndarray) -> np.ndarray:
        """Return -(|z|^2 + z_dim log 2 pi) / 2 for each point: float64 (n,)."""
        z = check_points(z, self.z_dim)
        return -0.5 * ((z * z).sum(axis=1) + self.z_dim * math.log(2 * math.pi))


def _read(arguments: Sequence[str]) -> tuple[float, ...]:
    if arguments:
        raise PriorTextError("the standard normal has no parameters", "normal")
    return ()


def _build(values: tuple[float, ...], z_dim: int) -> Normal:
    return Normal(z_dim)


FAMILY = PriorFamily({"normal": "N(0, I)"}, _read, _build)
