"""Figures for columns: narrow, nothing cut off, and on common axes where these can be."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from zscape.figures.canvas import new_figure, new_panels, png
from zscape.reporting.fit import MOST_APART, WIDTH, fit, share_axes


def panels(count: int, width: float = 9.0) -> Figure:
    figure, axes = new_panels(width, 3.0, count)
    for one in axes:
        one.plot([0, 1], [0, 1], label="a rather long name for so short a line")
        one.plot([0, 1], [1, 0], label="another name that is as long as that one")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=2)
    return figure


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_wide_figure_becomes_as_wide_as_asked_and_its_panels_come_below_each_other(count):
    figure = panels(count)
    fit(figure)
    assert figure.get_size_inches()[0] == pytest.approx(WIDTH)
    figure.draw_without_rendering()
    boxes = [axes.get_window_extent() for axes in figure.axes]
    assert len({round(box.x0) for box in boxes}) == 1 and [box.y0 for box in boxes] == sorted(
        (box.y0 for box in boxes), reverse=True
    )
    assert len({round(box.y0) for box in boxes}) == count
    (legend,) = figure.legends
    extent = legend.get_window_extent()
    assert extent.x0 >= 0 and extent.x1 <= figure.bbox.width
    assert [text.get_text() for text in legend.get_texts()] == [
        "a rather long name for so short a line",
        "another name that is as long as that one",
    ]


def test_a_narrow_figure_and_a_table_of_panels_stay_as_they_are():
    narrow, _ = new_figure(4.0, 3.0)
    before = png(narrow)
    fit(narrow)
    assert png(narrow) == before
    table = Figure(figsize=(9, 9), layout="constrained")
    table.subplots(2, 2)
    fit(table)
    assert tuple(table.get_size_inches()) == (9, 9)
    empty = Figure(figsize=(9, 9))
    fit(empty)
    assert tuple(empty.get_size_inches()) == (9, 9)


def test_a_scale_of_colours_stays_with_its_panel():
    figure, (left, right) = new_panels(9, 3, 2)
    left.plot([0, 1])
    figure.colorbar(right.imshow([[0, 1]]), ax=right)
    fit(figure)
    assert figure.get_size_inches()[0] == pytest.approx(WIDTH)
    figure.draw_without_rendering()
    colours = figure.axes[2].get_window_extent()
    assert colours.x0 > right.get_window_extent().x1 - 1 and colours.y1 < left.get_window_extent().y0


def with_ranges(*ranges, scale="linear") -> list[Figure]:
    figures = []
    for low, high in ranges:
        figure, axes = new_figure(3, 3)
        axes.set_yscale(scale)
        axes.set_xlim(low, high)
        axes.set_ylim(1, 2)
        figures.append(figure)
    return figures


def test_common_axes_hold_all_ranges():
    figures = with_ranges((0, 2), (1, 5), (-1, 1))
    assert share_axes(figures, "x")
    assert [figure.axes[0].get_xlim() for figure in figures] == [(-1, 5)] * 3
    assert [figure.axes[0].get_ylim() for figure in figures] == [(1, 2)] * 3


def test_ranges_too_far_apart_stay_as_they_are():
    figures = with_ranges((0, 1), (0, 1.01 * MOST_APART))
    assert not share_axes(figures, "x")
    assert [figure.axes[0].get_xlim()[1] for figure in figures] == [1, 1.01 * MOST_APART]
    assert share_axes(with_ranges((0, 1), (0, 0.99 * MOST_APART)), "x")


def test_other_panels_or_other_scales_share_nothing():
    assert not share_axes([panels(1), panels(2)], "x")
    assert not share_axes([*with_ranges((0, 1)), *with_ranges((0, 1), scale="log")], "y")


def test_on_a_logarithmic_scale_orders_of_magnitude_count():
    figures = with_ranges((0, 1), (0, 1), scale="log")
    figures[0].axes[0].set_ylim(1e-4, 1)
    figures[1].axes[0].set_ylim(1e-4, 1e3)
    assert share_axes(figures, "y")
    assert np.allclose(figures[0].axes[0].get_ylim(), (1e-4, 1e3))
