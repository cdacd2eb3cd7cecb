"""Images beside what several networks make of them."""

import numpy as np
import pytest

from zscape.core.errors import InputError
from zscape.figures.comparison import Column, draw_comparison


def tiles(levels, size=(8, 8), channels=1):
    images = np.empty((len(levels), *size, channels), np.uint8)
    images[:] = np.asarray(levels, np.uint8)[:, None, None, None]
    return images


def box(page, level):
    there = (np.asarray(page) == level).all(axis=2)
    rows, columns = np.flatnonzero(there.any(axis=1)), np.flatnonzero(there.any(axis=0))
    return rows.min(), columns.min(), rows.max() + 1, columns.max() + 1


def test_rows_are_images_and_columns_may_differ_in_size():
    page = draw_comparison([Column("original", tiles([20, 40])), Column("net", tiles([80, 100], (96, 64), 3))])
    found = {level: box(page, level) for level in (20, 40, 80, 100)}
    assert {(b[2] - b[0], b[3] - b[1]) for b in (found[20], found[40])} == {(128, 128)}
    assert {(b[2] - b[0], b[3] - b[1]) for b in (found[80], found[100])} == {(96, 64)}
    assert found[20][0] == found[80][0] < found[40][0] == found[100][0]
    assert found[20][3] < found[80][1]


def test_names_captions_and_notes_take_room():
    columns = [Column("a", tiles([20, 40]))]
    plain = draw_comparison(columns)
    assert draw_comparison(columns, names=("one.jpg", "two.jpg")).width > plain.width + 40
    assert draw_comparison([Column("a", tiles([20, 40]), ("1 dB", "2 dB"))]).height == plain.height + 2 * 19
    assert draw_comparison([Column("a\nb", tiles([20, 40]))]).height == plain.height + 19
    noted = draw_comparison(columns, note="word " * 60)
    assert noted.width == 420 and noted.height > plain.height + 40
    assert draw_comparison(columns, names=("x" * 200, "y")).width < 500
    assert draw_comparison([Column("a very long name of a network", tiles([20]))]).width > plain.width + 50


@pytest.mark.parametrize(
    ("columns", "names", "sentence"),
    [
        ([], (), "There are no columns to compare."),
        ([Column("a", tiles([1]) / 2)], (), "A comparison got images of shape .* and dtype float64; expected uint8"),
        ([Column("a", tiles([1])), Column("b", tiles([1, 2]))], (), r"equally many images; received \[1, 2\]"),
        ([Column("a", tiles([1]))], ("x", "y"), "Names and captions must be as many as the 1 images of a column"),
    ],
)
def test_what_cannot_be_drawn(columns, names, sentence):
    with pytest.raises(InputError, match=sentence):
        draw_comparison(columns, names)
