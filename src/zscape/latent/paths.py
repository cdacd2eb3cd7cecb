"""Paths through z-space: points that are decoded one after the other, or in rows below each other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from zscape.core.errors import InputError
from zscape.latent.moments import principal_axes
from zscape.latent.priors.base import number_text

_SAME_DIRECTION = 1e-7  # radians; below this a great circle and a straight line are the same to float32


@dataclass(frozen=True, eq=False)
class LatentPath:
    """Points of z-space in the order in which a path meets them.

    Attributes:
        points: float32 (steps, z_dim).
        name: what the path is, for the beginning of its row.
        labels: one text per point, "" where there is nothing to say.
    """

    points: np.ndarray
    name: str
    labels: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.points)


def straight_line(start: np.ndarray, end: np.ndarray, steps: int) -> np.ndarray:
    """Return equally spaced points on the straight line between two points, both ends exactly among them.

    Args:
        start: (z_dim,).
        end: (z_dim,).
        steps: number of points, >= 2.

    Returns:
        float32 (steps, z_dim).

    Raises:
        InputError: when there are fewer than 2 steps, or the points are not finite or of different length.
    """
    a, b = _ends(start, end, steps)
    share = np.linspace(0.0, 1.0, steps)[:, None]
    return _exact_ends((1.0 - share) * a + share * b, start, end)


def great_circle(
    start: np.ndarray, end: np.ndarray, steps: int, centre: np.ndarray | Sequence[float] | None = None
) -> np.ndarray:
    """Return points between two points that turn by equal angles around a centre (Shoemake 1985, "slerp").

    The distance to the centre goes linearly from that of the start to that of the end: where the two are equal, all
    points have it. A straight line comes nearer to the centre, where in many dimensions there are hardly any codes.

    Args:
        start: (z_dim,).
        end: (z_dim,).
        steps: number of points, >= 2.
        centre: (z_dim,); None for the origin.

    Returns:
        float32 (steps, z_dim), both ends exactly among them.

    Raises:
        InputError: as `straight_line`; when an end is the centre itself, or the two lie opposite each other, where no
            great circle is the shortest.
    """
    a, b = _ends(start, end, steps)
    middle = np.zeros(len(a)) if centre is None else np.asarray(centre, dtype=np.float64)
    if middle.shape != a.shape:
        raise InputError(f"The centre of a great circle has shape {middle.shape}; the points have {a.shape}.")
    radii = np.linalg.norm(a - middle), np.linalg.norm(b - middle)
    if 0.0 in radii:
        raise InputError("A great circle needs two ends away from its centre; one lies on it: take a straight line.")
    u, v = (a - middle) / radii[0], (b - middle) / radii[1]
    # Of the two unit vectors' difference and sum: exact for small and for large angles, unlike the arc cosine.
    angle = 2.0 * np.arctan2(np.linalg.norm(u - v), np.linalg.norm(u + v))
    if np.pi - angle < 1e-6:
        raise InputError(
            "The two ends lie opposite each other as seen from the centre, so that every great circle is as short as "
            "every other: take a straight line, or go through a third point."
        )
    share = np.linspace(0.0, 1.0, steps)[:, None]
    if angle < _SAME_DIRECTION:
        turned = (1.0 - share) * u + share * v
    else:
        turned = (np.sin((1.0 - share) * angle) * u + np.sin(share * angle) * v) / np.sin(angle)
    return _exact_ends(middle + ((1.0 - share) * radii[0] + share * radii[1]) * turned, start, end)


def path_through(
    points: np.ndarray,
    names: Sequence[str],
    steps: int,
    line: Callable[[np.ndarray, np.ndarray, int], np.ndarray] = straight_line,
) -> list[LatentPath]:
    """Return the path through several points, one piece from each to the next; the pieces share their ends.

    Args:
        points: (n, z_dim), n >= 2.
        names: what each point is.
        steps: points on each piece, both ends included, >= 2.
        line: `straight_line`, or `great_circle`.

    Raises:
        InputError: when there are fewer than 2 points or steps, or not one name per point.
    """
    if np.ndim(points) != 2 or len(points) < 2:
        raise InputError(f"A path needs at least 2 points (n, z_dim), received an array of shape {np.shape(points)}.")
    if len(names) != len(points):
        raise InputError(f"There are {len(names)} names for {len(points)} points; each needs one.")
    pieces = []
    for i in range(len(points) - 1):
        labels = [str(step) for step in range(1, steps + 1)]
        name = f"{names[i]} → {names[i + 1]}"
        pieces.append(LatentPath(line(points[i], points[i + 1], steps), name, tuple(labels)))
    return pieces


def spaced_factors(steps: int, largest: float = 3.0) -> tuple[float, ...]:
    """Return equally spaced factors from -largest to largest, with 0 in the middle where `steps` is odd.

    Raises:
        InputError: when there are fewer than 2.
    """
    _check_steps(steps)
    return tuple((largest * np.arange(1 - steps, steps, 2) / (steps - 1)).tolist())


def axis_paths(
    mean: np.ndarray, covariance: np.ndarray, count: int, factors: Sequence[float], names: Sequence[str] | None = None
) -> list[LatentPath]:
    """Return straight paths through the mean along the first principal axes of a cloud.

    Args:
        mean: (z_dim,), of the codes.
        covariance: (z_dim, z_dim), of the codes.
        count: number of axes, the widest first, in [1, z_dim].
        factors: where on each axis, in standard deviations of the codes along it, at least 2.
        names: the axes' names; None for "axis 1" and so on, each with its standard deviation in a second line.

    Raises:
        InputError: when a number is out of range.
    """
    centre, z_dim = np.asarray(mean, dtype=np.float64), len(mean)
    if not 1 <= count <= z_dim:
        raise InputError(f"The number of axes must be from 1 to {z_dim}, the latent dimensions; received {count}.")
    _check_steps(len(factors))
    variances, axes = principal_axes(np.asarray(covariance, dtype=np.float64))
    paths = []
    for i in range(count):
        sd = float(np.sqrt(variances[i]))
        points = centre + np.outer(np.asarray(factors) * sd, axes[:, i])
        name = f"axis {i + 1}\n(sd {sd:.3g})" if names is None else names[i]
        paths.append(LatentPath(points.astype(np.float32), name, _in_sd(factors)))
    return paths


def block_paths(point: np.ndarray, sd: np.ndarray, count: int, factors: Sequence[float]) -> list[LatentPath]:
    """Return paths on which one block of neighbouring coordinates changes and all others stay as they are.

    All coordinates of the block are shifted together, each by the same number of its own standard deviations.

    Args:
        point: (z_dim,), where all paths have factor 0: the code of a good image.
        sd: (z_dim,), standard deviations of the codes' coordinates.
        count: number of blocks that the coordinates are divided into, in [1, z_dim]; their sizes differ by 1 at most.
        factors: the shifts, in standard deviations, at least 2.

    Raises:
        InputError: when a number is out of range.
    """
    start, z_dim = np.asarray(point, dtype=np.float64), len(point)
    if not 1 <= count <= z_dim:
        raise InputError(f"The number of blocks must be from 1 to {z_dim}, the latent dimensions; received {count}.")
    _check_steps(len(factors))
    paths = []
    for block in np.array_split(np.arange(z_dim), count):
        points = np.repeat(start[None], len(factors), axis=0)
        points[:, block] += np.outer(np.asarray(factors), np.asarray(sd, dtype=np.float64)[block])
        name = f"z {block[0]}" if len(block) == 1 else f"z {block[0]} to {block[-1]}"
        paths.append(LatentPath(points.astype(np.float32), name, _in_sd(factors)))
    return paths


def probability_grid(
    steps: int, mean: np.ndarray | None = None, covariance: np.ndarray | None = None
) -> list[LatentPath]:
    """Return a grid over the plane whose cells all have the same probability under a normal, row by row from the top.

    Points are the cells' centres in probability: quantiles (i + 1/2) / steps of each of two independent coordinates.

    Args:
        steps: rows and columns, >= 2.
        mean: (2,); None for N(0, I).
        covariance: (2, 2); None for N(0, I). Of another normal the coordinates are those along its principal axes.

    Raises:
        InputError: when there are fewer than 2 steps or the normal has not two dimensions.
    """
    _check_steps(steps)
    quantiles = ndtri((np.arange(steps) + 0.5) / steps)
    centre, axes, sd, name, unit = np.zeros(2), np.eye(2), np.ones(2), "z 1 =", ""
    if mean is not None and covariance is not None:
        if np.shape(mean) != (2,):
            raise InputError(f"A grid over the plane needs 2 latent dimensions, received {len(mean)}.")
        variances, axes = principal_axes(np.asarray(covariance, dtype=np.float64))
        centre, sd, name, unit = np.asarray(mean, dtype=np.float64), np.sqrt(variances), "axis 2 at", " sd"
    rows = []
    for second in quantiles[::-1]:
        standard = np.stack([quantiles, np.full(steps, second)], axis=1)
        points = centre + (standard * sd) @ axes.T
        labels = tuple(_signed(value) for value in quantiles)
        rows.append(LatentPath(points.astype(np.float32), f"{name} {_signed(second)}{unit}", labels))
    return rows


def _ends(start: np.ndarray, end: np.ndarray, steps: int) -> tuple[np.ndarray, np.ndarray]:
    _check_steps(steps)
    a, b = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    if a.ndim != 1 or a.shape != b.shape or not len(a):
        raise InputError(f"The ends of a path have shapes {a.shape} and {b.shape}; expected (z_dim,) for both.")
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise InputError("The ends of a path must be finite numbers; received NaN or infinite ones.")
    return a, b


def _exact_ends(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    path = points.astype(np.float32)
    path[0], path[-1] = start, end
    return path


def _check_steps(steps: int) -> None:
    if steps < 2:
        raise InputError(f"A path needs at least 2 steps, received {steps}.")


def _in_sd(factors: Sequence[float]) -> tuple[str, ...]:
    return tuple(f"{'+' if factor > 0 else ''}{number_text(round(factor, 2))} sd" for factor in factors)


def _signed(value: float) -> str:
    return "0" if abs(value) < 0.005 else f"{value:+.2f}"
