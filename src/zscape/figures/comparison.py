"""Images beside what several networks make of them: a row per image, a named column per network."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from zscape.core.errors import InputError
from zscape.figures.canvas import INK
from zscape.figures.grid import check_images
from zscape.figures.lettering import letters, wrapped

_TEXT, _LINE = 14, 19  # pixels
_MARGIN, _GAP = 14, 12
_TILE = 128  # small images are enlarged to tiles of about this size
_LONGEST = 22  # letters of a name


@dataclass(frozen=True, eq=False)
class Column:
    """One column: images of one size; columns may differ in it.

    Attributes:
        name: stands above; may have two lines.
        images: uint8 (n, height, width, 1 or 3 channels).
        captions: a text below each image, or none.
    """

    name: str
    images: np.ndarray
    captions: tuple[str, ...] = ()


def draw_comparison(columns: Sequence[Column], names: Sequence[str] = (), note: str = "") -> Image.Image:
    """Return the columns beside each other, as a picture of pixels: images are enlarged by whole numbers.

    Args:
        columns: at least one, all with equally many images.
        names: a name per row, to its left, or none.
        note: sentences below, broken into lines.

    Raises:
        InputError: when the columns do not fit each other or their texts.
    """
    rows = _checked(columns, names)
    font = letters(_TEXT)
    tiles = [_tiles(column.images) for column in columns]
    head = max(column.name.count("\n") + 1 for column in columns) * _LINE
    widths = [
        max(tile.shape[2], *(round(font.getlength(text)) for text in (*column.name.split("\n"), *column.captions)))
        for column, tile in zip(columns, tiles, strict=True)
    ]
    step = max(tile.shape[1] for tile in tiles) + _GAP + (_LINE if any(column.captions for column in columns) else 0)
    shown = [name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…" for name in names]
    left = _MARGIN + (max(round(font.getlength(name)) for name in shown) + _GAP if shown else 0)
    wide = max(left + sum(widths) + _GAP * (len(columns) - 1) + _MARGIN, 420 if note else 0)
    lines = wrapped(note, wide - 2 * _MARGIN, font)
    tall = _MARGIN + head + 4 + rows * step + len(lines) * _LINE + _MARGIN
    page = Image.new("RGB", (wide, tall), "white")
    draw = ImageDraw.Draw(page)
    x = left
    for column, tile, width in zip(columns, tiles, widths, strict=True):
        middle = x + width / 2
        draw.multiline_text((middle, _MARGIN), column.name, fill=INK, font=font, anchor="ma", align="center")
        for i in range(rows):
            y = _MARGIN + head + 4 + i * step
            page.paste(Image.fromarray(tile[i]), (round(middle - tile.shape[2] / 2), y))
            if column.captions:
                draw.text((middle, y + tile.shape[1] + 2), column.captions[i], fill=INK, font=font, anchor="ma")
        x += width + _GAP
    for i, name in enumerate(shown):
        draw.text((_MARGIN, _MARGIN + head + 4 + i * step + tiles[0].shape[1] / 2), name, INK, font, anchor="lm")
    for i, line in enumerate(lines):
        draw.text((_MARGIN, tall - _MARGIN - (len(lines) - i) * _LINE + 4), line, fill=INK, font=font)
    return page


def _checked(columns: Sequence[Column], names: Sequence[str]) -> int:
    if not columns:
        raise InputError("There are no columns to compare.")
    for column in columns:
        check_images(column.images, "A comparison")
    rows = len(columns[0].images)
    if {len(column.images) for column in columns} != {rows}:
        raise InputError(f"Columns must have equally many images; received {[len(c.images) for c in columns]}.")
    if any(len(texts) not in (0, rows) for texts in (names, *(column.captions for column in columns))):
        raise InputError(f"Names and captions must be as many as the {rows} images of a column, or none.")
    return rows


def _tiles(images: np.ndarray) -> np.ndarray:
    scale = max(1, round(_TILE / max(images.shape[1:3])))
    colours = np.broadcast_to(images, (*images.shape[:3], 3))
    return colours.repeat(scale, axis=1).repeat(scale, axis=2)
