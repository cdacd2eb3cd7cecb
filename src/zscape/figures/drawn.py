"""What drawing changes, and how log_var is spread."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from zscape.analysis.drawn import DrawnRecord
from zscape.figures.canvas import DATA, INK, REFERENCE, new_figure, new_panels, styled

_FEW = 40  # up to here dimensions are drawn as bars with their mean
_NUMBERED = 16  # up to here they are numbered
_NEAR = 2.0  # log_var nearer to 0 than this is shown together with it
_INKS = LinearSegmentedColormap.from_list("points", ["#d6e6f5", DATA, "#0b2a4a"])


@styled
def draw_drawn(record: DrawnRecord) -> Figure:
    """Draw the radius of drawn z against that of mu, point by point, as numbers of points per cell."""
    figure, axes = new_figure(5.2, 4.4)
    edges, cells = np.array(record.edges), np.array(record.cells, dtype=float).T
    shown = np.ma.masked_equal(cells, 0)
    mesh = axes.pcolormesh(
        edges, edges, shown, cmap=_INKS, norm=LogNorm(1, max(float(cells.max()), 2.0)), rasterized=True
    )
    axes.plot(edges[[0, -1]], edges[[0, -1]], color=REFERENCE, linestyle="--", linewidth=1.2, label="R(z) = R(mu)")
    axes.set_aspect("equal")
    axes.set_xlabel("R(mu)")
    axes.set_ylabel("R(z), drawn")
    axes.legend(loc="upper left")
    figure.colorbar(mesh, ax=axes, label="z-points per cell", shrink=0.9, format="%g")
    return figure


@styled
def draw_log_var(record: DrawnRecord) -> Figure:
    """Draw the histogram of log_var (left), and its range and mean in each dimension, sorted by the mean (right)."""
    figure, (left, right) = new_panels(7.6, 3.4, 2)
    spread = record.log_var
    edges = np.array(spread.edges)
    share = 100 * np.array(spread.counts) / sum(spread.counts)
    left.stairs(share, edges, fill=True, color=DATA, alpha=0.6)
    left.set_ylim(bottom=0)
    left.set_xlabel("log_var")
    left.set_ylabel("share of the values, %")
    _dimensions(right, record)
    if right.get_ylim()[1] > -_NEAR:
        left.axvline(0.0, color=REFERENCE, linestyle="--", linewidth=1.2)
        right.axhline(0.0, color=REFERENCE, linestyle="--", linewidth=1.2, label="0, as N(0, I) has it")
    figure.legend(*right.get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return figure


def _dimensions(axes: Axes, record: DrawnRecord) -> None:
    spread = record.log_var
    order = np.argsort(spread.mean, kind="stable")
    low, mean, high = (np.array(values)[order] for values in (spread.lowest, spread.mean, spread.highest))
    x = np.arange(len(order))
    if len(order) <= _FEW:
        axes.vlines(x, low, high, color=DATA, linewidth=3.0, alpha=0.45, label="from least to largest")
        axes.plot(x, mean, "o", color=INK, markersize=3.5, label="mean")
        axes.set_xticks(*((x, [str(i) for i in order]) if len(order) <= _NUMBERED else ([],)))
    else:
        axes.fill_between(x, low, high, color=DATA, alpha=0.35, linewidth=0, label="from least to largest")
        axes.plot(x, mean, color=INK, linewidth=1.2, label="mean")
        axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axes.set_xlabel("dimension of z, sorted by mean" if len(order) <= _NUMBERED else "dimensions of z, sorted by mean")
    axes.set_ylabel("log_var")
    axes.grid(visible=False, axis="x")
