"""Maps of the points by t-SNE, coloured by label."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from zscape.analysis.projection import MapRecord
from zscape.core.errors import InputError
from zscape.figures.canvas import new_panels, styled
from zscape.figures.scatter import LEGEND_WIDTH, MOST_IN_LEGEND, annotate, class_names, draw_legend, draw_points

_PANEL, _HEIGHT = 4.4, 4.6  # inches


@styled
def draw_maps(
    records: Sequence[MapRecord], labels: np.ndarray | None = None, label_names: Sequence[str] | None = None
) -> Figure:
    """Draw maps side by side, each under its settings; the axes have no scale, because the coordinates mean nothing.

    Args:
        records: maps of the same points, one at least.
        labels: integer (n,), of all n points of which the maps show some; None where there are none.
        label_names: name of label i at position i; None for the numbers.

    Raises:
        InputError: when there are no maps, or there is not one label per point.
    """
    if not records:
        raise InputError("There are no maps to draw.")
    if labels is not None and np.shape(labels) != (records[0].count,):
        raise InputError(f"There are labels of shape {np.shape(labels)} for {records[0].count} points.")
    shown = None if labels is None else labels[records[0].rows]
    names = None if shown is None else class_names(shown, label_names)
    has_legend = names is not None and len(names) <= MOST_IN_LEGEND
    figure, panels = new_panels(_PANEL * len(records) + (LEGEND_WIDTH if has_legend else 0.0), _HEIGHT, len(records))
    for axes, record in zip(panels, records, strict=True):
        draw_points(axes, record.coordinates, shown)
        axes.set_aspect("equal", adjustable="datalim")
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_visible(False)
        axes.set_title(f"perplexity {record.perplexity:g}, early exaggeration {record.exaggeration:g}")
    if names is not None and shown is not None:
        if has_legend:
            draw_legend(figure, names)
        for axes, record in zip(panels, records, strict=True):
            annotate(figure, axes, record.coordinates, shown, names)
    return figure
