"""Uniform in a cube: the naive way to draw random points.

In many dimensions such points lie far outside the codes unless the cube is small: their radius is about
r sqrt(z_dim / 3) for the cube [-r, r], with hardly any spread (see `analysis.radius.cube_radius`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zscape.core.seeds import generator
from zscape.latent.priors.base import (
    PriorFamily,
    PriorTextError,
    check_count,
    check_points,
    number_text,
    read_number,
)


@dataclass(frozen=True)
class Uniform:
    """Each coordinate uniform in [low, high], low < high, independent of the others."""

    z_dim: int
    low: float
    high: float

    @property
    def name(self) -> str:
        """`uniform:r` for the cube [-r, r], `uniform:low:high` for any other."""
        bounds = (self.high,) if self.low == -self.high else (self.low, self.high)
        return ":".join(["uniform", *map(number_text, bounds)])

    @property
    def description(self) -> str:
        """The interval of the coordinates."""
        return f"uniform in [{number_text(self.low)}, {number_text(self.high)}]"

    def sample(self, n: int, seed: int) -> np.ndarray:
        """Draw n points: float32 (n, z_dim).

        Cubes of the same seed share their uniform numbers, so that point i only moves outward as the cube grows.
        """
        check_count(n)
        shares = generator(seed, "prior", "uniform").random((n, self.z_dim))
        points = (self.low * (1.0 - shares) + self.high * shares).astype(np.float32)
        # Rounding to float32 may carry a point over the edge.
        return np.clip(points, *_inner_bounds(self.low, self.high))

    def log_prob(self, z: np.ndarray) -> np.ndarray:
        """Return -z_dim log(high - low) inside the cube, -inf outside: float64 (n,)."""
        z = check_points(z, self.z_dim)
        inside = ((z >= self.low) & (z <= self.high)).all(axis=1)
        return np.where(inside, -self.z_dim * math.log(self.high - self.low), -np.inf)


def _inner_bounds(low: float, high: float) -> tuple[np.float32, np.float32]:
    first, last = np.float32(low), np.float32(high)
    first = np.nextafter(first, np.float32(np.inf)) if float(first) < low else first
    last = np.nextafter(last, np.float32(-np.inf)) if float(last) > high else last
    return first, last


def _read(arguments: Sequence[str]) -> tuple[float, ...]:
    numbers = [read_number(text, "uniform:1.5") for text in arguments]
    if len(numbers) == 1:
        size = numbers[0]
        if size <= 0:
            suggestion = f"uniform:{number_text(-size)}" if size else "uniform:1.5"
            raise PriorTextError(f"half the width of the cube must be above 0, got {arguments[0]}", suggestion)
        return -size, size
    if len(numbers) != 2:
        raise PriorTextError(f"a cube has one or two numbers, got {len(numbers)}", "uniform:1.5")
    low, high = numbers
    if low >= high:
        suggestion = f"uniform:{number_text(high)}:{number_text(low)}" if low > high else "uniform:0:8"
        raise PriorTextError(
            f"the low end must be below the high end, got {arguments[0]} and {arguments[1]}", suggestion
        )
    return low, high


def _build(values: tuple[float, ...], z_dim: int) -> Uniform:
    low, high = values
    return Uniform(z_dim, low, high)


FAMILY = PriorFamily(
    {"uniform:1.5": "each coordinate in [-1.5, 1.5]", "uniform:0:8": "each coordinate in [0, 8]"}, _read, _build
)
