"""How far a path through z-space stays where images come from, measured by the run's own two networks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from zscape.core.errors import InputError
from zscape.core.seeds import generator
from zscape.formulas.quality import psnr
from zscape.latent.codes import Codes
from zscape.latent.moments import principal_axes

MOST_MEASURED = 400
"""Codes of real images with which a path is compared; of more, a seeded random choice."""

_MOST_ASKED = 200  # codes whose nearest neighbour is looked for
_BLOCK = 4096  # codes compared at a time
_FLAT = 1e-12  # share of the largest variance below which a direction counts as flat: codes are float32
_MOST_PSNR = 99.0  # dB; two images that are equal would be infinitely near
_PERCENTILES = (5.0, 50.0, 95.0)

Band = tuple[float, float, float]
"""What 5, 50 and 95 % of the values lie below."""


@dataclass(frozen=True)
class Scale:
    """The same measures on codes of real images, by which those of a path are judged.

    Attributes:
        images: number of codes measured.
        of: number of codes they were chosen from.
        seed: fixes the choice.
        neighbour_distance: median distance of a code to its nearest neighbour among all codes, in units of z.
        round_trip: `PathQuality.round_trip` of these codes.
        psnr: `PathQuality.psnr` of these codes.
        distance: `PathQuality.distance` of these codes.
    """

    images: int
    of: int
    seed: int
    neighbour_distance: float
    round_trip: Band
    psnr: Band
    distance: Band


@dataclass(frozen=True)
class PathQuality:
    """How each point of a path fares, in the order of the path.

    Attributes:
        round_trip: |encode(decode(z)) - z|, in median distances between neighbouring codes.
        psnr: of the image decoded from z against its own reconstruction, in decibel, 99 at most.
        distance: Mahalanobis distance from the centre of the codes over the root of its degrees of freedom; about 1
            where the codes of a normal cloud are.
        outside: whether at least two of the three are worse than for 95 % of the codes of real images.
    """

    round_trip: tuple[float, ...]
    psnr: tuple[float, ...]
    distance: tuple[float, ...]
    outside: tuple[bool, ...]


@dataclass(frozen=True, eq=False)
class Ruler:
    """What is measured with: the codes' normal and the distance between neighbours.

    Attributes:
        mean: float64 (z_dim,).
        covariance: float64 (z_dim, z_dim), of the codes, posterior variance included.
        neighbour_distance: as in `Scale`.
    """

    mean: np.ndarray
    covariance: np.ndarray
    neighbour_distance: float

    @cached_property
    def _axes(self) -> tuple[np.ndarray, np.ndarray]:
        variances, axes = principal_axes(self.covariance)
        used = variances > _FLAT * variances[0]
        return np.sqrt(variances[used]), axes[:, used]

    def distance(self, z: np.ndarray) -> np.ndarray:
        """Return the Mahalanobis distance of points over the root of the degrees of freedom: float64 (n,)."""
        sd, axes = self._axes
        return np.sqrt((((z - self.mean) @ axes / sd) ** 2).mean(axis=1))


RoundTrip = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray]]
"""From z-points (n, z_dim) to their images (floats in [0, 1]), the codes of these, and the images of those codes."""


def make_ruler(codes: Codes, seed: int = 0) -> Ruler:
    """Return what paths among these codes are measured with.

    Args:
        codes: usually those of the training images, at least 2.
        seed: fixes whose nearest neighbours are looked for.

    Raises:
        InputError: when all codes are one point.
    """
    mean, covariance = codes.moments()
    if not covariance.trace() > 0:
        raise InputError("All codes are one and the same point: there is no path between them.")
    return Ruler(mean, covariance, neighbour_distance(codes.mu, seed))


def neighbour_distance(points: np.ndarray, seed: int = 0) -> float:
    """Return the median distance of points to their nearest neighbour, in units of z.

    Asked of at most 200 points, a seeded choice; the neighbours are looked for among all. Where most points have
    a double, that of the others is taken.

    Args:
        points: (n, z_dim), n >= 2, not all the same.
        seed: fixes the choice.
    """
    asked = _chosen(len(points), _MOST_ASKED, seed, "neighbours")
    own = points[asked].astype(np.float64)
    best = np.full(len(asked), np.inf)
    for start in range(0, len(points), _BLOCK):
        block = points[start : start + _BLOCK].astype(np.float64)
        # Centred on a point of the cloud, so that the squares keep their digits far from the origin.
        a, b = own - own[0], block - own[0]
        squared = (a * a).sum(axis=1)[:, None] - 2.0 * a @ b.T + (b * b).sum(axis=1)
        squared[asked[:, None] == np.arange(start, start + len(block))] = np.inf
        best = np.minimum(best, squared.min(axis=1))
    distances = np.sqrt(np.maximum(best, 0.0))
    median = float(np.median(distances))
    apart = distances[distances > 0]
    return median if median > 0 or not len(apart) else float(np.median(apart))


def make_scale(codes: Codes, ruler: Ruler, round_trip: RoundTrip, seed: int = 0) -> Scale:
    """Return the measures of codes of real images.

    Args:
        codes: usually those of test images, at least 1.
        ruler: what is measured with.
        round_trip: the run's networks.
        seed: fixes the choice of codes.
    """
    chosen = codes.mu[_chosen(len(codes), MOST_MEASURED, seed, "scale")]
    values = _measured(chosen, ruler, round_trip(chosen))
    bands = [tuple(float(value) for value in np.percentile(part, _PERCENTILES)) for part in values]
    return Scale(len(chosen), len(codes), seed, ruler.neighbour_distance, *bands)  # pyright: ignore[reportArgumentType]


def path_quality(
    z: np.ndarray, seen: tuple[np.ndarray, np.ndarray, np.ndarray], ruler: Ruler, scale: Scale
) -> PathQuality:
    """Return how each point of a path fares.

    Args:
        z: (steps, z_dim).
        seen: what a `RoundTrip` gives for z.
        ruler: what is measured with.
        scale: the measures of real images' codes.
    """
    round_trip, decibel, distance = _measured(z, ruler, seen)
    worse = np.stack([round_trip > scale.round_trip[2], decibel < scale.psnr[0], distance > scale.distance[2]])
    return PathQuality(
        round_trip=tuple(round_trip.tolist()),
        psnr=tuple(decibel.tolist()),
        distance=tuple(distance.tolist()),
        outside=tuple((worse.sum(axis=0) >= 2).tolist()),
    )


def quality_sentence(
    qualities: Sequence[PathQuality], scale: Scale, names: Sequence[str] = (), by_the_centre: bool = False
) -> str:
    """Say where paths leave what the networks know, by how much, and whether they cut through the middle.

    Args:
        qualities: of each path, at least one.
        scale: the measures of real images' codes.
        names: the paths' names, where there are several.
        by_the_centre: whether they were made to pass the centre, so that nothing need be said of it.
    """
    steps = sum(len(one.outside) for one in qualities)
    off = sum(sum(one.outside) for one in qualities)
    if steps == 1:
        first = f"The point {'leaves' if off else 'does not leave'} the codes"
    elif not off:
        first = f"None of the {steps} points leaves the codes"
    elif len(qualities) == 1:
        first = f"The path leaves the codes at {_runs(qualities[0].outside)} of {steps}"
    else:
        first = f"{off} of {steps} points {'leave' if off > 1 else 'leaves'} the codes{_most(qualities, names)}"
    trips, decibels, distances = (
        np.concatenate([getattr(one, name) for one in qualities]) for name in ("round_trip", "psnr", "distance")
    )
    return (
        f"{first}: the round trip (encode what was decoded) comes back within {trips.max():.2f} distances between "
        f"neighbouring codes (95 % of {scale.images} real images: {scale.round_trip[2]:.2f}), its PSNR is at least "
        f"{decibels.min():.1f} dB ({scale.psnr[0]:.1f} dB), and the distance from the codes' centre at most "
        f"{distances.max():.2f} ({scale.distance[2]:.2f}).{'' if by_the_centre else _hollow(distances, scale)}"
    )


def _most(qualities: Sequence[PathQuality], names: Sequence[str]) -> str:
    counts = sorted((sum(one.outside) for one in qualities), reverse=True)
    if not names or counts[0] == counts[1]:
        return ""
    worst = max(range(len(qualities)), key=lambda i: sum(qualities[i].outside))
    return f", more of them on {' '.join(names[worst].split())!r} than on any other path"


def _hollow(distances: np.ndarray, scale: Scale) -> str:
    nearest = distances.min()
    if nearest >= scale.distance[0]:
        return ""
    return (
        f" At its nearest it is {nearest:.2f} from the centre, nearer than 95 % of the codes "
        f"({scale.distance[0]:.2f} or more)."
    )


def _runs(outside: Sequence[bool]) -> str:
    """Return which steps are outside, counted from 1, in words: "steps 4 to 8 and step 11"."""
    parts, start = [], None
    for step, is_off in enumerate([*outside, False], 1):
        if is_off and start is None:
            start = step
        if not is_off and start is not None:
            parts.append(f"step {start}" if step - 1 == start else f"steps {start} to {step - 1}")
            start = None
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _measured(
    z: np.ndarray, ruler: Ruler, seen: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    images, codes, again = seen
    trip = np.linalg.norm(codes.astype(np.float64) - z, axis=1) / ruler.neighbour_distance
    return trip, np.minimum(psnr(again, images), _MOST_PSNR), ruler.distance(z.astype(np.float64))


def _chosen(count: int, most: int, seed: int, stream: str) -> np.ndarray:
    if count <= most:
        return np.arange(count)
    return np.sort(generator(seed, "path quality", stream).choice(count, most, replace=False))
