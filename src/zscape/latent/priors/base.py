"""What all distributions of random z-points share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from zscape.core.errors import InputError


class Prior(Protocol):
    """A distribution from which z-points are drawn."""

    @property
    def name(self) -> str:
        """The text from which `parse_prior` makes this prior, e.g. `"uniform:1.5"`."""
        ...

    @property
    def description(self) -> str:
        """One phrase for figures and reports."""
        ...

    @property
    def z_dim(self) -> int:
        """The number of dimensions of the latent space."""
        ...

    def sample(self, n: int, seed: int) -> np.ndarray:
        """Draw n points, float32 (n, z_dim); the same seed gives the same points, and more points begin with fewer.

        Raises:
            InputError: when n < 1.
        """
        ...

    def log_prob(self, z: np.ndarray) -> np.ndarray:
        """Return the log density at the points z (n, z_dim): float64 (n,), in nats; -inf outside the support.

        Raises:
            InputError: when z is not (n, z_dim).
        """
        ...


Fit = Callable[..., Prior]
"""Gives a prior fitted to codes; called with the numbers of the prior's text: none, a level, a number of normals."""

Fits = Mapping[str, Fit]
"""A way to a fitted prior for each kind that needs one, by the kind's name in the registry."""


class PriorTextError(ValueError):
    """The arguments in a prior's text cannot be used.

    Attributes:
        reason: what is wrong, as the end of a sentence.
        suggestion: a text that would do.
    """

    def __init__(self, reason: str, suggestion: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.suggestion = suggestion


@dataclass(frozen=True)
class PriorFamily:
    """A kind of prior, as users write it.

    Attributes:
        forms: example texts and what they mean.
        read: turns the texts between the colons into numbers; raises PriorTextError.
        build: makes the prior from those numbers and z_dim; None for a kind that is fitted to codes: its fit is called
            with the numbers instead.
    """

    forms: dict[str, str]
    read: Callable[[Sequence[str]], tuple[float, ...]]
    build: Callable[[tuple[float, ...], int], Prior] | None


def read_number(text: str, suggestion: str) -> float:
    """Return `text` as a number that float32 can hold; raises PriorTextError."""
    try:
        number = float(text)
    except ValueError:
        raise PriorTextError(f"{text!r} is not a number", suggestion) from None
    if not abs(number) <= float(np.finfo(np.float32).max):  # `not <=` also catches NaN
        raise PriorTextError(f"{text!r} is not a finite float32 number", suggestion)
    return number


def number_text(number: float) -> str:
    """Return the shortest text that reads back as `number`, without a needless `.0`."""
    return str(int(number)) if abs(number) < 1e15 and number == int(number) else repr(float(number))


def check_count(n: int) -> None:
    """Raise InputError unless at least one point is asked for."""
    if n < 1:
        raise InputError(f"The number of random points must be at least 1, got {n}.")


def check_points(z: np.ndarray, z_dim: int) -> np.ndarray:
    """Return z as float64 (n, z_dim); raises InputError when it has another shape."""
    if np.ndim(z) != 2 or np.shape(z)[1] != z_dim:
        raise InputError(f"Points of shape {np.shape(z)} do not fit this prior; expected (n, {z_dim}).")
    return np.asarray(z, dtype=np.float64)
