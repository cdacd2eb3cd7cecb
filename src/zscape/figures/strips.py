"""Rows of images along paths, with a name per row, a caption per column, marks, and curves below."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from PIL import Image, ImageDraw, ImageFont

from zscape.core.errors import InputError
from zscape.figures.canvas import DPI, INK, PALETTE, QUIET, REFERENCE, png, styled
from zscape.figures.grid import check_images
from zscape.figures.lettering import letters, wrapped

MARK = REFERENCE
"""Colour of the bar below images that are marked: red."""

_ROWS = (PALETTE[0], PALETTE[3], PALETTE[4], PALETTE[1])  # of curves, one per strip

_TEXT = 14  # pixels
_LINE = 19
_MARGIN = 14
_GAP = 7  # white pixels between tiles; a mark lies in it
_BAR = 4
_LARGE, _SMALL, _FEW = 88, 64, 12  # tiles are about this large: up to `_FEW` in a row, and more
_CURVE, _CURVE_GAP, _CURVE_LEFT = 84, 22, 210  # heights of a panel and of the space between; width for its words

MOST_CURVES = len(_ROWS)
"""Strips up to which there are curves; more cannot be told apart in so small a panel."""


@dataclass(frozen=True, eq=False)
class Strip:
    """One row of images.

    Attributes:
        name: stands to the left; may have several lines.
        images: uint8 (n, height, width, 1 or 3 channels).
        captions: a text below each image, or none.
        marked: which images get a bar below, or none.
    """

    name: str
    images: np.ndarray
    captions: tuple[str, ...] = ()
    marked: tuple[bool, ...] = ()


@dataclass(frozen=True)
class Curve:
    """A panel below the strips: a value per column, a line per strip.

    Attributes:
        name: what it is, in two lines at most.
        values: one sequence per strip, as long as the strip.
        band: lower end, middle and upper end of what is usual, drawn in grey; None for none.
    """

    name: str
    values: tuple[tuple[float, ...], ...]
    band: tuple[float, float, float] | None = None


@dataclass(frozen=True)
class Page:
    """What stands around the strips.

    Attributes:
        columns: a caption above each column, or none.
        curves: panels below; only for up to 4 strips, whose images they stand under.
        note: sentences below everything, broken into lines.
    """

    columns: tuple[str, ...] = ()
    curves: tuple[Curve, ...] = ()
    note: str = ""


PLAIN = Page()
"""Nothing around the strips."""


def draw_strips(strips: Sequence[Strip], page: Page = PLAIN) -> Image.Image:
    """Return the strips below each other, as a picture of pixels: images are enlarged by whole numbers.

    Args:
        strips: at least one, all of equally many images of one size.
        page: captions, curves and notes around them.

    Raises:
        InputError: when the strips do not fit each other or the captions.
    """
    _check(strips, page.columns)
    tiles = [_tiles(strip.images) for strip in strips]
    count, height, width = tiles[0].shape[:3]
    font = letters(_TEXT)
    curves = page.curves if len(strips) <= MOST_CURVES else ()
    left = _MARGIN + max([*(_block_width(strip.name, font) for strip in strips), 0]) + _MARGIN
    left = max(left, _MARGIN + _CURVE_LEFT) if curves else left
    step = height + _GAP + (_LINE if any(strip.captions for strip in strips) else 0)
    top = _MARGIN + (_LINE + 4 if page.columns else 0)
    wide = max(left + count * (width + _GAP) + _MARGIN, 640 if page.note else 0)
    lines = wrapped(page.note, wide - 2 * _MARGIN, font)
    below = top + len(strips) * step
    sheet = Image.new("RGB", (wide, below + len(lines) * _LINE + _MARGIN), "white")
    draw = ImageDraw.Draw(sheet)
    for i, text in enumerate(page.columns):
        _centred(draw, text, left + i * (width + _GAP) + width / 2, _MARGIN + _LINE / 2, width + _GAP, font)
    for row, (strip, images) in enumerate(zip(strips, tiles, strict=True)):
        at = top + row * step
        colour = _ROWS[row] if curves and len(strips) > 1 else INK
        draw.multiline_text((_MARGIN, at + height / 2), strip.name, fill=colour, font=font, anchor="lm", spacing=3)
        for i, tile in enumerate(images):
            x = left + i * (width + _GAP)
            sheet.paste(Image.fromarray(tile), (x, at))
            if strip.marked and strip.marked[i]:
                draw.rectangle((x, at + height + 1, x + width - 1, at + height + _BAR), fill=MARK)
            if strip.captions:
                _centred(draw, strip.captions[i], x + width / 2, at + height + _GAP + 8, width + _GAP, font)
    if curves:
        sheet = _with_curves(sheet, curves, below, (left, width, count))
        draw = ImageDraw.Draw(sheet)
    start = sheet.height - len(lines) * _LINE - _MARGIN + 4
    for i, line in enumerate(lines):
        draw.text((_MARGIN, start + i * _LINE), line, fill=INK, font=font)
    return sheet


def _with_curves(sheet: Image.Image, curves: Sequence[Curve], at: int, place: tuple[int, int, int]) -> Image.Image:
    tall = len(curves) * (_CURVE + _CURVE_GAP) + _CURVE_GAP
    panel = Image.open(io.BytesIO(png(_curves_figure(curves, sheet.width, tall, place)))).convert("RGB")
    page = Image.new("RGB", (sheet.width, sheet.height + tall), "white")
    page.paste(sheet.crop((0, 0, sheet.width, at)), (0, 0))
    page.paste(panel, (0, at))
    return page


@styled
def _curves_figure(curves: Sequence[Curve], wide: int, tall: int, place: tuple[int, int, int]) -> Figure:
    left, tile, count = place
    figure = Figure(figsize=(wide / DPI, tall / DPI), dpi=DPI)
    FigureCanvasAgg(figure)
    steps = np.arange(1, count + 1)
    full = count * (tile + _GAP) - _GAP
    for i, curve in enumerate(curves):
        bottom = tall - (i + 1) * (_CURVE + _CURVE_GAP)
        axes = figure.add_axes((left / wide, bottom / tall, full / wide, _CURVE / tall))
        if curve.band is not None:
            axes.axhspan(curve.band[0], curve.band[2], color=QUIET, alpha=0.45, linewidth=0)
            axes.axhline(curve.band[1], color="white", linewidth=1.2)
        for row, values in enumerate(curve.values):
            axes.plot(steps, values, color=_ROWS[row], marker="o", markersize=3, clip_on=False)
        # A step stands in the middle of its image: half a tile before the first, and a gap after the last.
        axes.set_xlim(1 - tile / 2 / (tile + _GAP), count + tile / 2 / (tile + _GAP))
        axes.set_xticks(steps, [""] * count)
        axes.tick_params(axis="x", length=2)
        axes.yaxis.set_major_locator(MaxNLocator(3))
        figure.text(_MARGIN / wide, (bottom + _CURVE / 2) / tall, curve.name, va="center", fontsize=8)
    return figure


def _check(strips: Sequence[Strip], columns: Sequence[str]) -> None:
    if not strips:
        raise InputError("There are no strips to draw.")
    for strip in strips:
        check_images(strip.images, "A strip")
    shapes = {strip.images.shape[:3] for strip in strips}
    if len(shapes) > 1:
        raise InputError(f"Strips must agree in number, height and width of their images; received {sorted(shapes)}.")
    count = len(strips[0].images)
    texts = [columns, *(strip.captions for strip in strips), *(strip.marked for strip in strips)]
    if any(len(entries) not in (0, count) for entries in texts):
        raise InputError(f"Captions and marks must be as many as the {count} images of a strip, or none.")


def _tiles(images: np.ndarray) -> np.ndarray:
    size = _LARGE if len(images) <= _FEW else _SMALL
    scale = max(1, round(size / max(images.shape[1:3])))
    colours = np.broadcast_to(images, (*images.shape[:3], 3))
    return colours.repeat(scale, axis=1).repeat(scale, axis=2)


def _centred(draw: ImageDraw.ImageDraw, text: str, x: float, y: float, room: int, font: ImageFont.FreeTypeFont) -> None:
    while len(text) > 1 and font.getlength(text) > room:
        text = text[:-2] + "…"
    draw.text((x, y), text, fill=INK, font=font, anchor="mm")


def _block_width(text: str, font: ImageFont.FreeTypeFont) -> int:
    return max(round(font.getlength(line)) for line in text.split("\n"))
