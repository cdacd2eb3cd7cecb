"""How well images come out again, image by image: the distributions, and which images are the best and the worst."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from zscape.core.errors import InputError

_NAMED = 5  # images named at either end
_BINS = 40

MEASURES = {
    "psnr": "peak signal-to-noise ratio, dB",
    "ssim": "structural similarity",
    "reconstruction": "reconstruction, nats per image",
}
"""What is measured for every image, and the words for it on an axis."""


@dataclass(frozen=True)
class Distribution:
    """One number per image.

    Infinite values (the PSNR of equal images) count in the percentiles and in `lowest` and `highest`; mean, standard
    deviation and histogram are those of the finite ones.

    Attributes:
        mean: over the images; None where no value is finite.
        sd: standard deviation over the images; None likewise.
        p5: 5 % of the images lie below it.
        p50: the median.
        p95: 95 % lie below it.
        lowest: ids of the images with the lowest values, the lowest first.
        highest: ids of those with the highest, the highest first.
        edges: of the histogram's bins, ascending.
        counts: images per bin.
    """

    mean: float | None
    sd: float | None
    p5: float
    p50: float
    p95: float
    lowest: tuple[int, ...]
    highest: tuple[int, ...]
    edges: tuple[float, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True)
class ReconstructionRecord:
    """How well images come out again, at the mean of their posterior and against the clean image.

    Attributes:
        images: number of images.
        window: side of the window of the structural similarity, pixels.
        psnr: peak signal-to-noise ratio, decibel; high is good.
        ssim: structural similarity, at most 1; high is good.
        reconstruction: the reconstruction term of the loss, nats per image; low is good.
    """

    images: int
    window: int
    psnr: Distribution
    ssim: Distribution
    reconstruction: Distribution


def reconstruction_record(values: Mapping[str, np.ndarray], ids: np.ndarray, window: int) -> ReconstructionRecord:
    """Return the distributions of what was measured image by image.

    Args:
        values: (n,) for each name in `MEASURES`.
        ids: (n,), the images' numbers in their store.
        window: side of the window of the structural similarity.

    Raises:
        InputError: when there is no image.
    """
    return ReconstructionRecord(len(ids), window, **{name: distribution(values[name], ids) for name in MEASURES})


def distribution(values: np.ndarray, ids: np.ndarray) -> Distribution:
    """Return the distribution of one number per image.

    Args:
        values: (n,), n >= 1, infinite ones allowed, NaN not.
        ids: (n,), the images' numbers.

    Raises:
        InputError: when there is no value, or one is NaN.
    """
    if not len(values) or np.isnan(values).any():
        missing = f"{int(np.isnan(values).sum())} of {len(values)} are NaN" if len(values) else "there is none"
        raise InputError(f"A distribution needs a number for every image; {missing}.")
    order = np.argsort(values, kind="stable")
    finite = values[np.isfinite(values)]
    counts, edges = np.histogram(finite, bins=_BINS, range=_range(finite))
    # Order statistics without interpolation: between a finite value and an infinite one there is nothing.
    low, middle, high = np.percentile(values, [5, 50, 95], method="inverted_cdf")
    return Distribution(
        mean=float(finite.mean()) if len(finite) else None,
        sd=float(finite.std()) if len(finite) else None,
        p5=float(low),
        p50=float(middle),
        p95=float(high),
        lowest=tuple(int(number) for number in ids[order[:_NAMED]]),
        highest=tuple(int(number) for number in ids[order[::-1][:_NAMED]]),
        edges=tuple(edges.tolist()),
        counts=tuple(counts.tolist()),
    )


def _range(finite: np.ndarray) -> tuple[float, float]:
    if not len(finite):
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    least = 1e-6 * max(1.0, abs(low), abs(high))  # so that equal values have a bin too
    return (low, high) if high - low > least else (low - least, high + least)


def record_from_plain(values: Mapping[str, Any]) -> ReconstructionRecord:
    """Return the record whose plain values (`core.records.to_plain`) these are; None among percentiles is infinity."""

    def one(plain: Mapping[str, Any]) -> Distribution:
        p5, p50, p95 = (np.inf if plain[key] is None else plain[key] for key in ("p5", "p50", "p95"))
        lowest, highest, edges, counts = (tuple(plain[key]) for key in ("lowest", "highest", "edges", "counts"))
        return Distribution(plain["mean"], plain["sd"], p5, p50, p95, lowest, highest, edges, counts)

    return ReconstructionRecord(values["images"], values["window"], **{name: one(values[name]) for name in MEASURES})
