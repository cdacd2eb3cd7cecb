"""What codes know of true factors: how well each is read, and what the radius changes about it."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zscape.analysis.factors import FactorsRecord, Shell
from zscape.figures.canvas import DATA, INK, QUIET, new_panels, styled

_ROW, _LEAST, _MOST = 0.26, 2.6, 13.0  # inches per factor; of the whole figure
_LONGEST = 24  # letters of a name
_LOW = -0.3  # R^2 below it is drawn as a triangle at the edge
_SHADES = ("#a9cdec", DATA, "#17508a", "#071f38")  # from the innermost quarter to the outermost
_BESIDE = 0.13  # of a row, between the marks of two quarters


@styled
def draw_factors(record: FactorsRecord) -> Figure:
    """Draw R^2 of each factor, best first, and by radius; and how wide factors spread by radius, where that is known.

    Args:
        record: the factors.
    """
    order = np.argsort([-r2 for r2 in record.r2], kind="stable")
    height = float(np.clip(_ROW * len(order) + 1.3, _LEAST, _MOST))
    panels = 2 if record.shells else 1
    figure, axes = new_panels(8.6 if panels == 2 else 5.6, height, panels)
    _rows(axes[0], [_short(record.names[i]) for i in order])
    _read(axes[0], [record.r2[i] for i in order])
    _marks(axes[0], [[shell.r2[i] for i in order] for shell in record.shells], record.shells)
    lowest = min([*record.r2, *(r2 for shell in record.shells for r2 in shell.r2 if r2 is not None)])
    axes[0].set_xlim(max(min(-0.02, lowest - 0.05), _LOW - 0.02), 1.02)
    axes[0].set_xlabel("R² of a linear readout; 0 is no better than the mean")
    if record.shells:
        _rows(axes[1], [""] * len(order))
        axes[1].axvline(1.0, color=QUIET, linewidth=1.2)
        _marks(axes[1], [[shell.spread[i] for i in order] for shell in record.shells])
        axes[1].set_xlabel("spread of the factor, 1 as over all")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=5)
    return figure


def _rows(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(np.arange(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(axis="y", visible=False)


def _read(axes: Axes, r2: Sequence[float]) -> None:
    axes.barh(np.arange(len(r2)), np.maximum(r2, _LOW), height=0.72, color="#e3e6ea", zorder=1)
    axes.axvline(0.0, color=QUIET, linewidth=1.2)
    axes.plot(np.maximum(r2, _LOW), np.arange(len(r2)), "|", color=INK, markersize=13, label="all codes", zorder=3)


def _marks(axes: Axes, values: Sequence[Sequence[float | None]], shells: Sequence[Shell] = ()) -> None:
    """Draw a mark per quarter and factor, the quarters a little below each other."""
    for number, row in enumerate(values):
        below = (number - (len(values) - 1) / 2) * _BESIDE
        there = [(value, i + below) for i, value in enumerate(row) if value is not None]
        x, y = np.array([max(value, _LOW) for value, _ in there]), np.array([place for _, place in there])
        label = f"|z| {shells[number].low:.3g} to {shells[number].high:.3g}" if shells else None
        cut = np.array([value < _LOW for value, _ in there], dtype=bool)
        colour = _SHADES[number % len(_SHADES)]
        axes.plot(x[~cut], y[~cut], "o", color=colour, markersize=3.8, label=label, zorder=4)
        if cut.any():  # an empty line would have no place, and the layout needs one
            axes.plot(x[cut], y[cut], "<", color=colour, markersize=4.5, clip_on=False, zorder=4)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
