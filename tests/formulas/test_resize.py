"""Bilinear resizing against Pillow and against interpolation by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from zscape.formulas.resize import bilinear_matrix

SIDES = st.integers(1, 40)


def test_twice_the_size():
    found = bilinear_matrix(3, 6) @ [0.0, 4.0, 12.0]
    np.testing.assert_allclose(found, [0, 1, 3, 6, 10, 12], atol=1e-12)


@given(size=SIDES, more=SIDES)
def test_enlarging_is_that_of_pillow(size, more):
    image = np.random.default_rng(size).random((size, 7), np.float32)
    expected = np.asarray(Image.fromarray(image).resize((7, size + more - 1), Image.Resampling.BILINEAR))
    np.testing.assert_allclose(bilinear_matrix(size, size + more - 1) @ image, expected, atol=2e-6)


@given(size=SIDES, target=SIDES)
def test_nothing_is_smoothed_before_an_image_gets_smaller(size, target):
    side = np.random.default_rng(target).normal(size=size)
    middles = (np.arange(target) + 0.5) / target  # of the new pixels, the side being 0 to 1
    expected = np.interp(middles, (np.arange(size) + 0.5) / size, side)
    matrix = bilinear_matrix(size, target)
    np.testing.assert_allclose(matrix @ side, expected, atol=1e-9)
    np.testing.assert_allclose(matrix.sum(axis=1), 1, atol=1e-12)
    assert matrix.min() >= 0


@pytest.mark.parametrize("size", [1, 2, 299])
def test_the_same_size_changes_nothing(size):
    np.testing.assert_array_equal(bilinear_matrix(size, size), np.eye(size))
