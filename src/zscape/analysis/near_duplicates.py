"""Pairs of images that are nearly equal, found without comparing every image with every other."""

import hashlib
from dataclasses import dataclass

import numpy as np

from zscape.data.store import Store

LIMIT = 5.0
"""The largest root mean square difference of near-duplicates, in grey levels of 255."""

SHARE = 0.2
"""The same, as a share of the images' own contrast (the standard deviation of their values)."""

RULE = (
    f"Two images are nearly equal when the root mean square difference of their values is at most {LIMIT:g} of 255 "
    f"grey levels and at most {SHARE:.0%} of the contrast (standard deviation) of the one with less; each image is "
    "compared with the few that are nearest to it in a coarse view, and a group of equal images counts as its first "
    "one with each of the others."
)

_GRID = 8  # the coarse view: means over 8 x 8 fields
_AXES = 8  # of which the principal axes are kept
_NEIGHBOURS = 8  # images each one is compared with, at most
_BLOCK = 4 * 2**20  # values in memory at once, while differences are taken
_FIT = 5_000  # images that the principal axes are found from


@dataclass(frozen=True)
class NearDuplicates:
    """Pairs of nearly equal images.

    Attributes:
        pairs: int64 (n, 2), positions in the store, the lower first; ascending by `differences`, then by position.
        differences: float64 (n,), root mean square difference in grey levels.
        across_splits: number of pairs whose images are of two splits.
        rule: what counts as nearly equal, in a sentence or two.
    """

    pairs: np.ndarray
    differences: np.ndarray
    across_splits: int
    rule: str = RULE

    def __len__(self) -> int:
        return len(self.pairs)


def near_duplicates(store: Store) -> NearDuplicates:
    """Return the pairs of nearly equal images of a store, in time about proportional to the number of images.

    Equal images are found by their bytes. The others are looked up in a tree of their coarse views: block means in the
    frame of their principal axes, scaled so that two coarse views are never further apart than the images themselves.
    What is near there is compared value by value.

    Args:
        store: the images, as they lie on the disk.
    """
    images = store.images
    first, copies = _equal(images)
    candidates = _candidates(images, first)
    differences, contrasts = _compare(images, candidates)
    kept = (differences <= LIMIT) & (differences <= SHARE * contrasts)
    pairs = np.concatenate([copies, candidates[kept]])
    found = np.concatenate([np.zeros(len(copies)), differences[kept]])
    order = np.lexsort((pairs[:, 1], pairs[:, 0], found))
    across = int((store.splits[pairs[:, 0]] != store.splits[pairs[:, 1]]).sum())
    return NearDuplicates(pairs[order], found[order], across)


def _equal(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions of all different images (each one's first), and (first, copy) for every further copy."""
    seen: dict[bytes, int] = {}
    copies = []
    for position, image in enumerate(images):
        digest = hashlib.blake2b(image.tobytes(), digest_size=16).digest()
        original = seen.setdefault(digest, position)
        if original != position:
            copies.append((original, position))
    return np.array(list(seen.values()), np.int64), np.array(copies, np.int64).reshape(-1, 2)


def _candidates(images: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Return pairs of images, int64 (n, 2), whose coarse views are near enough; `positions` are all different."""
    from scipy.spatial import KDTree

    views = _principal(np.concatenate([_coarse(images[block]) for block in _blocks(images, positions)]))
    reach = (
        LIMIT * np.sqrt(np.prod(images.shape[1:])) * (1 + 1e-6) + 1e-3
    )  # a little more, for the float32 of the views
    neighbours = min(_NEIGHBOURS + 1, len(views))  # the image itself is one of them
    distances, indices = KDTree(views).query(views, k=neighbours, distance_upper_bound=reach)
    own, column = np.nonzero(np.isfinite(distances.reshape(len(views), -1)))
    other = indices.reshape(len(views), -1)[own, column]
    pairs = np.sort(np.stack([positions[own[own != other]], positions[other[own != other]]], axis=1), axis=1)
    return np.unique(pairs, axis=0)


def _coarse(images: np.ndarray) -> np.ndarray:
    """Return block sums, scaled so that no two are further apart than their images: float32 (n, up to 64)."""
    count, height, width, channels = images.shape
    rows, columns = (np.unique(np.linspace(0, size, _GRID, endpoint=False).astype(int)) for size in (height, width))
    sums = np.add.reduceat(images.sum(axis=3, dtype=np.float32), rows, axis=1)
    sums = np.add.reduceat(sums, columns, axis=2)
    areas = np.diff(rows, append=height)[:, None] * np.diff(columns, append=width) * channels
    return (sums / np.sqrt(areas, dtype=np.float32)).reshape(count, -1)


def _principal(views: np.ndarray) -> np.ndarray:
    """Return the views' coordinates along their first principal axes; turning and leaving out bring nothing apart."""
    some = views[:: max(1, len(views) // _FIT)].astype(np.float64)
    _, axes = np.linalg.eigh(np.cov(some, rowvar=False, bias=True).reshape(views.shape[1], -1))
    return (views - some.mean(axis=0)) @ axes[:, ::-1][:, :_AXES]


def _compare(images: np.ndarray, pairs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return for each pair the root mean square difference, and the lower of the two standard deviations."""
    differences, contrasts = np.empty(len(pairs)), np.empty(len(pairs))
    step = max(1, _BLOCK // int(np.prod(images.shape[1:])))
    for start in range(0, len(pairs), step):
        block = slice(start, start + step)
        one, two = (images[pairs[block, side]].astype(np.float32).reshape(-1, images[0].size) for side in (0, 1))
        differences[block] = np.sqrt(((one - two) ** 2).mean(axis=1, dtype=np.float64))
        contrasts[block] = np.minimum(one.std(axis=1), two.std(axis=1))
    return differences, contrasts


def _blocks(images: np.ndarray, positions: np.ndarray) -> list[np.ndarray]:
    step = max(1, _BLOCK // int(np.prod(images.shape[1:])))
    return [positions[start : start + step] for start in range(0, len(positions), step)]
