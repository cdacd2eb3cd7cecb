"""Points in the plane, coloured by label."""

from collections.abc import Sequence

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import Bbox

from zscape.core.errors import InputError
from zscape.figures.canvas import DATA, PALETTE, new_figure, styled

MOST_IN_LEGEND = 20
"""Classes in a legend; of more none is drawn."""

LEGEND_WIDTH = 1.3
"""Inches beside the axes."""

_WIDTH, _HEIGHT = 5.6, 5.2  # inches
_HALO = 4.5  # points of white around a name, half of them outside of the letters


@styled
def draw_scatter(
    points: np.ndarray,
    labels: np.ndarray | None = None,
    label_names: Sequence[str] | None = None,
    axis_names: tuple[str, str] = ("first coordinate", "second coordinate"),
) -> Figure:
    """Draw all points given (the caller subsamples), on equal scales, later ones over earlier ones.

    With labels each class has a colour, its name at the median of its points (left out where it would cover another),
    and an entry in a legend beside the axes (up to 20 classes; colours repeat after 10).

    Args:
        points: (n, 2), any real dtype, n >= 1.
        labels: integer (n,), or None.
        label_names: name of label i at position i; None for the numbers.
        axis_names: what the two coordinates are.

    Raises:
        InputError: when the points are no finite (n, 2), or there is not one label per point.
    """
    if points.ndim != 2 or points.shape[1] != 2 or len(points) == 0 or not np.isfinite(points).all():
        raise InputError(f"A scatter needs finite points (n, 2), n >= 1, got {points.shape}.")
    if labels is not None and np.shape(labels) != (len(points),):
        raise InputError(f"There are labels of shape {np.shape(labels)} for {len(points)} points.")
    has_legend = labels is not None and len(np.unique(labels)) <= MOST_IN_LEGEND
    figure, axes = new_figure(_WIDTH + (LEGEND_WIDTH if has_legend else 0.0), _HEIGHT)
    draw_points(axes, points, labels)
    axes.set_aspect("equal", adjustable="datalim")
    axes.set_xlabel(axis_names[0])
    axes.set_ylabel(axis_names[1])
    if labels is not None:
        names = class_names(labels, label_names)
        if has_legend:
            draw_legend(figure, names)
        annotate(figure, axes, points, labels, names)
    return figure


@styled
def draw_points(axes: Axes, points: np.ndarray, labels: np.ndarray | None) -> None:
    """Put the points on the axes, smaller and paler the more there are, each class in its colour.

    Args:
        axes: where to.
        points: (n, 2).
        labels: integer (n,), or None.
    """
    colours = DATA if labels is None else np.array(PALETTE)[labels % len(PALETTE)]
    # Chosen by eye so that the ink of a full cloud stays about the same from 300 to 100,000 points.
    size = float(np.clip(6000 / len(points), 2.0, 18))
    alpha = float(np.clip((6000 / len(points)) ** 0.5, 0.35, 0.9))
    axes.scatter(points[:, 0], points[:, 1], s=size, c=colours, alpha=alpha, linewidths=0, rasterized=True)


def class_names(labels: np.ndarray, names: Sequence[str] | None) -> dict[int, str]:
    """Return the name of each class that there is, by its number; the number itself where it has none."""
    known = () if names is None else names
    numbers = [int(label) for label in np.unique(labels)]
    return {number: known[number] if 0 <= number < len(known) else str(number) for number in numbers}


@styled
def annotate(figure: Figure, axes: Axes, points: np.ndarray, labels: np.ndarray, names: dict[int, str]) -> None:
    """Write the name of each class at the median of its points, unless it would cover another.

    Args:
        figure: whole but for the names.
        axes: of the figure.
        points: (n, 2).
        labels: integer (n,).
        names: of each class, by its number.
    """
    figure.draw_without_rendering()  # fixes the layout, so that the extents of the names are known
    taken: list[Bbox] = []
    outline = [patheffects.withStroke(linewidth=_HALO, foreground="white")]
    for label, name in names.items():
        x, y = np.median(points[labels == label], axis=0)
        text = axes.text(x, y, name, ha="center", va="center", fontsize=9, fontweight="bold", path_effects=outline)
        extent = text.get_window_extent()
        if any(extent.overlaps(other) for other in taken):
            text.remove()
        else:
            taken.append(extent)


@styled
def draw_legend(figure: Figure, names: dict[int, str]) -> None:
    """Put a legend of the classes beside the axes."""
    handles = [
        Line2D([], [], linestyle="", marker="o", markersize=6, color=PALETTE[label % len(PALETTE)], label=name)
        for label, name in names.items()
    ]
    figure.legend(handles=handles, loc="outside right upper")
