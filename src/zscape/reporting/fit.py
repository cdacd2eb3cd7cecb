"""Figures made to stand beside each other: narrower, and with the same axes where that lets them be compared."""

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend import Legend

from zscape.figures.canvas import styled

WIDTH = 4.6
"""Inches across of a figure in one of several columns."""

MOST_APART = 10.0
"""Ranges of axes further apart than this by ratio share no axes: the narrowest would not be seen."""

_TALLEST = 2.8  # inches of a panel that comes below another
_COLOURS = "<colorbar>"  # how matplotlib labels the axes of a scale of colours, which follow the panel they belong to


@styled
def fit(figure: Figure, width: float = WIDTH) -> None:
    """Make a figure narrower if it is wider; panels in one row come below each other, and a wide legend into more rows.

    Args:
        figure: not yet printed. Figures with several rows and columns of panels are left as they are.
        width: inches.
    """
    now, height = (float(size) for size in figure.get_size_inches())
    if now <= width:
        return
    panels = [axes for axes in figure.axes if axes.get_label() != _COLOURS]
    if not _in_one_row(panels):
        return
    if len(panels) == 1:
        figure.set_size_inches(width, height * math.sqrt(width / now))
    else:
        grid = figure.add_gridspec(len(panels), 1)
        for row, axes in enumerate(panels):
            axes.set_subplotspec(grid[row])
        figure.set_size_inches(width, min(height, _TALLEST) * len(panels))
    for legend in list(figure.legends):
        _narrow(figure, legend)


def share_axes(figures: Sequence[Figure], which: str) -> bool:
    """Give the panels of several figures the same ranges, panel by panel; return whether that was done.

    Nothing is done where figures have other panels than each other, or where one range is more than `MOST_APART` times
    as wide as another.

    Args:
        figures: at least one.
        which: "x", "y" or "xy".
    """
    rows = [figure.axes for figure in figures]
    if len({len(row) for row in rows}) != 1:
        return False
    columns = list(zip(*rows, strict=True))
    if not all(_near_enough(panels, axis) for panels in columns for axis in which):
        return False
    for panels in columns:
        for axis in which:
            limits = [_limits(axes, axis) for axes in panels]
            low, high = min(low for low, _ in limits), max(high for _, high in limits)
            for axes in panels:
                _set(axes, axis, low, high)
    return True


def _in_one_row(panels: Sequence[Axes]) -> bool:
    """Return whether these are all panels of a figure and stand in one row."""
    specs = [axes.get_subplotspec() for axes in panels]
    geometry = {(spec.get_gridspec().nrows, spec.get_gridspec().ncols) for spec in specs if spec is not None}
    return None not in specs and geometry == {(1, len(panels))}


def _narrow(figure: Figure, legend: Legend) -> None:
    figure.draw_without_rendering()
    entries = [text.get_text() for text in legend.get_texts()]
    title = legend.get_title().get_text() or None
    for columns in range(len(entries), 0, -1):
        if legend.get_window_extent().width <= figure.bbox.width:
            return
        handles = legend.legend_handles
        legend.remove()
        legend = figure.legend(
            handles=handles, labels=entries, loc="outside upper center", ncols=columns, title=title, fontsize=7.5
        )
        figure.draw_without_rendering()


def _near_enough(panels: Sequence[Axes], axis: str) -> bool:
    spans = [abs(high - low) for low, high in (_scaled(axes, axis) for axes in panels)]
    same_scale = len({getattr(axes, f"get_{axis}scale")() for axes in panels}) == 1
    return same_scale and max(spans) <= MOST_APART * min(spans)


def _scaled(axes: Axes, axis: str) -> tuple[float, float]:
    low, high = _limits(axes, axis)
    if getattr(axes, f"get_{axis}scale")() == "log" and low > 0:
        return math.log(low), math.log(high)
    return low, high


def _limits(axes: Axes, axis: str) -> tuple[float, float]:
    low, high = axes.get_xlim() if axis == "x" else axes.get_ylim()
    return float(low), float(high)


def _set(axes: Axes, axis: str, low: float, high: float) -> None:
    if axis == "x":
        axes.set_xlim(low, high)
    else:
        axes.set_ylim(low, high)
