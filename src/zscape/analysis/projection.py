"""A map of the points in the plane that keeps neighbours together: t-SNE (van der Maaten and Hinton 2008)."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from zscape.analysis.agreement import nearest
from zscape.analysis.points import check_points
from zscape.analysis.spectrum import project
from zscape.core.errors import InputError
from zscape.core.install import as_here
from zscape.core.seeds import derive_seed, generator

SETTINGS = ((30.0, 12.0), (10.0, 16.0))
"""(perplexity, early exaggeration) of the two maps that are made by default."""

FEWEST = 50
"""Points that a map needs."""

_MOST_DIMENSIONS = 50
_NEIGHBOURS = 15
_MOST_ASKED = 1_000
_START = 1e-4  # standard deviation of the first coordinate at the start, as openTSNE advises


@dataclass(frozen=True, eq=False)
class MapRecord:
    """A map and how it was made.

    Attributes:
        rows: int64 (m,), positions of the mapped points among those given, rising; a seeded random choice.
        coordinates: float32 (m, 2), in no unit.
        count: points given.
        z_dim: their dimensions.
        seed: of the choice and the start.
        perplexity: how many neighbours count, about; lower than asked for where there are few points.
        exaggeration: factor on the attraction in the first 250 of 750 steps.
        dimensions: principal components that t-SNE was given, at most 50.
        variance_share: share of the variance that they hold.
        kl: what t-SNE minimises, the Kullback-Leibler divergence between neighbourhoods in z and in the map, in nats.
        neighbours: number of nearest neighbours looked at to see how true the map is.
        neighbours_kept: share of a point's nearest neighbours in z (all dimensions, among the mapped points) that are
            also among its nearest in the map, a mean over `asked` points.
        neighbours_by_chance: what a map at random would keep.
        asked: points asked for their neighbours, a seeded random choice.
        note: what was changed of what was asked for, a sentence; None where nothing was.
    """

    rows: np.ndarray
    coordinates: np.ndarray
    count: int
    z_dim: int
    seed: int
    perplexity: float
    exaggeration: float
    dimensions: int
    variance_share: float
    kl: float
    neighbours: int
    neighbours_kept: float
    neighbours_by_chance: float
    asked: int
    note: str | None

    @property
    def used(self) -> int:
        """The number of mapped points."""
        return len(self.rows)


def check_mappable(points: np.ndarray, most_points: int) -> None:
    """Raise InputError where t-SNE of the points makes no sense.

    Args:
        points: (n, d), any real dtype.
        most_points: points to map at most.
    """
    check_points(points)
    if most_points < FEWEST:
        raise InputError(f"A t-SNE map needs at least {FEWEST} points, got {most_points} as the most to use.")
    if points.shape[1] <= 2:
        line = "Points in 1 dimension need no t-SNE: they lie on a line."
        plane = "Points in 2 dimensions need no t-SNE: their scatter is the map."
        raise InputError(line if points.shape[1] == 1 else plane)
    if len(points) < FEWEST:
        raise InputError(f"There are {len(points)} points; a t-SNE map needs at least {FEWEST}.")
    if (points == points[0]).all():
        raise InputError("All points are the same; there is no map of them.")


def map_rows(count: int, most_points: int, seed: int) -> np.ndarray:
    """Return the positions of the points that a map shows: all, or a seeded random choice, rising; int64."""
    if count <= most_points:
        return np.arange(count)
    return np.sort(generator(seed, "t-SNE", "points").choice(count, most_points, replace=False))


def tsne_map(
    points: np.ndarray,
    *,
    perplexity: float = 30.0,
    exaggeration: float = 12.0,
    most_points: int = 20_000,
    seed: int = 0,
) -> MapRecord:
    """Return a t-SNE map of the points, made with openTSNE after PCA to at most 50 dimensions.

    One core is used, so that the map does not depend on their number: about a minute for 20,000 points, and in
    proportion for more. The start are the first two principal components (Kobak and Berens 2019), and the learning rate
    is n / early exaggeration (Belkina et al. 2019), so that large distances are not left to chance alone.

    Args:
        points: (n, z_dim), any real dtype, n >= 50, z_dim >= 3, not all the same.
        perplexity: > 1; lowered to a third of the other points where there are few.
        exaggeration: > 1, in the first 250 steps.
        most_points: of more points a random choice is mapped.
        seed: fixes the choice and the start.

    Raises:
        InputError: when the points or the settings cannot be used.
    """
    check_mappable(points, most_points)
    if not 1 < perplexity < np.inf:
        raise InputError(f"The perplexity must be a number above 1, got {perplexity}.")
    if not 1 < exaggeration < np.inf:
        raise InputError(f"The early exaggeration must be a number above 1, got {exaggeration}.")
    rows = map_rows(len(points), most_points, seed)
    chosen = points[rows]
    usable, note = _usable(float(perplexity), len(rows))
    components, share = _components(chosen)
    coordinates, kl = _tsne(components, usable, exaggeration, seed)
    asked = np.sort(generator(seed, "t-SNE", "asked").permutation(len(rows))[:_MOST_ASKED])
    neighbours = min(_NEIGHBOURS, len(rows) // 5)
    return MapRecord(
        rows=rows,
        coordinates=coordinates,
        count=len(points),
        z_dim=points.shape[1],
        seed=seed,
        perplexity=usable,
        exaggeration=float(exaggeration),
        dimensions=components.shape[1],
        variance_share=share,
        kl=kl,
        neighbours=neighbours,
        neighbours_kept=neighbours_kept(chosen, coordinates, asked, neighbours),
        neighbours_by_chance=neighbours / (len(rows) - 1),
        asked=len(asked),
        note=note,
    )


def neighbours_kept(points: np.ndarray, coordinates: np.ndarray, asked: np.ndarray, k: int) -> float:
    """Return the share of the k nearest neighbours among `points` that are also among the k nearest in the map.

    Args:
        points: (n, d).
        coordinates: (n, 2), the map of the points.
        asked: integer (m,), positions of the points whose neighbours are compared.
        k: neighbours, < n.
    """
    there, here = (_others(nearest(space, space[asked], k + 1), asked) for space in (points, coordinates))
    return float(np.mean([len(np.intersect1d(one, two)) / k for one, two in zip(there, here, strict=True)]))


def _others(found: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Return each row of neighbours without the point itself; without the last one where a twin stands for it."""
    itself = found == asked[:, None]
    itself[~itself.any(axis=1), -1] = True
    return found[~itself].reshape(len(found), -1)


