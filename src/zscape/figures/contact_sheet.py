"""What a set of images looks like: some of each class in a row beside its name, or a square of them."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from zscape.figures.canvas import INK
from zscape.figures.grid import image_grid

_TEXT = 15  # pixels
_MARGIN = 12
_LONGEST = 24  # letters of a class name


def draw_classes(groups: Sequence[tuple[str, np.ndarray]], note: str = "") -> Image.Image:
    """Return one row of images per class, its name to the left.

    Args:
        groups: name and images of each class, uint8 (n, height, width, 1 or 3 channels), n >= 1, all of one size.
        note: a line below, such as what was left out.

    Raises:
        InputError: when the images cannot be drawn.
    """
    font = _font()
    names = [name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…" for name, _ in groups]
    rows = [image_grid(images, len(images)) for _, images in groups]
    left = _MARGIN + max(_width(name, font) for name in names) + _MARGIN
    step = max(rows[0].height, _TEXT + 4)
    page = Image.new("RGB", (left + max(row.width for row in rows) + _MARGIN, step * len(rows) + 2 * _MARGIN), "white")
    draw = ImageDraw.Draw(page)
    for i, (name, row) in enumerate(zip(names, rows, strict=True)):
        top = _MARGIN + i * step
        draw.text((_MARGIN, top + step / 2), name, fill=INK, font=font, anchor="lm")
        page.paste(row, (left, top))
    return _with_note(page, note)


def draw_crowd(images: np.ndarray, note: str = "") -> Image.Image:
    """Return images without classes in rows and columns, about as many of the one as of the other.

    Args:
        images: uint8 (n, height, width, 1 or 3 channels), n >= 1.
        note: a line below.

    Raises:
        InputError: when the images cannot be drawn.
    """
    grid = image_grid(images, max(1, round(len(images) ** 0.5)))
    page = Image.new("RGB", (grid.width + 2 * _MARGIN, grid.height + 2 * _MARGIN), "white")
    page.paste(grid, (_MARGIN, _MARGIN))
    return _with_note(page, note)


def _with_note(page: Image.Image, note: str) -> Image.Image:
    if not note:
        return page
    font = _font()
    size = (max(page.width, _width(note, font) + 2 * _MARGIN), page.height + _TEXT + _MARGIN)
    taller = Image.new("RGB", size, "white")
    taller.paste(page, (0, 0))
    ImageDraw.Draw(taller).text((_MARGIN, page.height - 2), note, fill=INK, font=font)
    return taller


def _width(text: str, font: ImageFont.FreeTypeFont) -> int:
    return round(font.getlength(text))


def _font() -> ImageFont.FreeTypeFont:
    # The font of all other figures; it comes with matplotlib.
    return ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"), _TEXT)
