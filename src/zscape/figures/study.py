"""All figures of a set of codes."""

import numpy as np
from matplotlib.figure import Figure

from zscape.analysis.spectrum import project
from zscape.analysis.study import Analysis
from zscape.core.seeds import generator
from zscape.figures.posterior import draw_kl
from zscape.figures.radius import draw_radius
from zscape.figures.scatter import draw_scatter
from zscape.figures.spectrum import draw_spectrum
from zscape.latent.codes import Codes

MOST_POINTS = 10_000
"""Points in a scatter; of more codes a seeded random choice is drawn."""


def draw_study(codes: Codes, analysis: Analysis) -> dict[str, Figure]:
    """Return the figures of a set of codes by name: scatter (with 2 or more dimensions), radius, spectrum, kl (VAE).

    Args:
        codes: the codes.
        analysis: their study.
    """
    figures = {"radius": draw_radius(analysis.radius), "spectrum": draw_spectrum(analysis.spectrum)}
    if codes.z_dim > 1:
        figures["scatter"] = _scatter(codes)
    if analysis.posterior is not None:
        figures["kl"] = draw_kl(analysis.posterior)
    return figures


def _scatter(codes: Codes) -> Figure:
    points = codes.mu if codes.z_dim == 2 else project(codes.mu)
    axis_names = ("z 0", "z 1") if codes.z_dim == 2 else ("first principal axis", "second principal axis")
    chosen = np.arange(len(codes))
    if len(codes) > MOST_POINTS:
        chosen = np.sort(generator(0, "scatter").choice(len(codes), MOST_POINTS, replace=False))
    labels = None if codes.labels is None else codes.labels[chosen]
    return draw_scatter(points[chosen], labels, codes.label_names, axis_names)
