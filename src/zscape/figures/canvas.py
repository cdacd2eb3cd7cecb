"""Paper, pens and colours that all figures share; no pyplot, and matplotlib's global settings stay as they are."""

import functools
import io
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

P = ParamSpec("P")
R = TypeVar("R")

DPI = 144
"""Pixels per inch of every PNG."""

PALETTE = (
    "#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6", "#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd",
)  # fmt: skip
"""Ten colours that people with colour vision deficiencies can tell apart (M. Petroff, arXiv:2107.02270)."""

INK = "#2b2d33"
DATA, REFERENCE, QUIET = PALETTE[0], PALETTE[2], "#c3c7cd"
"""What was measured; what it is compared with; what plays no part."""

_STYLE: dict[Any, Any] = {
    "font.family": ["DejaVu Sans"],  # comes with matplotlib, so that every machine draws the same
    "font.size": 9.0,
    "axes.titlesize": 10.0,
    "axes.labelsize": 9.0,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "legend.fontsize": 8.0,
    "legend.frameon": False,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": "#8a8e96",
    "xtick.color": "#5c6068",
    "ytick.color": "#5c6068",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.formatter.useoffset": False,
    "grid.color": "#e6e8eb",
    "grid.linewidth": 0.7,
    "lines.linewidth": 1.6,
    "figure.facecolor": "white",
    "figure.constrained_layout.w_pad": 0.08,  # inches
    "figure.constrained_layout.h_pad": 0.08,
    "axes.facecolor": "white",
    "text.usetex": False,
}


def styled(draw: Callable[P, R]) -> Callable[P, R]:
    """Decorate a function that draws: zscape's style holds within it, and only there."""

    @functools.wraps(draw)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with matplotlib.rc_context(_STYLE):
            return draw(*args, **kwargs)

    return wrapped


def new_figure(width: float, height: float) -> tuple[Figure, Axes]:
    """Return an empty figure and its axes.

    Args:
        width: inches; a PNG has 144 pixels per inch.
        height: inches.
    """
    figure, axes = new_panels(width, height, 1)
    return figure, axes[0]


@styled
def new_panels(width: float, height: float, columns: int) -> tuple[Figure, list[Axes]]:
    """Return an empty figure and its axes, side by side.

    Args:
        width: inches, of the whole figure.
        height: inches.
        columns: number of axes.
    """
    figure = Figure(figsize=(width, height), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, list(figure.subplots(1, columns, squeeze=False)[0])


@styled
def note(axes: Axes, text: str) -> None:
    """Write why the axes are empty into their middle."""
    axes.text(
        0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color="#5c6068", backgroundcolor="white"
    )


@styled
def png(picture: Figure | Image.Image) -> bytes:
    """Return the figure (144 dpi) or image as PNG; the same picture gives the same bytes."""
    buffer = io.BytesIO()
    if isinstance(picture, Image.Image):
        picture.save(buffer, format="PNG", optimize=False)
    else:
        FigureCanvasAgg(picture).print_figure(buffer, format="png", dpi=DPI, metadata={"Software": None})
    return buffer.getvalue()
