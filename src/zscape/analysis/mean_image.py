"""The mean image: what a decoder comes to at best whose codes tell it nothing."""

from collections.abc import Iterator

import numpy as np

from zscape.data.store import Split
from zscape.formulas.likelihoods.base import Likelihood

_BLOCK = 4 * 2**20  # values in memory at once


def mean_image_nll(split: Split, likelihood: Likelihood, sigma: float) -> float:
    """Return the reconstruction term of the images' own mean, nats per image.

    The mean of these very images, not of the training images: no other constant image costs less on them, so that a
    decoder that gives one and the same image for every code is never below it.

    Args:
        split: the images, one or more.
        likelihood: what the reconstruction is measured by.
        sigma: the decoder's standard deviation; without effect for bce, and where it is learned: then it is the best
            one for the mean image too.
    """
    total = np.zeros((1, *split.store.image_shape))
    for block in _blocks(split):
        total += block.sum(axis=0, dtype=np.float64)
    mean = total / (255.0 * len(split))
    if likelihood.sigma == "learned":
        squared = sum(float(((block / 255.0 - mean) ** 2).sum()) for block in _blocks(split))
        return likelihood.least_nll(squared / (len(split) * mean.size), mean.size)
    nats = [likelihood.nll_of_image(block / 255.0, mean, sigma, np).sum() for block in _blocks(split)]
    return float(sum(nats) / len(split))


def _blocks(split: Split) -> Iterator[np.ndarray]:
    step = max(1, _BLOCK // int(np.prod(split.store.image_shape)))
    for start in range(0, len(split), step):
        yield split.images(slice(start, start + step))
