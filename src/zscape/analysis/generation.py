"""How much random images are like real ones: two sets of embedded images compared.

Sources: precision and recall of Kynkäänniemi, Karras, Laine, Lehtinen & Aila, "Improved precision and recall metric for
assessing generative models" (2019); density and coverage of Naeem, Oh, Uh, Choi & Yoo, "Reliable fidelity and diversity
metrics for generative models" (2020); the kernel distance, averaged over subsets, of Bińkowski, Sutherland, Arbel &
Gretton, "Demystifying MMD GANs" (2018).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import cdist

from zscape.core.errors import InputError
from zscape.core.seeds import generator
from zscape.formulas.sets import frechet_distance, polynomial_mmd
from zscape.latent.moments import mean_and_covariance

NEIGHBOURS = 3
"""k: a real image's neighbourhood reaches to its k-th nearest other real image."""

SUBSETS, LARGEST_SUBSET = 50, 1000
"""The kernel distance is that of so many pairs of subsets, of half the images each but at most so many."""

_BLOCK = 4 * 2**20  # distances in memory at once


@dataclass(frozen=True)
class GenerationScores:
    """How much a set of images is like a set of real ones, in some embedding.

    A neighbourhood is the ball around an image that reaches to its k-th nearest other image of its own set.

    Attributes:
        precision: share of the random images that lie in the neighbourhood of some real image: how many are good.
        recall: share of the real images that lie in the neighbourhood of some random image: how much is covered.
        density: number of real neighbourhoods that a random image lies in, divided by k, averaged: about 1 for a
            perfect generator, above 1 where random images crowd in the dense regions.
        coverage: share of the real images whose neighbourhood holds a random image: for as many images of a perfect
            generator about 1 - 2^-k, which is 0.875 for k = 3.
        kernel_distance: squared maximum mean discrepancy with the kernel (x.y / d + 1)^3, unbiased, the mean over
            `SUBSETS` pairs of subsets: about 0 for a perfect generator, a hair below 0 as often as above.
        kernel_distance_sd: standard deviation over the subsets, which overlap: not the error of the mean.
        frechet: squared Fréchet distance of the normals with the sets' moments (covariances divided by n - 1); biased
            upward with few images.
        fid: the same number where the embedding is FID's Inception; else None, for then it is not FID.
    """

    precision: float
    recall: float
    density: float
    coverage: float
    kernel_distance: float
    kernel_distance_sd: float
    frechet: float
    fid: float | None = None


def generation_scores(
    real: np.ndarray, random: np.ndarray, k: int = NEIGHBOURS, seed: int = 1, fid: bool = False
) -> GenerationScores:
    """Compare embedded random images with embedded real ones.

    Args:
        real: (n, d), any real dtype, n > k.
        random: (m, d), m > k; the numbers compare best with m = n.
        k: the neighbour to which a neighbourhood reaches.
        seed: fixes the subsets of the kernel distance.
        fid: whether the points are the features of FID's Inception.

    Raises:
        InputError: for points or a k that cannot be used.
    """
    real, random = _checked(real, random, k)
    of_real, of_random = _radii(real, k), _radii(random, k)
    inside = np.zeros(len(random))  # real neighbourhoods that each random image lies in
    covered, recalled = np.zeros(len(real), bool), np.zeros(len(real), bool)
    for rows, distances in _distances(random, real):
        within = distances <= of_real
        inside[rows] = within.sum(axis=1)
        covered |= within.any(axis=0)
        recalled |= (distances <= of_random[rows, None]).any(axis=0)
    distance, spread = _kernel_distance(real, random, seed)
    frechet = frechet_distance(*_moments(real), *_moments(random))
    return GenerationScores(
        precision=float((inside > 0).mean()),
        recall=float(recalled.mean()),
        density=float(inside.mean() / k),
        coverage=float(covered.mean()),
        kernel_distance=distance,
        kernel_distance_sd=spread,
        frechet=frechet,
        fid=frechet if fid else None,
    )


def subset_size(images: int) -> int:
    """Return how many images of each set a subset of the kernel distance has: half of them, from 2 to 1,000."""
    return max(2, min(LARGEST_SUBSET, images // 2))


def _moments(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean and the covariance as FID takes them: divided by n - 1."""
    mean, covariance = mean_and_covariance(points)
    return mean, covariance * (len(points) / (len(points) - 1))


def _checked(real: np.ndarray, random: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    sets = {"real": np.asarray(real), "random": np.asarray(random)}
    for name, points in sets.items():
        if points.ndim != 2 or points.dtype.kind not in "fiu" or points.shape[1] < 1:
            raise InputError(
                f"The embedding of the {name} images must be numbers (images, dimensions); "
                f"received {points.dtype} {points.shape}."
            )
        if not np.isfinite(points).all():
            raise InputError(f"The embedding of the {name} images has values that are NaN or infinite.")
    shapes = [points.shape for points in sets.values()]
    if shapes[0][1] != shapes[1][1]:
        raise InputError(f"Real images are embedded in {shapes[0][1]} dimensions, random ones in {shapes[1][1]}.")
    if k < 1:
        raise InputError(f"k must be at least 1, received {k}.")
    fewest = min(shapes[0][0], shapes[1][0])
    if fewest < max(2, k + 1):
        raise InputError(f"k = {k} needs at least {max(2, k + 1)} real and as many random images; there are {fewest}.")
    return sets["real"].astype(np.float64), sets["random"].astype(np.float64)


def _radii(points: np.ndarray, k: int) -> np.ndarray:
    """Return the distance of each point from its k-th nearest other one: float64 (n,)."""
    radii = np.empty(len(points))
    for rows, distances in _distances(points, points):
        # The point itself is at 0, and so first; equal points are neighbours like any other.
        radii[rows] = np.partition(distances, k, axis=1)[:, k]
    return radii


def _distances(points: np.ndarray, other: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
    """Yield distances (some, len(other)), block by block of the first set; exactly 0 between equal points."""
    step = max(1, _BLOCK // len(other))
    for start in range(0, len(points), step):
        rows = slice(start, min(start + step, len(points)))
        yield rows, cdist(points[rows], other)


def _kernel_distance(real: np.ndarray, random: np.ndarray, seed: int) -> tuple[float, float]:
    size = subset_size(min(len(real), len(random)))
    draws = generator(seed, "kernel distance")
    values = [
        polynomial_mmd(
            real[draws.choice(len(real), size, replace=False)], random[draws.choice(len(random), size, replace=False)]
        )
        for _ in range(SUBSETS)
    ]
    return float(np.mean(values)), float(np.std(values, ddof=1))
