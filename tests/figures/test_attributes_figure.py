"""The figure of attributes."""

import numpy as np
import pytest

from zscape.analysis.attributes import AttributesRecord
from zscape.figures.attributes import draw_attributes
from zscape.figures.canvas import png


def record_of(count):
    auc = tuple(np.linspace(0.55, 0.95, count).tolist())
    matrix = tuple(tuple(row) for row in np.eye(count).tolist())
    ones = (1.0,) * count
    names = tuple(f"attribute {i}" for i in range(count))
    many = (10,) * count
    return AttributesRecord(names, many, many, ones, ones, auc, ones, auc, matrix, 9, 9, 0, True, {})


@pytest.mark.parametrize("count", [1, 3, 40])
def test_the_best_told_stands_on_top(count):
    figure = draw_attributes(record_of(count))
    left, right = figure.axes[:2]
    names = [text.get_text() for text in left.get_yticklabels()]
    assert names == [f"attribute {i}" for i in reversed(range(count))]
    assert left.get_ylim()[0] > left.get_ylim()[1]  # the first is on top
    np.testing.assert_allclose(left.lines[1].get_xdata(), np.linspace(0.95, 0.55, count) if count > 1 else [0.55])
    np.testing.assert_array_equal(right.images[0].get_array(), np.eye(count))
    assert len(right.texts) == (count**2 if count <= 14 else 0)
    assert png(figure)[:4] == b"\x89PNG"


def test_areas_below_chance_are_drawn_too():
    record = record_of(2)
    low = AttributesRecord(**{**record.__dict__, "auc": (0.3, 0.9)})
    assert draw_attributes(low).axes[0].get_xlim()[0] < 0.3
