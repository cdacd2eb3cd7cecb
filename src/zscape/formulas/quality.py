"""How near two images are."""

import numpy as np
from scipy.ndimage import correlate1d

SSIM_WINDOW, SSIM_SIGMA = 11, 1.5
"""Side of the window in pixels, and the standard deviation of its weights (Wang et al. 2004)."""

_LUMINANCE, _CONTRAST = 0.01**2, 0.03**2  # (K1 L)^2 and (K2 L)^2 for values in [0, 1]
_BLOCK = 2**20  # values in memory at once, of each of the five maps


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


def ssim_window(height: int, width: int) -> int:
    """Return the side of the window that `ssim` moves over images of this size: 11, or the largest odd one that fits.

    Args:
        height: pixels, at least 1.
        width: pixels, at least 1.
    """
    smaller = min(height, width, SSIM_WINDOW)
    return smaller if smaller % 2 else smaller - 1


def ssim(images: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Structural similarity of each pair of images: 1 where they are equal, at least -1.

    Within a window that moves over the image, weighted by a normal of 1.5 pixels, with means m, variances v and the
    covariance c of the two images (weighted means, without a correction for few pixels):

        (2 m1 m2 + 0.01^2) (2 c + 0.03^2) / ((m1^2 + m2^2 + 0.01^2) (v1 + v2 + 0.03^2)),

    averaged over all positions at which the whole window lies inside the image, and over the channels. Source: Wang,
    Bovik, Sheikh & Simoncelli, "Image quality assessment: from error visibility to structural similarity" (2004).

    Args:
        images: (n, height, width, channels), in [0, 1].
        other: same shape.

    Returns:
        float64 (n,). Images smaller than 11 pixels have a smaller window (`ssim_window`), and their numbers compare
        with each other only.
    """
    step = max(1, _BLOCK // max(1, int(np.prod(images.shape[1:]))))
    blocks = [
        _ssim(images[start : start + step].astype(np.float64), other[start : start + step].astype(np.float64))
        for start in range(0, len(images), step)
    ]
    return np.concatenate(blocks) if blocks else np.empty(0)


def _ssim(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    mean_one, mean_two = _within(one), _within(two)
    squares, product = mean_one**2 + mean_two**2, mean_one * mean_two
    # Rounding can carry a variance of a flat image a hair below 0, which the constants absorb.
    variances, covariance = _within(one**2) + _within(two**2) - squares, _within(one * two) - product
    luminance = (2 * product + _LUMINANCE) / (squares + _LUMINANCE)
    structure = (2 * covariance + _CONTRAST) / (variances + _CONTRAST)
    return (luminance * structure).mean(axis=(1, 2, 3))


def _within(values: np.ndarray) -> np.ndarray:
    """Return weighted means over the window, where it lies inside the image: (n, rows, columns, channels)."""
    side = ssim_window(*values.shape[1:3])
    reach = side // 2
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / SSIM_SIGMA) ** 2)
    weights /= weights.sum()
    for axis in (1, 2):
        values = correlate1d(values, weights, axis=axis, mode="constant")
        values = values.take(np.arange(reach, values.shape[axis] - reach), axis=axis)
    return values
