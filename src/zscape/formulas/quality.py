"""How near two images are."""

import numpy as np


def psnr(images: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Peak signal-to-noise ratio of each pair of images, in decibel: -10 log10 of the mean squared difference.

    Args:
        images: (n, height, width, channels), in [0, 1].
        other: same shape.

    Returns:
        float64 (n,); infinite where the two are equal.
    """
    squared = (images.astype(np.float64) - other.astype(np.float64)) ** 2
    with np.errstate(divide="ignore"):
        return -10.0 * np.log10(squared.mean(axis=(1, 2, 3)))
