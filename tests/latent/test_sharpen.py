"""Sharpening against its formula, with Pillow's smoothing kernel written out."""

import numpy as np
import pytest
from scipy import ndimage

from zscape.core.errors import InputError
from zscape.latent.sharpen import sharpen


def images(channels, size=(9, 7), count=2) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, *size, channels), dtype=np.uint8)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("factor", [0.0, 0.5, 3.0, 7.0])
def test_formula(channels, factor):
    given = images(channels)
    kernel = np.array([[1, 1, 1], [1, 5, 1], [1, 1, 1]]) / 13  # PIL.ImageFilter.SMOOTH
    blurred = ndimage.convolve(given.astype(float), kernel[None, :, :, None])
    expected = np.clip(blurred + factor * (given - blurred), 0, 255)
    # Pillow leaves the border as it is, and rounds the blurred copy to whole numbers first.
    inner = (slice(None), slice(1, -1), slice(1, -1))
    sharpened = sharpen(given, factor)
    assert np.abs(sharpened[inner] - expected[inner]).max() <= 1.0 + 0.5 * abs(1 - factor)
    assert sharpened.shape == given.shape
    assert sharpened.dtype == np.uint8


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [(1, 1), (2, 3), (8, 8)])
def test_one_leaves_images_as_they_are(channels, size):
    np.testing.assert_array_equal(sharpen(images(channels, size), 1.0), images(channels, size))


def test_flat_images_stay_flat_and_none_stay_none():
    flat = np.full((1, 6, 6, 3), 77, dtype=np.uint8)
    np.testing.assert_array_equal(sharpen(flat, 7), flat)
    assert sharpen(flat[:0], 7).shape == (0, 6, 6, 3)


@pytest.mark.parametrize("factor", [-1.0, float("nan"), float("inf")])
def test_factor_is_refused(factor):
    with pytest.raises(InputError, match=rf"factor must be 0 \(blurred\), 1 \(as is\) or more, got {factor}"):
        sharpen(images(1), factor)


@pytest.mark.parametrize("wrong", [images(1).astype(np.float32), images(2), images(3)[0]])
def test_images_are_refused(wrong):
    with pytest.raises(InputError, match=r"expected uint8 \(n, height, width, 1 or 3 channels\)"):
        sharpen(wrong, 2.0)
