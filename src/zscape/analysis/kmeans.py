"""k-means on a cloud of points, and what its partitions are worth; the same numbers on any number of threads."""

import numpy as np
from scipy.sparse import csr_array
from sklearn.cluster import kmeans_plusplus

_PART = 3_000  # points in Lloyd's rounds, at least
_START = 12  # points per cluster among which k-means++ chooses, but not fewer than 500 points
_ROUNDS = 20
_GAIN = 0.999  # rounds end when they gain less
_SLAB = 0.15  # half the thickness of the slabs in `valleys`, in distances of two centres
_NEARBY = 3  # other clusters to which a gap is looked for


def centred(points: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the points around their mean in units of their root mean square radius, and that radius.

    Float32 is then enough for squares of distances, whatever the units and wherever the cloud lies.

    Args:
        points: (n, d), any real dtype; n >= 1.

    Returns:
        float32 (n, d), and the radius in units of z; 1 where all points are the same.
    """
    around = points - points.mean(axis=0, dtype=np.float64)
    scale = float(np.sqrt((around**2).sum(axis=1).mean())) or 1.0
    return (around / scale).astype(np.float32), scale


def fit_centres(points: np.ndarray, k: int, random: np.random.Generator) -> np.ndarray:
    """Return k centres from one start: k-means++, Lloyd's rounds on a part of the points, one more on all.

    As good as scikit-learn's MiniBatchKMeans and faster, because that checks and copies all the points at every start;
    many starts are made here.

    Args:
        points: float32 (n, d), n >= k.
        k: clusters.
        random: chooses the part and the start.

    Returns:
        float32 (k, d).
    """
    size = max(_PART, 10 * k)
    part = points if len(points) <= size else points[random.integers(0, len(points), size)]
    centres, _ = kmeans_plusplus(part[: max(500, _START * k)], k, random_state=int(random.integers(2**31)))
    before = np.inf
    for _ in range(_ROUNDS):
        nearest, inertia = assign(part, centres)
        if inertia > before * _GAIN:
            break
        centres, before = _means(part, nearest, centres), inertia
    return centres if part is points else _means(points, assign(points, centres)[0], centres)


def _means(points: np.ndarray, clusters: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Return the mean of each cluster, and the old centre of an empty one."""
    count, k = len(points), len(centres)
    member = csr_array((np.ones(count, np.float32), clusters, np.arange(count + 1)), shape=(count, k))
    sizes = np.bincount(clusters, minlength=k).astype(np.float32)[:, None]
    return np.where(sizes > 0, (member.T @ points) / np.maximum(sizes, 1.0), centres)


def assign(points: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the nearest centre of each point, and the inertia per point: the mean squared distance to it.

    Args:
        points: float32 (n, d), centred.
        centres: float32 (k, d).

    Returns:
        int64 (n,), and the inertia in units of the points squared.
    """
    scores = (centres * centres).sum(axis=1) - 2.0 * (points @ centres.T)
    nearest = scores.argmin(axis=1)
    squares = np.einsum("ij,ij->i", points, points) + scores[np.arange(len(points)), nearest]
    return nearest, float(np.maximum(squares, 0.0).mean(dtype=np.float64))


def distances(points: np.ndarray) -> np.ndarray:
    """Return all distances of two points: float32 (n, n), for `silhouette`."""
    squares = np.einsum("ij,ij->i", points, points)
    table = points @ points.T
    table *= -2.0
    table += squares
    table += squares[:, None]
    np.fill_diagonal(table, 0.0)
    return np.sqrt(np.maximum(table, 0.0, out=table), out=table)


def silhouette(table: np.ndarray, clusters: np.ndarray) -> float | None:
    """Return the mean silhouette width (Rousseeuw 1987): (b - a) / max(a, b).

    a is the mean distance of a point to the others of its cluster, b that to the nearest other cluster; 0 for a point
    that is alone in its cluster.

    Args:
        table: (n, n), distances of the points.
        clusters: integer (n,).

    Returns:
        A number in [-1, 1]; None where all points are in one cluster, or each in one of its own.
    """
    _, clusters, counts = np.unique(clusters, return_inverse=True, return_counts=True)
    if not 2 <= len(counts) < len(clusters):
        return None
    rows = np.arange(len(clusters))
    member = np.zeros((len(clusters), len(counts)), dtype=table.dtype)
    member[rows, clusters] = 1.0
    sums = (table @ member).astype(np.float64)
    own = counts[clusters]
    inside = sums[rows, clusters] / np.maximum(own - 1, 1)
    means = sums / counts
    means[rows, clusters] = np.inf
    outside = means.min(axis=1)
    larger = np.maximum(inside, outside)
    widths = np.divide(outside - inside, larger, out=np.zeros_like(inside), where=(larger > 0) & (own > 1))
    return float(widths.mean())


def valleys(points: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how many points lie halfway between each cluster and its neighbours, and how many around the centres.

    For a cluster and another one nearby the points of both are projected onto the line between the centres; counted are
    those in a slab halfway, and in a slab of the same thickness around each centre, of which the emptier one counts.
    Along a line a distribution with one peak is at least as dense halfway as at the less dense of the two ends: there
    is a gap where the first count is far below the second. Of the three nearest clusters the one counts to which the
    gap is least: pieces of a ring are no clusters, however far the next ring.

    Args:
        points: float32 (n, d), centred, not those that the centres were fitted to: fitted centres make valleys of
            chance.
        centres: float32 (k, d), k >= 2.

    Returns:
        Counts halfway, and around the centres, int64 (k,) each.
    """
    clusters, _ = assign(points, centres)
    members = [points[clusters == one] for one in range(len(centres))]
    apart = distances(centres)
    np.fill_diagonal(apart, np.inf)
    counts = np.zeros((len(centres), 2), dtype=np.int64)
    for one, order in enumerate(apart.argsort(axis=1)[:, : min(_NEARBY, len(centres) - 1)]):
        pairs = [
            _between(np.concatenate([members[one], members[other]]), centres[one], centres[other]) for other in order
        ]
        counts[one] = max(pairs, key=lambda pair: pair[0] / max(pair[1], 1))
    return counts[:, 0], counts[:, 1]


def _between(points: np.ndarray, one: np.ndarray, other: np.ndarray) -> tuple[int, int]:
    step = other - one
    along = (points - one) @ step / max(float(step @ step), float(np.finfo(np.float32).tiny))
    at_one, between, at_other = (int((np.abs(along - at) < _SLAB).sum()) for at in (0.0, 0.5, 1.0))
    return between, min(at_one, at_other)
