"""What k-means makes of the points, beside what it makes of a normal cloud."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from zscape.analysis.clusters import ClustersRecord
from zscape.figures.canvas import DATA, INK, REFERENCE, new_panels, styled

_LEAST_SPAN = 0.1  # of the variance: differences below a percent shall not look large


@styled
def draw_clusters(record: ClustersRecord) -> Figure:
    """Draw the inertia per point (left) and the silhouette (right) over the number of clusters, points and normal.

    Bands around the inertia are one standard deviation over the starts. Where there are clusters, their number is
    marked.
    """
    figure, (left, right) = new_panels(7.6, 3.4, 2)
    _curve(left, record.ks, record.inertia, DATA, "o", f"{record.used:,} z-points", record.inertia_sd)
    _curve(
        left,
        record.ks,
        record.normal_inertia,
        REFERENCE,
        "s",
        "as many points of the normal with their mean and covariance",
        record.normal_inertia_sd,
    )
    low, high = left.get_ylim()
    if high - low < _LEAST_SPAN * record.variance:
        middle, half = (low + high) / 2, _LEAST_SPAN * record.variance / 2
        low, high = middle - half, middle + half
    left.set_ylim(max(low, 0.0), high)
    left.set_ylabel("inertia per point")
    _curve(right, record.ks, _numbers(record.silhouette), DATA, "o")
    _curve(right, record.ks, _numbers(record.normal_silhouette), REFERENCE, "s")
    right.set_ylim(min(0.0, right.get_ylim()[0]), max(0.5, right.get_ylim()[1]))
    right.set_ylabel("silhouette")
    for axes in (left, right):
        axes.set_xlabel("clusters k")
        axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, min_n_ticks=1))
        if len(record.ks) == 1:
            axes.set_xlim(record.ks[0] - 1, record.ks[0] + 1)
        if record.found:
            name = f"{record.best_k} clusters" if axes is left else None
            axes.axvline(record.best_k, color=INK, linestyle=":", linewidth=1.3, label=name)
    figure.legend(loc="outside upper center", ncols=3)
    return figure


def _numbers(values: Sequence[float | None]) -> list[float]:
    return [np.nan if value is None else value for value in values]


def _curve(
    axes: Axes,
    ks: Sequence[int],
    values: Sequence[float],
    colour: str,
    marker: str,
    name: str | None = None,
    sd: Sequence[float] | None = None,
) -> None:
    axes.plot(ks, values, color=colour, marker=marker, markersize=3.5, label=name)
    if sd is not None:
        middle, half = np.array(values), np.array(sd)
        axes.fill_between(ks, middle - half, middle + half, color=colour, alpha=0.2, linewidth=0)
