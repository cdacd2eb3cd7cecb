"""The shell on which the points lie, beside that of N(0, I)."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, Locator, MaxNLocator

from zscape.analysis.radius import RadiusRecord, chi_density
from zscape.figures.canvas import DATA, INK, PALETTE, REFERENCE, new_figure, styled

_CUBES = PALETTE[4]
_APART = 0.04  # of the width of the figure: two numbers nearer than this would touch


@styled
def draw_radius(record: RadiusRecord) -> Figure:
    """Draw the histogram of the radii as a density, the law of N(0, I) over it, and the means of both.

    For a VAE the radii are those of mu; the root mean square radius of drawn points is marked too. A second scale on
    top says for which r points uniform in the cube [-r, r] lie at a radius.
    """
    figure, axes = new_figure(6.4, 3.9)
    of_mu = "" if record.drawn_rms is None else " (mu)"
    edges = np.array(record.edges)
    density = np.array(record.counts) / (record.count * np.diff(edges))
    axes.stairs(density, edges, fill=True, color=DATA, alpha=0.45, label=f"{record.count:,} z-points{of_mu}")
    axes.stairs(density, edges, color=DATA, linewidth=1.0)
    low = max(0.0, record.chi_mean - 4.5 * record.chi_sd)
    r = np.linspace(low, record.chi_mean + 4.5 * record.chi_sd, 400)
    dimensions = "1 dimension" if record.z_dim == 1 else f"{record.z_dim} dimensions"
    axes.plot(r, chi_density(r, record.z_dim), color=REFERENCE, label=f"N(0, I) in {dimensions}")
    marks = [(record.mean, DATA, "--", "their mean"), (record.chi_mean, REFERENCE, "--", "its mean")]
    if record.drawn_rms is not None:
        marks.append((record.drawn_rms, INK, ":", "drawn with posterior variance, r.m.s."))
    for at, colour, dashes, name in marks:
        axes.axvline(at, color=colour, linestyle=dashes, linewidth=1.3, label=f"{name} {at:.2f}")
    axes.set_ylim(bottom=0)
    axes.set_xlabel("radius |z|")
    axes.set_ylabel("density")
    _scale_of_cubes(axes, record)
    figure.legend(loc="outside upper center", ncols=4 if record.drawn_rms is None else 3)
    return figure


class _CubeTicks(Locator):
    """Ticks at the cubes that reports show, as many of them as stand apart; at round numbers where few are in the view.

    Chosen when the figure is drawn: its axis may have been made the same as another figure's by then.
    """

    def __init__(self, widths: Sequence[float]) -> None:
        self.widths = sorted(widths, reverse=True)

    def __call__(self) -> list[float]:
        assert self.axis is not None
        low, high = self.axis.get_view_interval()
        return self.tick_values(low, high)

    def tick_values(self, vmin: float, vmax: float) -> list[float]:
        ticks: list[float] = []
        for r in self.widths:  # where they would run into each other, the smaller ones are left out
            if vmin <= r <= vmax and all(abs(other - r) > _APART * (vmax - vmin) for other in ticks):
                ticks.append(r)
        if len(ticks) > 2 and ticks[0] > 0.5 * vmax:
            return ticks
        return [float(r) for r in MaxNLocator(nbins=6).tick_values(vmin, vmax) if r >= 0.0]


def _scale_of_cubes(axes: Axes, record: RadiusRecord) -> None:
    one = record.cubes[0].mean / record.cubes[0].r
    ways = (lambda radius: np.asarray(radius) / one, lambda r: np.asarray(r) * one)
    scale = axes.secondary_xaxis("top", functions=ways)
    scale.xaxis.set_major_locator(_CubeTicks([cube.r for cube in record.cubes]))
    scale.xaxis.set_major_formatter(FuncFormatter(lambda r, _: f"{r:g}"))
    scale.set_xlabel("r of the cube [-r, r] whose random points lie here", fontsize=8)
    scale.tick_params(colors=_CUBES)
    scale.xaxis.label.set_color(_CUBES)
    scale.spines["top"].set_visible(True)
