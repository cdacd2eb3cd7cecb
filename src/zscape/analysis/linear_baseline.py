"""The best linear code (principal component analysis) with as many numbers as a run's code: what networks must beat."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from zscape.analysis.principal import principal_axes
from zscape.core.seeds import generator
from zscape.data.store import Split, Store
from zscape.formulas.likelihoods.base import Likelihood
from zscape.formulas.likelihoods.registry import LIKELIHOODS
from zscape.formulas.quality import psnr

MOST_FITTED = 20_000
"""Training images that the axes are found from; of more, a random choice by a fixed draw."""

_BLOCK = 4 * 2**20  # values in memory at once


@dataclass(frozen=True)
class LinearBaseline:
    """How well the best linear code does.

    Attributes:
        z_dim: numbers in the code.
        fitted_on: number of training images that it was found from.
        measured_on: the split that it was measured on.
        psnr: mean over the images of the peak signal-to-noise ratio, decibel.
        mse: mean squared error per value, of values in [0, 1].
        reconstruction: the recipe's reconstruction term, nats per image.
        rule: how it was fitted and measured.
    """

    z_dim: int
    fitted_on: int
    measured_on: str
    psnr: float
    mse: float
    reconstruction: float
    rule: str


def linear_baseline(store: Store, z_dim: int, reconstruction: str = "bce", sigma: float = 1.0) -> LinearBaseline:
    """Fit principal components to the training images and measure them on the test (else validation) images.

    Memory holds a block of images and `z_dim` axes, or the square of the smaller of images and values where that is
    at most 1,600.

    Args:
        store: the images.
        z_dim: numbers in the code; more than there are images or values do no harm.
        reconstruction: a likelihood's name, the recipe's.
        sigma: the decoder's standard deviation, for mse; a sigma that networks learn is the best one here too.
    """
    likelihood = LIKELIHOODS.get(reconstruction)
    train = store.split("train")
    measured = store.split("test") if len(store.split("test")) else store.split("validation")
    positions = np.arange(len(train))
    if len(train) > MOST_FITTED:
        positions = np.sort(generator(0, "linear baseline").choice(len(train), MOST_FITTED, replace=False))
    mean, axes = principal_axes(lambda: _blocks(train, positions), z_dim)
    sums = np.zeros(3)
    for block in _blocks(measured, np.arange(len(measured))):
        linear = (mean + (block - mean) @ axes.T @ axes).clip(0.0, 1.0)
        sums += _sums(block.reshape(-1, *store.image_shape), linear.reshape(-1, *store.image_shape), likelihood, sigma)
    decibel, squared, nats = sums / len(measured)
    if likelihood.sigma == "learned":
        nats = likelihood.least_nll(float(squared), int(np.prod(store.image_shape)))
    return LinearBaseline(
        z_dim,
        len(positions),
        measured.name,
        float(decibel),
        float(squared),
        float(nats),
        _rule(len(train), likelihood),
    )


def _sums(images: np.ndarray, linear: np.ndarray, likelihood: Likelihood, sigma: float) -> np.ndarray:
    squared = ((images - linear) ** 2).mean(axis=(1, 2, 3))
    nats = likelihood.nll_of_image(images, linear, sigma, np)
    return np.array([psnr(images, linear).sum(), squared.sum(), nats.sum(dtype=np.float64)])


def _blocks(split: Split, positions: np.ndarray) -> Iterator[np.ndarray]:
    """Yield images as float64 (n, values) in [0, 1]."""
    step = max(1, _BLOCK // int(np.prod(split.store.image_shape)))
    for start in range(0, len(positions), step):
        images = split.images(positions[start : start + step])
        yield images.reshape(len(images), -1) / 255.0


def _rule(trained: int, likelihood: Likelihood) -> str:
    which = (
        f"{MOST_FITTED:,} of the {trained:,} training images (a fixed draw)"
        if trained > MOST_FITTED
        else "all training images"
    )
    return f"Principal components of {which}; what they give back is cut to [0, 1]{likelihood.image_rule}."
