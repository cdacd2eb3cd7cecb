"""All figures of a set of codes."""

import numpy as np
from matplotlib.figure import Figure

from zscape.analysis.spectrum import project
from zscape.analysis.study import Analysis
from zscape.core.seeds import generator
from zscape.figures.attributes import draw_attributes
from zscape.figures.clusters import draw_clusters
from zscape.figures.coordinates import draw_coordinates
from zscape.figures.drawn import draw_drawn, draw_log_var
from zscape.figures.factors import draw_factors
from zscape.figures.normality import draw_normality
from zscape.figures.posterior import draw_kl
from zscape.figures.radius import draw_radius
from zscape.figures.scatter import draw_scatter
from zscape.figures.spectrum import draw_spectrum
from zscape.latent.codes import Codes

MOST_POINTS = 10_000
"""Points in a scatter; of more codes a seeded random choice is drawn."""


def draw_study(codes: Codes, analysis: Analysis) -> dict[str, Figure]:
    """Return the figures of a set of codes by name; `Analysis.sentences` has a sentence for each.

    radius, spectrum, coordinates; scatter (with 2 or more dimensions); normality, clusters, attributes and factors
    (where they were not left out); kl, drawn, log_var (of a VAE).

    Args:
        codes: the codes.
        analysis: their study.
    """
    figures = {"radius": draw_radius(analysis.radius), "spectrum": draw_spectrum(analysis.spectrum)}
    if codes.z_dim > 1:
        figures["scatter"] = _scatter(codes)
    if analysis.posterior is not None:
        figures["kl"] = draw_kl(analysis.posterior)
    figures["coordinates"] = draw_coordinates(analysis.coordinates)
    clouds = [record for record in (analysis.normality, analysis.normality_drawn) if record is not None]
    if clouds:
        figures["normality"] = draw_normality(clouds)
    if analysis.clusters is not None:
        figures["clusters"] = draw_clusters(analysis.clusters)
    if analysis.attributes is not None:
        figures["attributes"] = draw_attributes(analysis.attributes)
    if analysis.factors is not None:
        figures["factors"] = draw_factors(analysis.factors)
    if analysis.drawn is not None:
        figures["drawn"] = draw_drawn(analysis.drawn)
        figures["log_var"] = draw_log_var(analysis.drawn)
    return figures


def _scatter(codes: Codes) -> Figure:
    points = codes.mu if codes.z_dim == 2 else project(codes.mu)
    axis_names = ("z 0", "z 1") if codes.z_dim == 2 else ("first principal axis", "second principal axis")
    chosen = np.arange(len(codes))
    if len(codes) > MOST_POINTS:
        chosen = np.sort(generator(0, "scatter").choice(len(codes), MOST_POINTS, replace=False))
    labels = None if codes.labels is None else codes.labels[chosen]
    return draw_scatter(points[chosen], labels, codes.label_names, axis_names)
