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

_MOST_IN_LEGEND = 20
_WIDTH, _HEIGHT, _LEGEND = 5.6, 5.2, 1.3  # inches
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
    has_legend = labels is not None and len(np.unique(labels)) <= _MOST_IN_LEGEND
    figure, axes = new_figure(_WIDTH + (_LEGEND if has_legend else 0.0), _HEIGHT)
    colours = DATA if labels is None else np.array(PALETTE)[labels % len(PALETTE)]
    size, alpha = _pen(len(points))
    axes.scatter(points[:, 0], points[:, 1], s=size, c=colours, alpha=alpha, linewidths=0, rasterized=True)
    axes.set_aspect("equal", adjustable="datalim")
    axes.set_xlabel(axis_names[0])
    axes.set_ylabel(axis_names[1])
    if labels is not None:
        names = {int(label): _name(int(label), label_names) for label in np.unique(labels)}
        if has_legend:
            _legend(figure, names)
        _annotate(figure, axes, points, labels, names)
    return figure


def _pen(count: int) -> tuple[float, float]:
    # Chosen by eye so that the ink of a full cloud stays about the same from 300 to 100,000 points.
    size = float(np.clip(6000 / count, 2.0, 18))
    return size, float(np.clip((6000 / count) ** 0.5, 0.35, 0.9))


def _name(label: int, names: Sequence[str] | None) -> str:
    return names[label] if names is not None and 0 <= label < len(names) else str(label)


def _annotate(figure: Figure, axes: Axes, points: np.ndarray, labels: np.ndarray, names: dict[int, str]) -> None:
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


def _legend(figure: Figure, names: dict[int, str]) -> None:
    handles = [
        Line2D([], [], linestyle="", marker="o", markersize=6, color=PALETTE[label % len(PALETTE)], label=name)
        for label, name in names.items()
    ]
    figure.legend(handles=handles, loc="outside right upper")
