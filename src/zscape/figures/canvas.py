"""Paper, pens and colours that all figures share; no pyplot, and matplotlib's global settings stay as they are."""

import functools
import io
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from PIL import Image

_METADATA = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}  # no dates, no versions

P = ParamSpec("P")
R = TypeVar("R")

DPI = 144
"""Pixels per inch of every PNG."""

VECTOR_FORMATS = ("svg", "pdf")
"""In what figures can be written besides PNG."""

PALETTE = (
    "#2f7fc9", "#e27700", "#c0271a", "#23ac7a", "#5800af", "#47c4ff", "#ff81be", "#780048", "#b4c80b", "#243000",
)  # fmt: skip
"""Ten colours as far from each other as ten can be, and nearly as far for people with colour vision deficiencies.

Found by search among those with no more than two blues: the least distance of two of them in OKLab is 0.17, and 0.10
as protanopes and deuteranopes see them (simulated after Machado et al. 2009); matplotlib's ten have 0.11, 0.007, 0.02.
"""

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
    # The same figure gives the same bytes; letters are outlines, so that they look alike without the font.
    "svg.hashsalt": "zscape",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
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


def png(picture: Figure | Image.Image) -> bytes:
    """Return the figure (144 dpi) or image as PNG; the same picture gives the same bytes."""
    if isinstance(picture, Figure):
        return _printed(picture, "png")
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG", optimize=False)
    return buffer.getvalue()


def vector(figure: Figure, kind: str) -> bytes:
    """Return the figure as an SVG or PDF file; the same figure gives the same bytes.

    Args:
        figure: the figure; clouds of points lie in it as a picture of 288 dpi.
        kind: one of `VECTOR_FORMATS`.
    """
    return _printed(figure, kind)


@styled
def _printed(figure: Figure, kind: str) -> bytes:
    # The layout is found once and then kept: found again, it would move by the rounding of floats.
    if kind != "png" and isinstance(figure.get_layout_engine(), ConstrainedLayoutEngine):
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
    buffer = io.BytesIO()
    dpi = DPI if kind == "png" else 2 * DPI  # of clouds of points, which are pixels in vector files too
    FigureCanvasAgg(figure).print_figure(buffer, format=kind, dpi=dpi, metadata=_METADATA[kind])
    figure.set_layout_engine("none")
    return buffer.getvalue()
