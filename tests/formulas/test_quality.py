import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zscape.formulas import quality
from zscape.formulas.quality import psnr, ssim, ssim_window

BLACK = np.zeros((2, 4, 5, 3))


@pytest.mark.parametrize(("difference", "decibel"), [(1.0, 0.0), (0.1, 20.0), (0.01, 40.0)])
def test_known_differences(difference, decibel):
    np.testing.assert_allclose(psnr(BLACK, BLACK + difference), [decibel] * 2, atol=1e-9)


@pytest.mark.filterwarnings("error")
def test_equal_images_are_infinitely_near():
    assert psnr(BLACK, BLACK).tolist() == [np.inf, np.inf]


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 1000))
def test_one_number_per_image_symmetric_in_double_precision(seed):
    one, two = np.random.default_rng(seed).random((2, 3, 4, 5, 1), dtype=np.float32)
    values = psnr(one, two)
    assert values.dtype == np.float64 and values.shape == (3,)
    np.testing.assert_array_equal(values, psnr(two, one))
    oracle = [10 * np.log10(1 / np.mean((a.astype(float) - b) ** 2)) for a, b in zip(one, two, strict=True)]
    np.testing.assert_allclose(values, oracle, rtol=1e-9)


# structural similarity


def slow_ssim(one, two):
    """Wang et al.'s formula at every position of the window, by the definitions of mean, variance and covariance."""
    height, width, channels = one.shape
    side = max(side for side in range(1, 12, 2) if side <= min(height, width))
    offsets = np.arange(side) - side // 2
    weights = np.exp(-(offsets[:, None] ** 2 + offsets[None, :] ** 2) / (2 * 1.5**2))
    weights /= weights.sum()
    found = []
    for channel in range(channels):
        for row in range(height - side + 1):
            for column in range(width - side + 1):
                x = one[row : row + side, column : column + side, channel]
                y = two[row : row + side, column : column + side, channel]
                mx, my = (weights * x).sum(), (weights * y).sum()
                vx, vy = (weights * (x - mx) ** 2).sum(), (weights * (y - my) ** 2).sum()
                c = (weights * (x - mx) * (y - my)).sum()
                found.append(
                    (2 * mx * my + 0.0001) * (2 * c + 0.0009) / ((mx**2 + my**2 + 0.0001) * (vx + vy + 0.0009))
                )
    return np.mean(found)


@pytest.mark.parametrize("shape", [(14, 13, 1), (12, 17, 3), (8, 8, 1), (5, 20, 2), (2, 1, 1)])
@pytest.mark.parametrize("noise", [0.02, 0.5])
def test_ssim_against_the_definition(shape, noise):
    rng = np.random.default_rng(1)
    one = rng.random((2, *shape))
    two = np.clip(one + rng.normal(0, noise, one.shape), 0, 1)
    np.testing.assert_allclose(ssim(one, two), [slow_ssim(a, b) for a, b in zip(one, two, strict=True)], atol=1e-12)


def test_ssim_of_two_flat_images_is_the_luminance_term():
    dark, light = np.full((1, 12, 12, 1), 0.2), np.full((1, 12, 12, 1), 0.6)
    assert ssim(dark, light)[0] == pytest.approx((2 * 0.2 * 0.6 + 0.0001) / (0.2**2 + 0.6**2 + 0.0001), rel=1e-9)


def test_ssim_of_a_negative_is_below_0():
    checks = np.indices((16, 16)).sum(axis=0)[None, :, :, None] % 2 * 1.0
    assert ssim(checks, 1 - checks)[0] == pytest.approx(-1.0, abs=0.02)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 1000), st.integers(1, 14), st.integers(1, 14))
def test_ssim_is_symmetric_at_most_1_and_1_for_equal_images(seed, height, width):
    one, two = np.random.default_rng(seed).random((2, 3, height, width, 2), dtype=np.float32)
    values = ssim(one, two)
    assert values.shape == (3,) and values.dtype == np.float64
    assert (values < 1).all() and (values > -1).all()
    np.testing.assert_allclose(values, ssim(two, one), rtol=1e-12)
    np.testing.assert_allclose(ssim(one, one), 1.0, rtol=1e-12)


def test_ssim_does_not_show_its_blocks(monkeypatch):
    one, two = np.random.default_rng(0).random((2, 7, 12, 12, 1))
    whole = ssim(one, two)
    monkeypatch.setattr(quality, "_BLOCK", 300)
    np.testing.assert_array_equal(ssim(one, two), whole)
    assert ssim(one[:0], two[:0]).shape == (0,)


@pytest.mark.parametrize(
    ("size", "side"), [((28, 28), 11), ((11, 40), 11), ((10, 40), 9), ((8, 8), 7), ((3, 2), 1), ((1, 1), 1)]
)
def test_the_window_is_the_largest_odd_one_that_fits(size, side):
    assert ssim_window(*size) == side
