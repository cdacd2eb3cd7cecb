"""Resizing."""

import numpy as np
import pytest
from PIL import Image

from zscape.data.resample import resample

SOURCE = np.random.default_rng(0)


def picture(channels: int) -> np.ndarray:
    return SOURCE.integers(0, 256, (37, 53, channels), dtype=np.uint8)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_every_channel_is_resized_by_itself(channels: int) -> None:
    image = picture(channels)
    whole = resample(image, 12, 11)
    assert whole.shape == (12, 11, channels) and whole.dtype == np.uint8
    for channel in range(channels):
        alone = Image.fromarray(image[..., channel]).resize((11, 12), Image.Resampling.LANCZOS)
        np.testing.assert_array_equal(whole[..., channel], np.asarray(alone))


@pytest.mark.parametrize("level", [0, 77, 255])
def test_one_level_stays(level: int) -> None:
    assert (resample(np.full((37, 53, 3), level, np.uint8), 300, 19) == level).all()


def test_a_part_may_begin_between_pixels() -> None:
    ramp = np.repeat(np.arange(0, 240, 4, dtype=np.uint8)[:, np.newaxis], 50, axis=1)[..., np.newaxis]
    part = resample(ramp, 10, 20, (10.5, 50.5), (3.25, 43.25))
    # Each row of the result is the mean of four around its centre, which the ramp has there exactly.
    expected = 4 * (10.5 + 4 * (np.arange(10) + 0.5) - 0.5)
    assert np.abs(part[..., 0] - expected[:, np.newaxis]).max() <= 1
