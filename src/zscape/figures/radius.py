"""The shell on which the points lie, beside that of N(0, I)."""

import numpy as np
from matplotlib.figure import Figure

from zscape.analysis.radius import RadiusRecord, chi_density
from zscape.figures.canvas import DATA, INK, REFERENCE, new_figure, styled


@styled
def draw_radius(record: RadiusRecord) -> Figure:
    """Draw the histogram of the radii as a density, the law of N(0, I) over it, and the means of both.

    For a VAE the radii are those of mu; the root mean square radius of drawn points is marked too.
    """
    figure, axes = new_figure(6.4, 3.6)
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
    figure.legend(loc="outside upper center", ncols=4 if record.drawn_rms is None else 3)
    return figure
