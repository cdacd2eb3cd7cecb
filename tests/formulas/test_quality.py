import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zscape.formulas.quality import psnr

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
