"""Image grids pixel by pixel."""

import numpy as np
import pytest

from zscape.core.errors import InputError
from zscape.figures.grid import image_grid, pairs_grid, stacks_grid


def images(count, size=(8, 8), channels=1, seed=0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 250, (count, *size, channels), dtype=np.uint8)


@pytest.mark.parametrize(
    ("size", "tile"),
    [((8, 8), (64, 64)), ((28, 28), (56, 56)), ((32, 32), (64, 64)), ((96, 96), (96, 96)), ((45, 37), (45, 37))],
)
def test_tiles_are_of_a_good_size(size, tile):
    width, height = image_grid(images(1, size), 1, gap=0).size
    assert (height, width) == tile


@pytest.mark.parametrize("channels", [1, 3])
def test_every_pixel_is_where_it_belongs(channels):
    given = images(5, (4, 6), channels)
    page = np.asarray(image_grid(given, columns=3, scale=2, gap=1))
    assert page.shape == (2 * 9 + 1, 3 * 13 + 1, 3)
    for i, image in enumerate(given):
        top, left = 1 + i // 3 * 9, 1 + i % 3 * 13
        for row in range(8):
            for column in range(12):
                assert (page[top + row, left + column] == image[row // 2, column // 2]).all()
    assert (page[10:18, 27:39] == 255).all()  # the sixth place is empty
    assert (page[9] == 255).all()
    assert (page[:, 13] == 255).all()


def test_no_more_columns_than_images():
    assert image_grid(images(2), columns=10, scale=1, gap=0).size == (16, 8)


def test_pairs_stand_below_each_other():
    originals, reconstructions = images(5), images(5, channels=3, seed=1)
    page = np.asarray(pairs_grid(originals, reconstructions, columns=3, scale=1, gap=2))
    assert page.shape == (2 + (8 + 2 + 8) + 8 + (8 + 2 + 8) + 2, 3 * 10 + 2, 3)
    for i in range(5):
        top, left = 2 + i // 3 * 26, 2 + i % 3 * 10
        np.testing.assert_array_equal(page[top : top + 8, left : left + 8], np.repeat(originals[i], 3, axis=2))
        np.testing.assert_array_equal(page[top + 10 : top + 18, left : left + 8], reconstructions[i])


@pytest.mark.parametrize("number", [1, 2, 3])
def test_stacks_stand_one_below_the_other(number):
    layers = [images(5, seed=seed, channels=1 + 2 * (seed == 1)) for seed in range(number)]
    page = np.asarray(stacks_grid(layers, columns=3, scale=1, gap=2))
    stack = number * 10 - 2
    assert page.shape == (2 + stack + 8 + stack + 2, 3 * 10 + 2, 3)
    seen = np.full(page.shape, 255, np.uint8)
    for i in range(5):
        for layer, given in enumerate(layers):
            top, left = 2 + i // 3 * (stack + 8) + 10 * layer, 2 + i % 3 * 10
            seen[top : top + 8, left : left + 8] = given[i]
    np.testing.assert_array_equal(page, seen)


def test_stacks_of_images_that_do_not_belong_together():
    expected = r"must agree in number, height and width; received \(2, 8, 8, 1\), \(2, 8, 8, 3\), \(2, 9, 8, 1\)\.$"
    with pytest.raises(InputError, match=expected):
        stacks_grid([images(2), images(2, channels=3), images(2, (9, 8))], 2)
    with pytest.raises(InputError, match=r"received none\.$"):
        stacks_grid([], 2)


@pytest.mark.parametrize("wrong", [images(2).astype(float), images(0), images(2, channels=2), images(2)[0]])
def test_wrong_images_are_refused(wrong):
    with pytest.raises(InputError, match=r"expected uint8 \(n, height, width, 1 or 3 channels\), n >= 1"):
        image_grid(wrong, 2)


def test_wrong_numbers_are_refused():
    with pytest.raises(InputError, match="at least 1 column, got 0"):
        image_grid(images(2), 0)
    with pytest.raises(InputError, match="scale of a grid must be at least 1, got 0"):
        image_grid(images(2), 1, scale=0)
    with pytest.raises(InputError, match="gap of a grid must be at least 0, got -1"):
        image_grid(images(2), 1, gap=-1)
    with pytest.raises(InputError, match=r"Originals \(2, 8, 8, 1\) and reconstructions \(3, 8, 8, 1\) must agree"):
        pairs_grid(images(2), images(3), 2)
