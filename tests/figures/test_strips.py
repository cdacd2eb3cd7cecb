"""Rows of images with names, captions, marks and curves."""

import numpy as np
import pytest
from PIL import ImageColor

from zscape.core.errors import InputError
from zscape.figures.strips import MARK, Curve, Page, Strip, draw_strips


def tiles(levels, size=(8, 8), channels=1):
    images = np.empty((len(levels), *size, channels), np.uint8)
    images[:] = np.asarray(levels, np.uint8)[:, None, None, None]
    return images


def boxes(page, level):
    """Return the bounding boxes (top, left, bottom, right) of the pixels of one grey, one per run of columns."""
    there = (np.asarray(page) == level).all(axis=2)
    rows, columns = np.flatnonzero(there.any(axis=1)), np.flatnonzero(there.any(axis=0))
    return rows.min(), columns.min(), rows.max() + 1, columns.max() + 1


@pytest.mark.parametrize(("size", "edge"), [((8, 8), 88), ((28, 28), 84), ((96, 96), 96)])
@pytest.mark.parametrize("channels", [1, 3])
def test_images_are_enlarged_by_whole_numbers_and_stand_in_order(size, edge, channels):
    page = draw_strips(
        [Strip("a", tiles([20, 40, 60], size, channels)), Strip("b", tiles([80, 100, 120], size, channels))]
    )
    found = [boxes(page, level) for level in (20, 40, 60, 80, 100, 120)]
    assert {(bottom - top, right - left) for top, left, bottom, right in found} == {(edge, edge)}
    assert len({box[0] for box in found[:3]}) == 1 < len({box[0] for box in found})
    assert [box[1] for box in found[:3]] == [box[1] for box in found[3:]] == sorted(box[1] for box in found[:3])


def test_many_images_are_smaller():
    page = draw_strips([Strip("", tiles(range(10, 205, 13)))])
    top, left, bottom, right = boxes(page, 10)
    assert (bottom - top, right - left) == (64, 64)


def test_a_mark_is_a_bar_right_below_its_image():
    page = draw_strips([Strip("", tiles([20, 40, 60]), marked=(False, True, False))])
    mark = ImageColor.getrgb(MARK)
    rows, columns = np.nonzero((np.asarray(page) == mark).all(axis=2))
    _, left, bottom, right = boxes(page, 40)
    assert (columns.min(), columns.max() + 1) == (left, right) and bottom < rows.min() < rows.max() < bottom + 7
    unmarked = draw_strips([Strip("", tiles([20, 40, 60]))])
    assert not (np.asarray(unmarked) == mark).all(axis=2).any()


def test_words_around_the_images():
    plain = draw_strips([Strip("", tiles([20, 40]))])
    named = draw_strips([Strip("a long name", tiles([20, 40]))])
    assert boxes(named, 20)[1] > boxes(plain, 20)[1] + 50
    headed = draw_strips([Strip("", tiles([20, 40]))], Page(columns=("one", "two")))
    assert boxes(headed, 20)[0] > boxes(plain, 20)[0] + 15
    noted = draw_strips([Strip("", tiles([20, 40]))], Page(note="word " * 80))
    assert noted.height > plain.height + 60 and noted.width == 640
    captioned = draw_strips([Strip("", tiles([20, 40]), captions=("x", "y" * 99))])
    assert captioned.height > plain.height and captioned.width == plain.width


def test_curves_stand_under_their_images():
    strips = [Strip("a", tiles([20, 40, 60])), Strip("b", tiles([80, 100, 120]))]
    curve = Curve("loss", ((1.0, 2.0, 1.5), (0.5, 0.4, 3.0)), (0.4, 1.0, 2.0))
    plain, drawn = draw_strips(strips), draw_strips(strips, Page(curves=(curve, curve)))
    assert drawn.height > plain.height + 150
    pixels = np.asarray(drawn)
    below = pixels[boxes(drawn, 120)[2] + 8 :]
    left, right = boxes(drawn, 20)[1], boxes(drawn, 60)[3]
    for colour in ("#2f7fc9", "#23ac7a"):
        columns = np.flatnonzero((below == ImageColor.getrgb(colour)).all(axis=2).any(axis=0))
        # Each line goes from the middle of the first image to the middle of the last; markers stand out a little.
        assert abs(columns.min() - (left + 44)) <= 5 and abs(columns.max() - (right - 44)) <= 5


def test_too_many_strips_have_no_curves():
    strips = [Strip(str(i), tiles([20, 40])) for i in range(5)]
    curve = Curve("loss", ((1.0, 2.0),) * 5)
    assert draw_strips(strips, Page(curves=(curve,))).height == draw_strips(strips).height


@pytest.mark.parametrize(
    ("strips", "page", "sentence"),
    [
        ([], Page(), "There are no strips to draw."),
        ([Strip("", tiles([1], channels=2))], Page(), r"shape \(1, 8, 8, 2\) and dtype uint8; expected uint8"),
        ([Strip("", tiles([1]) / 2.0)], Page(), "dtype float64; expected uint8"),
        ([Strip("", tiles([1])), Strip("", tiles([1, 2]))], Page(), "Strips must agree in number, height and width"),
        ([Strip("", tiles([1, 2]))], Page(("a",)), "Captions and marks must be as many as the 2 images of a strip"),
        ([Strip("", tiles([1, 2]), marked=(True,))], Page(), "Captions and marks must be as many as the 2 images"),
    ],
)
def test_what_cannot_be_drawn(strips, page, sentence):
    with pytest.raises(InputError, match=sentence):
        draw_strips(strips, page)
