"""Small multiples: each coordinate of the codes beside N(0, 1)."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from scipy import stats

from zscape.analysis.coordinates import CoordinateHistogram, CoordinatesRecord
from zscape.figures.canvas import DATA, REFERENCE, new_figure, styled

_COLUMNS = 6
_PANEL = (1.25, 1.15)  # inches
_LEGEND = 0.75  # inches, with the names of the axes
_REACH = 3.5  # sd of N(0, 1) that are always in view
_TALLEST = 1.2  # three times the peak of N(0, 1); narrower coordinates are cut off there


@styled
def draw_coordinates(record: CoordinatesRecord) -> Figure:
    """Draw the histogram of each coordinate of mu over N(0, 1), all on the same scales.

    Up to 36 coordinates are drawn in their order; of more, 36 from the most to the least normal. Each is named with the
    share of its points that are out of place (Kolmogorov distance).
    """
    shown = record.histograms
    columns = min(_COLUMNS, len(shown))
    rows = -(-len(shown) // columns)
    width = max(columns * _PANEL[0], 3.4)
    height = max(rows * _PANEL[1], 2.0 if rows == 1 else 0.0) + _LEGEND
    figure, axes = new_figure(width + 0.3, height)
    axes.remove()
    grid = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    for panel, histogram in zip(grid.flat, shown, strict=False):
        _draw(panel, histogram)
        distance = record.kolmogorov[histogram.dimension]
        panel.set_title(f"z {histogram.dimension}: {100 * distance:.2g} %", fontsize=8, pad=2)
    for panel in grid.flat[len(shown) :]:
        panel.remove()
    grid[0, 0].set_xlim(min(-_REACH, *(h.low for h in shown)), max(_REACH, *(h.high for h in shown)))
    grid[0, 0].xaxis.set_major_locator(MaxNLocator(nbins=3, integer=True))
    grid[0, 0].set_ylim(0, _tallest(shown))
    for panel in grid[-1, : len(shown) - (rows - 1) * columns]:
        panel.tick_params(labelbottom=True)
    law = Line2D([], [], color=REFERENCE, label="N(0, 1)")
    which = "" if len(shown) == len(record.mean) else f" ({len(shown)} of {len(record.mean)}, most normal first)"
    handles = [Patch(color=DATA, alpha=0.6, label=f"coordinates of mu{which}, with % of points out of place"), law]
    figure.legend(handles=handles, loc="outside upper center", ncols=2 if columns > 3 else 1)
    return figure


def _draw(panel: Axes, histogram: CoordinateHistogram) -> None:
    edges = np.linspace(histogram.low, histogram.high, len(histogram.counts) + 1)
    density = np.array(histogram.counts) / (sum(histogram.counts) * np.diff(edges))
    panel.stairs(density, edges, fill=True, color=DATA, alpha=0.6)
    x = np.linspace(-_REACH - 0.5, _REACH + 0.5, 101)
    panel.plot(x, stats.norm.pdf(x), color=REFERENCE, linewidth=1.1)
    panel.set_yticks([])
    panel.grid(visible=False, axis="y")
    panel.spines["left"].set_visible(False)


def _tallest(shown: tuple[CoordinateHistogram, ...]) -> float:
    """Return the upper end of the scale: what most need, at least the bell's, at most three times as much."""
    tops = [max(h.counts) / sum(h.counts) * len(h.counts) / (h.high - h.low) for h in shown]
    return 1.08 * float(np.clip(np.max(tops), 0.42, _TALLEST))
