from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_hex

from tests.analysis.test_saved_maps import MAP, OTHER
from tests.figures.test_drawings import assert_nothing_overlaps
from zscape.core.errors import InputError
from zscape.figures.canvas import PALETTE, png
from zscape.figures.maps import draw_maps

LABELS = np.arange(100) // 2 % 3  # of all points, of which every second is mapped


def test_maps_lie_side_by_side_under_their_settings():
    figure = draw_maps([MAP, replace(OTHER, perplexity=10.0, exaggeration=16.0)], LABELS, ("a", "b", "c"))
    assert [axes.get_title() for axes in figure.axes] == [
        "perplexity 16, early exaggeration 12",
        "perplexity 10, early exaggeration 16",
    ]
    for axes, record in zip(figure.axes, (MAP, OTHER), strict=True):
        [cloud] = axes.collections
        np.testing.assert_allclose(np.asarray(cloud.get_offsets()), record.coordinates)
        shown = [to_hex(colour) for colour in cloud.get_facecolors()]  # pyright: ignore[reportAttributeAccessIssue]
        assert shown == [PALETTE[label] for label in LABELS[MAP.rows]]
        assert not axes.get_xticks().size and not axes.get_yticks().size
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["a", "b", "c"]
    assert png(figure) == png(
        draw_maps([MAP, replace(OTHER, perplexity=10.0, exaggeration=16.0)], LABELS, ("a", "b", "c"))
    )
    assert_nothing_overlaps(figure)


def test_without_labels_and_with_very_many():
    assert not draw_maps([MAP]).legends
    assert not draw_maps([MAP], np.arange(100)).legends


def test_errors():
    with pytest.raises(InputError, match=r"^There are no maps to draw\.$"):
        draw_maps([])
    with pytest.raises(InputError, match=r"^There are labels of shape \(50,\) for 100 points\.$"):
        draw_maps([MAP], LABELS[:50])
