"""Sharpening of decoded images, for the eye only."""

import math

import numpy as np
from PIL import Image, ImageEnhance

from zscape.core.errors import InputError


def sharpen(images: np.ndarray, factor: float) -> np.ndarray:
    """Return the images sharpened or blurred by Pillow's `ImageEnhance.Sharpness`.

    Each image is moved away from its own blurred copy: blurred + factor * (image - blurred). A factor of 0 gives the
    blurred copy, 1 the image as it is; 3 to 7 bring out edges, and with them any pattern the decoder leaves.

    Args:
        images: uint8 (n, height, width, channels), 1 or 3 channels.
        factor: >= 0.

    Returns:
        uint8, same shape.

    Raises:
        InputError: when the images are of another kind or the factor is negative or not finite.
    """
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[-1] not in (1, 3):
        raise InputError(
            f"Sharpening got images of shape {images.shape} and dtype {images.dtype}; "
            f"expected uint8 (n, height, width, 1 or 3 channels)."
        )
    if not math.isfinite(factor) or factor < 0:
        raise InputError(f"The sharpening factor must be 0 (blurred), 1 (as is) or more, got {factor}.")
    return np.stack([_sharpen_one(image, factor) for image in images]) if len(images) else images.copy()


def _sharpen_one(image: np.ndarray, factor: float) -> np.ndarray:
    picture = Image.fromarray(image[:, :, 0] if image.shape[-1] == 1 else image)
    return np.asarray(ImageEnhance.Sharpness(picture).enhance(factor)).reshape(image.shape)
