"""The sheet that shows what a set of images looks like."""

import numpy as np
import pytest

from zscape.core.errors import InputError
from zscape.figures.contact_sheet import draw_classes, draw_crowd


def tiles(count, level, size=(28, 28), channels=1):
    return np.full((count, *size, channels), level, np.uint8)


def columns_of(page, level):
    return np.flatnonzero((np.asarray(page) == level).all(axis=2).any(axis=0))


@pytest.mark.parametrize(("size", "channels"), [((8, 8), 1), ((28, 28), 1), ((64, 64), 3)])
def test_classes_stand_below_each_other_with_their_names_to_the_left(size, channels):
    page = draw_classes([("cat", tiles(8, 10, size, channels)), ("a dog", tiles(5, 90, size, channels))])
    pixels = np.asarray(page)
    first, second = ((pixels == level).all(axis=2) for level in (10, 90))
    assert first.any(axis=1).nonzero()[0].max() < second.any(axis=1).nonzero()[0].min()
    assert first.any(axis=0).sum() * 5 == second.any(axis=0).sum() * 8
    left = columns_of(page, 10).min()
    assert left == columns_of(page, 90).min() and (pixels[:, :left] < 128).any()  # letters
    assert (pixels[:, : left - 12] < 128).any(axis=2).any(axis=0).nonzero()[0].min() >= 10


def test_long_names_do_not_push_the_images_off():
    assert draw_classes([("x" * 300, tiles(8, 1))]).width < 900


def test_a_crowd_is_about_square_and_a_note_stands_below():
    page, noted = draw_crowd(tiles(100, 9)), draw_crowd(tiles(100, 9), "100 of 70,000 images")
    assert page.width == page.height and noted.height > page.height
    below = np.asarray(noted)[page.height - 2 :]
    assert (below < 128).any() and (np.asarray(noted)[: page.height - 12, : page.width] == np.asarray(page)[:-12]).all()


def test_images_that_cannot_be_drawn():
    with pytest.raises(InputError, match="expected uint8"):
        draw_crowd(tiles(3, 1, channels=2))
