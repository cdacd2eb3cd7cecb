"""How far the points lie from their own centre, in units of their own spread, beside what a normal's do."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zscape.analysis.normality import NormalityRecord, distance_law
from zscape.figures.canvas import DATA, PALETTE, REFERENCE, new_panels, styled

_PENS = ((DATA, "-", DATA), (PALETTE[1], ":", "white"))  # colour, line, inside of the markers


@styled
def draw_normality(records: Sequence[NormalityRecord]) -> Figure:
    """Draw the Mahalanobis distances: histogram and law (left), quantiles against the law's (right).

    Args:
        records: of mu, of drawn z, or of both; one law is drawn, that of the first, so they should be of one size.
    """
    figure, (left, right) = new_panels(7.6, 3.4, 2)
    for record, (colour, line, inside) in zip(records, _PENS, strict=False):
        name = "drawn z" if record.drawn else "mu"
        edges = np.array(record.edges)
        density = np.array(record.counts) / (record.count * np.diff(edges))
        if colour == DATA:
            left.stairs(density, edges, fill=True, color=colour, alpha=0.45)
        label = f"{name}: {100 * record.kolmogorov:.2g} % of points out of place"
        left.stairs(density, edges, color=colour, linewidth=1.2, label=label)
        pairs = np.sqrt(record.law_quantiles), np.sqrt(record.quantiles)
        right.plot(*pairs, color=colour, linestyle=line, marker="o", markersize=4, markerfacecolor=inside)
    _law(left, records[0])
    ends = np.sqrt(records[0].law_quantiles)[[0, -1]]
    right.plot(ends, ends, color=REFERENCE, linestyle="--", linewidth=1.2)
    right.set_xlabel("distance of a normal's points")
    right.set_ylabel("distance of these points")
    right.set_title("quantiles from 0.1 % to 99.9 %", fontsize=9)
    left.set_xlabel("distance from the centre, in standard deviations")
    left.set_ylabel("density")
    left.set_ylim(bottom=0)
    left.set_xlim(left=0 if records[0].edges[0] < 2 else None)
    figure.legend(loc="outside upper center", ncols=3)
    return figure


def _law(axes: Axes, record: NormalityRecord) -> None:
    law = distance_law(record.rank, record.count)
    low, high = np.sqrt(law.ppf([1e-5, 1 - 1e-5]))
    d = np.linspace(low, high, 400)
    dimensions = "1 dimension" if record.rank == 1 else f"{record.rank} dimensions"
    axes.plot(d, 2 * d * law.pdf(d * d), color=REFERENCE, label=f"any normal in {dimensions}")
