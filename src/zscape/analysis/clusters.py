"""Clusters: does the cloud fall apart into groups, and do these agree with the labels?

k-means divides any cloud, also one that has no parts. Its inertia is therefore compared with that of as many points
drawn from the normal with the same mean and covariance, in the spirit of the gap statistic (Tibshirani, Walther and
Hastie 2001, doi:10.1111/1467-9868.00293), and between neighbouring clusters a gap is looked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from zscape.analysis.agreement import AgreementRecord, NeighboursRecord
from zscape.analysis.cluster_search import POINTS_PER_CLUSTER, Search, Trial, some
from zscape.analysis.kmeans import centred
from zscape.analysis.points import check_points
from zscape.core.errors import InputError
from zscape.core.seeds import generator

KS = (2, 3, 4, 5, 6, 8, 10, 14, 20, 28, 40, 60, 80)
"""Numbers of clusters that are tried."""

FEWEST = 20
"""Different points that are needed."""

_CLEAR = 3.0  # standard deviations of the reference
_LEAST_DROP = 0.01


@dataclass(frozen=True)
class ClustersRecord:
    """What k-means makes of the points, beside what it makes of a normal cloud. Inertia in units of z squared.

    Attributes:
        count: points given.
        z_dim: dimensions.
        used: points that were clustered, a seeded random choice of them.
        seed: of the choice and of every start.
        seeds: starts per k, and draws of the normal; the means over them follow.
        ks: numbers of clusters, rising.
        variance: mean squared distance to the centre of all points, the inertia per point of one cluster.
        inertia: per k, mean squared distance of a point to the nearest centre.
        inertia_sd: standard deviation over the starts (divided by their number).
        normal_inertia: the same for as many points of the normal with the same mean and covariance.
        normal_inertia_sd: standard deviation over the draws, each with a start of its own.
        drop: per k, how far the inertia lies below the normal's, as a share of it; negative where it lies above.
        drop_noise: per k, standard deviation of `drop` over starts and draws.
        silhouette: per k, the mean silhouette width of the best start; None where all points fell into one cluster.
        normal_silhouette: the same for one draw of the normal.
        silhouette_points: the points it is the mean of.
        best_k: number of clusters: the one with the largest silhouette, and where there are clusters the largest from
            there upwards with gaps (`cluster_search.GAP`) around all of them.
        best_drop: `drop` at the nearest of `ks`.
        valley: at best_k, points halfway between neighbouring clusters as a share of those around their centres,
            counted among points that the centres were not fitted to; None where there are none around the centres.
        found: whether there are clusters: gaps around them (three of four at least), and the inertia clearly below the
            normal's.
        agreements: with labels: that of best_k clusters, and of as many clusters as there are classes.
        neighbours: with labels: whether neighbours have the same.
        labels_left_out: why labels were not looked at although there are some; else None.
    """

    count: int
    z_dim: int
    used: int
    seed: int
    seeds: int
    ks: tuple[int, ...]
    variance: float
    inertia: tuple[float, ...]
    inertia_sd: tuple[float, ...]
    normal_inertia: tuple[float, ...]
    normal_inertia_sd: tuple[float, ...]
    drop: tuple[float, ...]
    drop_noise: tuple[float, ...]
    silhouette: tuple[float | None, ...]
    normal_silhouette: tuple[float | None, ...]
    silhouette_points: int
    best_k: int
    best_drop: float
    valley: float | None
    found: bool
    agreements: tuple[AgreementRecord, ...]
    neighbours: NeighboursRecord | None
    labels_left_out: str | None


def clusters_record(
    points: np.ndarray,
    labels: np.ndarray | None = None,
    *,
    seed: int = 0,
    most_points: int = 20_000,
    ks: Sequence[int] = KS,
    seeds: int = 3,
) -> ClustersRecord:
    """Return what k-means makes of the points; the same on every call and on any number of threads.

    Args:
        points: (n, d), any real dtype, with at least 20 different rows.
        labels: integer (n,), classes of the points; None where there are none.
        seed: fixes the choice of points, the starts and the draws of the normal.
        most_points: of more points a random choice is clustered.
        ks: numbers of clusters to try, each >= 2; those with fewer than 10 different points each are left out.
        seeds: starts per k, >= 1.

    Raises:
        InputError: when the points, the labels or the settings cannot be used.
    """
    _check(points, labels, most_points, ks, seeds)
    rows = some(len(points), most_points, generator(seed, "clusters", "points"))
    chosen, scale = centred(points[rows])
    tried = _affordable(ks, chosen)
    with threadpool_limits(limits=1):
        study = Search(chosen, seed, seeds)
        data = [study.tried("data", k) for k in tried]
        normal = [study.tried("normal", k) for k in tried]
        drop, noise = _drops(data, normal)
        best_k = study.refined(max(tried, key=study.width), tried)
        found = study.apart(best_k)
        while found and best_k < tried[-1] and study.apart(best_k + 1, every=True):
            best_k += 1
        best = min(range(len(tried)), key=lambda i: abs(tried[i] - best_k))
        found = found and drop[best] > max(_LEAST_DROP, _CLEAR * noise[best])
        halfway, ends = study.valleys(best_k)
        agreements, neighbours, left_out = study.with_labels(best_k, None if labels is None else labels[rows])
    return ClustersRecord(
        count=len(points),
        z_dim=points.shape[1],
        used=len(rows),
        seed=seed,
        seeds=seeds,
        ks=tried,
        variance=scale**2,
        inertia=tuple(scale**2 * float(np.mean(trial.inertias)) for trial in data),
        inertia_sd=tuple(scale**2 * float(np.std(trial.inertias)) for trial in data),
        normal_inertia=tuple(scale**2 * float(np.mean(trial.inertias)) for trial in normal),
        normal_inertia_sd=tuple(scale**2 * float(np.std(trial.inertias)) for trial in normal),
        drop=drop,
        drop_noise=noise,
        silhouette=tuple(trial.silhouette for trial in data),
        normal_silhouette=tuple(trial.silhouette for trial in normal),
        silhouette_points=len(study.shown),
        best_k=best_k,
        best_drop=drop[best],
        valley=float(halfway.sum() / ends.sum()) if ends.any() else None,
        found=found,
        agreements=agreements,
        neighbours=neighbours,
        labels_left_out=left_out,
    )


def _check(points: np.ndarray, labels: np.ndarray | None, most_points: int, ks: Sequence[int], seeds: int) -> None:
    check_points(points, least=FEWEST)
    if labels is not None and np.shape(labels) != (len(points),):
        raise InputError(f"There are labels of shape {np.shape(labels)} for {len(points)} points; expected one each.")
    if most_points < FEWEST:
        raise InputError(f"Looking for clusters needs at least {FEWEST} points; {most_points} are allowed.")
    if not ks or min(ks) < 2:
        raise InputError(f"The numbers of clusters to try must be 2 or more, got {', '.join(map(str, ks)) or 'none'}.")
    if seeds < 1:
        raise InputError(f"Each number of clusters needs at least 1 start, got {seeds}.")


def _affordable(ks: Sequence[int], points: np.ndarray) -> tuple[int, ...]:
    different = len({row.tobytes() for row in points})
    if different == 1:
        raise InputError("All points are the same; there is nothing to cluster.")
    if different < FEWEST:
        raise InputError(f"There are {different} different points; looking for clusters needs at least {FEWEST}.")
    tried = tuple(sorted({int(k) for k in ks if k * POINTS_PER_CLUSTER <= different}))
    if not tried:
        raise InputError(
            f"{min(ks)} clusters of at least {POINTS_PER_CLUSTER} points need {min(ks) * POINTS_PER_CLUSTER} "
            f"different points; there are {different}."
        )
    return tried


def _drops(data: Sequence[Trial], normal: Sequence[Trial]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    drops, noises = [], []
    for ours, theirs in zip(data, normal, strict=True):
        mean, mean_normal = np.mean(ours.inertias), np.mean(theirs.inertias)
        more = np.sqrt(len(ours.inertias) / max(len(ours.inertias) - 1, 1))  # the spread around a mean of so few
        drops.append(float(1.0 - mean / mean_normal))
        spread = np.hypot(np.std(ours.inertias) / mean_normal, np.std(theirs.inertias) * mean / mean_normal**2)
        noises.append(float(more * spread))
    return tuple(drops), tuple(noises)