def _usable(perplexity: float, count: int) -> tuple[float, str | None]:
    most = (count - 1) / 3
    if perplexity <= most:
        return perplexity, None
    lowered = float(np.floor(most))
    return lowered, f"The perplexity is {lowered:g} in place of {perplexity:g}, as there are only {count} points."


def _components(points: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the first principal components in units of the first one's deviation, float64, and their variance share.

    Those that hardly vary are left out; there are two at least.
    """
    kept = min(points.shape[1], _MOST_DIMENSIONS)
    components = project(points, kept)
    variances = components.var(axis=0)
    varying = max(2, int((variances > 1e-12 * variances[0]).sum()))
    total = float(points.var(axis=0, dtype=np.float64).sum())
    components = np.ascontiguousarray(components[:, :varying] / np.sqrt(variances[0]))
    return components, min(float(variances[:varying].sum()) / total, 1.0)


def _tsne(components: np.ndarray, perplexity: float, exaggeration: float, seed: int) -> tuple[np.ndarray, float]:
    try:
        from openTSNE import TSNE  # takes a second
    except ImportError as error:
        raise InputError(
            f"Maps by t-SNE need openTSNE, which cannot be used here ({error}): `{as_here('pip install openTSNE')}`."
        ) from None
    # A little noise tells points apart that have the same first two components.
    random = generator(seed, "t-SNE", "start")
    start = _START * (components[:, :2] + 0.01 * random.standard_normal((len(components), 2)))
    settings: dict[str, Any] = {"perplexity": perplexity, "early_exaggeration": exaggeration, "initialization": start}
    made = TSNE(**settings, n_jobs=1, random_state=derive_seed(seed, "t-SNE")).fit(components)
    return np.asarray(made, dtype=np.float32), float(made.kl_divergence)
