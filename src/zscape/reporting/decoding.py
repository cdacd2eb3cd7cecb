"""Images out of a decoder that zscape did not make: called in batches, and checked."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from zscape.core.errors import InputError
from zscape.data.readers.pixels import to_pixels
from zscape.formulas.quality import psnr
from zscape.latent.arrays import to_array
from zscape.latent.codes import Codes
from zscape.reporting.numbers import counted

_BATCH = 100
_ROUNDING = 1e-3  # a sigmoid in half precision may end this far outside of [0, 1]

PAIRS = 20
"""Originals that are shown above their reconstructions."""


@dataclass(frozen=True)
class Reconstructions:
    """Originals and what became of them, the first few of all that were given.

    Attributes:
        originals: uint8 (k, height, width, channels).
        images: uint8, same shape.
        count: how many were compared.
        psnr: mean over all of them, dB; infinite when they are equal.
        exact: whether all are the same once rounded to 8 bits, so that the PSNR says nothing.
    """

    originals: np.ndarray
    images: np.ndarray
    count: int
    psnr: float
    exact: bool = False

    @property
    def telling_psnr(self) -> float | None:
        """The PSNR where it says something: where the images do not come back exactly."""
        return None if self.exact or not math.isfinite(self.psnr) else self.psnr


class Decoder:
    """A user's function from z-points to images, called with at most 100 points at a time.

    Args:
        decode: takes float32 (n, z_dim); returns n images, (n, height, width) or (n, height, width, 1 or 3), uint8 or
            floats in [0, 1], as an array or tensor of any library.

    Raises:
        InputError: when it cannot be called.
    """

    def __init__(self, decode: Callable[[np.ndarray], Any]) -> None:
        if not callable(decode):
            raise InputError(
                f"decode must be a function that turns z-points (n, z_dim) into images; received {_kind(decode)}."
            )
        self._decode = decode

    def __call__(self, z: np.ndarray) -> np.ndarray:
        """Return the images of the points z (n, z_dim): float32 (n, height, width, channels) in [0, 1].

        Raises:
            InputError: when the function returns something else. What the function itself raises passes through.
        """
        batches = [self._batch(z[start : start + _BATCH]) for start in range(0, len(z), _BATCH)]
        shapes = {batch.shape[1:] for batch in batches}
        if len(shapes) > 1:
            raise InputError(f"decode returned images of different sizes: {', '.join(map(str, sorted(shapes)))}.")
        return np.concatenate(batches)

    def _batch(self, z: np.ndarray) -> np.ndarray:
        points = np.array(z, dtype=np.float32)  # the function's own copy
        try:
            returned = self._decode(points)
        except Exception as error:
            error.add_note(f"zscape called decode with z-points, a float32 array of shape {points.shape}.")
            raise
        images = _with_channels(to_array("What decode returned", returned), "What decode returned")
        if len(images) != len(points):
            received, expected = counted(len(images), "image"), counted(len(points), "z-point")
            raise InputError(f"decode returned {received} for {expected}; expected one for each.")
        return _in_range(images)


def random_images(decoder: Decoder, points: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return images of random points by the points' names: uint8 (n, height, width, channels).

    Args:
        decoder: the decoder.
        points: (n, z_dim) each, by name (`latent.priors.shown`).

    Raises:
        InputError: as `Decoder`.
    """
    return {name: _to_bytes(decoder(z)) for name, z in points.items()}


def reconstruct(decoder: Decoder, codes: Codes, images: Any) -> Reconstructions:
    """Decode the codes of images and compare, image by image.

    Args:
        decoder: the decoder.
        codes: image i has code i.
        images: (n, height, width) or (n, height, width, 1 or 3), uint8 or floats in [0, 1]; no more than codes.

    Raises:
        InputError: for images that cannot be used or do not go with the codes, and as `Decoder`.
    """
    array = to_array("images", images)
    originals = to_pixels(_with_channels(array, "images"), "images")
    if not 0 < len(originals) <= len(codes):
        there = f"There {'is' if len(originals) == 1 else 'are'} {counted(len(originals), 'image')}"
        raise InputError(
            f"{there} for {counted(len(codes), 'code')}; expected the images of the first codes, in their order."
        )
    total, exact, shown = 0.0, True, []
    for start in range(0, len(originals), _BATCH):
        block = originals[start : start + _BATCH]
        decoded = decoder(codes.mu[start : start + len(block)])
        if decoded.shape != block.shape:
            raise InputError(f"decode returns images of {decoded.shape[1:]}, but images are {block.shape[1:]}.")
        total += float(psnr(block / np.float32(255), decoded).sum())
        rounded = _to_bytes(decoded)
        exact = exact and np.array_equal(rounded, block)
        if start < PAIRS:
            shown.append(rounded)
    pictures = np.concatenate(shown)[:PAIRS]
    return Reconstructions(originals[: len(pictures)], pictures, len(originals), total / len(originals), exact)


def _with_channels(images: np.ndarray, what: str) -> np.ndarray:
    with_channels = images[..., np.newaxis] if images.ndim == 3 else images
    if with_channels.ndim == 4 and with_channels.shape[-1] in (1, 3) and 0 not in with_channels.shape[1:]:
        return with_channels
    hint = ""
    if images.ndim == 4 and images.shape[1] in (1, 3):
        hint = "; the channels come first here: move them with numpy.moveaxis(x, 1, -1)"
    raise InputError(
        f"{what} has shape {images.shape}; expected (n, height, width) or (n, height, width, 1 or 3 channels){hint}."
    )


def _in_range(images: np.ndarray) -> np.ndarray:
    if images.dtype == np.uint8:
        return images / np.float32(255)
    if images.dtype.kind != "f":
        raise InputError(f"decode returned images of type {images.dtype}; expected uint8, or floats in [0, 1].")
    wrong = int(images.size - np.isfinite(images).sum())
    if wrong:
        raise InputError(f"decode returned {wrong} values of {images.size} that are NaN or infinite.")
    low, high = float(images.min()), float(images.max())
    if low < -_ROUNDING or high > 1 + _ROUNDING:
        raise InputError(
            f"decode returned images from {low:g} to {high:g}; expected uint8, or floats in [0, 1] (divide by 255, or "
            f"put the sigmoid behind logits)."
        )
    return images.astype(np.float32).clip(0.0, 1.0)


def _to_bytes(images: np.ndarray) -> np.ndarray:
    return np.rint(images * 255.0).astype(np.uint8)


def _kind(value: Any) -> str:
    return type(value).__name__
