"""The search for clusters: k-means on the points and on their normal, silhouettes, gaps, labels."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zscape.analysis.agreement import AgreementRecord, NeighboursRecord, agreement, neighbours_record
from zscape.analysis.kmeans import assign, distances, fit_centres, silhouette, valleys
from zscape.core.seeds import generator
from zscape.latent.moments import mean_and_covariance

GAP = 0.5
"""Two clusters count as apart where halfway between their centres there are fewer points than this share of those
around the centres, even after two standard deviations of the count. Clouds with one peak have 0.65 or more on average
(normal, uniform, heavy-tailed, in 1 to 64 dimensions, up to 80 clusters); two normal clusters have 0.5 where they are
3.3 of their standard deviations apart."""

POINTS_PER_CLUSTER = 10
"""Different points per cluster, at least."""

_MOST_SILHOUETTE = 3_000
_MOST_TESTED = 1_000
_MOST_VOTES = 15
_MORE_STARTS = 8  # where the clusters themselves count, not only the inertia
_MOST_APART = 0.75  # share of the clusters
_LEAST_TOLD = 5  # points halfway or around centres


def some(count: int, most: int, random: np.random.Generator) -> np.ndarray:
    """Return the positions of all of `count` points, or of `most` chosen at random, rising."""
    return np.arange(count) if count <= most else np.sort(random.choice(count, most, replace=False))


@dataclass(frozen=True)
class Trial:
    """What k-means made of a cloud.

    Attributes:
        inertias: per point, of each start.
        clusters: integer (n,), of the best start.
        silhouette: of these.
    """

    inertias: tuple[float, ...]
    clusters: np.ndarray
    silhouette: float | None


class Search:
    """k-means on the points and on draws of their normal, each number of clusters only once.

    Args:
        points: float32 (n, d), centred.
        seed: fixes every choice.
        seeds: starts per number of clusters, and draws of the normal.
    """

    def __init__(self, points: np.ndarray, seed: int, seeds: int) -> None:
        self.seed, self.seeds = seed, seeds
        self.clouds = {"data": [points] * seeds, "normal": _normal_draws(points, seed, seeds)}
        self.shown = some(len(points), _MOST_SILHOUETTE, generator(seed, "clusters", "silhouette"))
        self.tables = {name: distances(clouds[0][self.shown]) for name, clouds in self.clouds.items()}
        self.trials: dict[tuple[str, int], Trial] = {}
        self.counted: dict[int, np.ndarray] = {}

    def tried(self, name: str, k: int) -> Trial:
        """Return k clusters of "data" or "normal"; the clusters of a draw are those of the first one."""
        if (name, k) not in self.trials:
            fits = []
            for start, cloud in enumerate(self.clouds[name]):
                centres = fit_centres(cloud, k, generator(self.seed, "clusters", name, k, start))
                fits.append(assign(cloud, centres))
            inertias = tuple(inertia for _, inertia in fits)
            clusters = fits[int(np.argmin(inertias)) if name == "data" else 0][0]
            self.trials[name, k] = Trial(inertias, clusters, silhouette(self.tables[name], clusters[self.shown]))
        return self.trials[name, k]

    def refined(self, best: int, tried: Sequence[int]) -> int:
        """Return the number of clusters with the largest silhouette between the neighbours of the best one tried."""
        place = tried.index(best)
        low, high = tried[max(place - 1, 0)], tried[min(place + 1, len(tried) - 1)]
        while new := {(low + best) // 2, (best + high) // 2} - {low, best, high}:
            known = sorted({low, best, high, *new})
            best = max(sorted({best, *new}), key=self.width)
            place = known.index(best)
            low, high = known[max(place - 1, 0)], known[min(place + 1, len(known) - 1)]
        return best

    def width(self, k: int) -> float:
        """Return the silhouette of k clusters of the points, -1 where there is none."""
        width = self.tried("data", k).silhouette
        return -1.0 if width is None else width

    def valleys(self, k: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the counts of `kmeans.valleys`, of each half of the points with the centres of the other half."""
        if k not in self.counted:
            points = self.clouds["data"][0]
            order = generator(self.seed, "clusters", "halves").permutation(len(points))
            halves = points[order[::2]], points[order[1::2]]
            counts = [self._valleys(k, halves[0], halves[1], "even"), self._valleys(k, halves[1], halves[0], "odd")]
            self.counted[k] = np.concatenate(counts, axis=1)
        return self.counted[k][0], self.counted[k][1]

    def _valleys(self, k: int, fitted: np.ndarray, other: np.ndarray, name: str) -> np.ndarray:
        return np.stack(valleys(other, self._best_centres(fitted, k, name)))

    def _best_centres(self, points: np.ndarray, k: int, name: str) -> np.ndarray:
        """Return the centres of the best of more starts: one start often takes two clusters for one."""
        randoms = (generator(self.seed, "clusters", name, k, start) for start in range(_MORE_STARTS))
        return min((fit_centres(points, k, random) for random in randoms), key=lambda c: assign(points, c)[1])

    def apart(self, k: int, every: bool = False) -> bool:
        """Return whether there are gaps around the k clusters.

        Args:
            k: clusters.
            every: whether around all of them; else around three of four, for one start of k-means takes two clusters
                for one and one for two, and those with too few points to tell are passed over.
        """
        halfway, ends = self.valleys(k)
        told = halfway + ends >= _LEAST_TOLD
        # Two standard deviations of a count on top, so that few points do not make a gap by chance.
        gaps = halfway + 2.0 * np.sqrt(halfway + 1.0) < GAP * ends
        return bool(gaps.all() if every else told.sum() > k and gaps[told].mean() >= _MOST_APART)

    def with_labels(
        self, best_k: int, labels: np.ndarray | None
    ) -> tuple[tuple[AgreementRecord, ...], NeighboursRecord | None, str | None]:
        """Return what the labels have to do with the clusters and with the neighbours, or why nothing is said."""
        if labels is None:
            return (), None, None
        points, classes = self.clouds["data"][0], len(np.unique(labels))
        if classes == 1:
            return (), None, "All points have the same label."
        if classes * POINTS_PER_CLUSTER > len(points):
            return (), None, f"There are {classes:,} different labels for {len(points):,} points, too many to compare."
        agreements = tuple(
            agreement(assign(points, self._best_centres(points, k, "labels"))[0], labels, k)
            for k in sorted({best_k, classes})
        )
        tested = np.zeros(len(points), dtype=bool)
        of_them = min(_MOST_TESTED, len(points) // 5)
        tested[generator(self.seed, "clusters", "tested").choice(len(points), of_them, replace=False)] = True
        votes = max(1, min(_MOST_VOTES, (len(points) - of_them) // (2 * classes)))
        return agreements, neighbours_record(points, labels, tested, votes), None


def _normal_draws(points: np.ndarray, seed: int, draws: int) -> list[np.ndarray]:
    """Return clouds of as many points drawn from the normal with the points' mean and covariance."""
    mean, covariance = mean_and_covariance(points)
    variances, axes = np.linalg.eigh(covariance)
    root = (axes * np.sqrt(np.maximum(variances, 0.0))).T.astype(np.float32)
    clouds = []
    for draw in range(draws):
        random = generator(seed, "clusters", "normal", draw)
        clouds.append(random.standard_normal(points.shape, dtype=np.float32) @ root + mean.astype(np.float32))
    return clouds
