"""How far two ways of sorting the same points agree: clusters and labels, neighbours and labels."""

from dataclasses import dataclass

import numpy as np
from scipy.special import entr
from sklearn.neighbors import NearestNeighbors


@dataclass(frozen=True)
class AgreementRecord:
    """How far k clusters agree with the labels.

    Attributes:
        k: clusters.
        adjusted_rand: adjusted Rand index (Hubert and Arabie 1985): 1 for the same partition, 0 on average by chance.
        mutual_information: mutual information over the mean of both entropies, in [0, 1].
        purity: share of points whose label is the most frequent one of their cluster; grows with k by itself.
    """

    k: int
    adjusted_rand: float
    mutual_information: float
    purity: float


@dataclass(frozen=True)
class NeighboursRecord:
    """How well the labels of a point's neighbours foretell its own.

    Attributes:
        k: neighbours that vote.
        trained: points among which neighbours are looked for.
        tested: other points, whose labels are foretold.
        accuracy: share of them foretold rightly.
        majority: share of all points that has the most frequent label, what guessing would reach.
    """

    k: int
    trained: int
    tested: int
    accuracy: float
    majority: float


def agreement(clusters: np.ndarray, labels: np.ndarray, k: int) -> AgreementRecord:
    """Compare clusters and labels.

    Args:
        clusters: integer (n,), n >= 2.
        labels: integer (n,).
        k: clusters asked for; some may be empty.
    """
    table = _contingency(clusters, labels)
    return AgreementRecord(
        k=k,
        adjusted_rand=_adjusted_rand(table),
        mutual_information=_normalised_mutual_information(table),
        purity=float(table.max(axis=1).sum() / table.sum()),
    )


def _contingency(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return how many points have the i-th value of `one` and the j-th of `other`: float64, no empty row or column."""
    _, rows = np.unique(one, return_inverse=True)
    _, columns = np.unique(other, return_inverse=True)
    width = int(columns.max()) + 1
    counts = np.bincount(rows * width + columns, minlength=(int(rows.max()) + 1) * width)
    return counts.reshape(-1, width).astype(np.float64)


def _adjusted_rand(table: np.ndarray) -> float:
    def pairs(counts: np.ndarray) -> float:
        return float((counts * (counts - 1)).sum() / 2)

    together, in_rows, in_columns = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    expected = in_rows * in_columns / pairs(table.sum())
    most = (in_rows + in_columns) / 2
    return 1.0 if most == expected else (together - expected) / (most - expected)


def _normalised_mutual_information(table: np.ndarray) -> float:
    shares = table / table.sum()
    of_rows, of_columns = entr(shares.sum(axis=1)).sum(), entr(shares.sum(axis=0)).sum()
    if of_rows + of_columns == 0:
        return 1.0  # one cluster, one label: the same partition
    both = of_rows + of_columns - entr(shares).sum()
    return float(np.clip(2 * both / (of_rows + of_columns), 0.0, 1.0))


def nearest(points: np.ndarray, queries: np.ndarray, k: int) -> np.ndarray:
    """Return the positions of the k points nearest to each query, the nearest first.

    Args:
        points: (n, d), n >= k.
        queries: (m, d).
        k: neighbours.

    Returns:
        int64 (m, k).
    """
    search = NearestNeighbors(n_neighbors=k, algorithm="brute" if points.shape[1] > 3 else "kd_tree").fit(points)
    return search.kneighbors(queries, return_distance=False)


def neighbours_record(points: np.ndarray, labels: np.ndarray, tested: np.ndarray, k: int) -> NeighboursRecord:
    """Foretell the labels of some points by a vote of their nearest neighbours among the others.

    Of classes with as many votes the one with nearer neighbours wins.

    Args:
        points: (n, d).
        labels: integer (n,).
        tested: bool (n,), the points whose labels are foretold; neighbours are looked for among the others.
        k: neighbours that vote, at most the number of the others.
    """
    classes, numbers = np.unique(labels, return_inverse=True)
    votes = numbers[~tested][nearest(points[~tested], points[tested], k)]
    weights = 1.0 + (k - np.arange(k)) / (2.0 * k * k)  # together less than one vote more than k
    counts = np.zeros((len(votes), len(classes)))
    for rank in range(k):
        counts[np.arange(len(votes)), votes[:, rank]] += weights[rank]
    truth = numbers[tested]
    return NeighboursRecord(
        k=k,
        trained=int((~tested).sum()),
        tested=len(truth),
        accuracy=float((counts.argmax(axis=1) == truth).mean()),
        majority=float(np.bincount(numbers).max() / len(numbers)),
    )
