"""Letters in pictures of pixels, which matplotlib does not draw."""

import functools
from pathlib import Path

import matplotlib
from PIL import ImageFont


@functools.cache
def letters(size: int) -> ImageFont.FreeTypeFont:
    """Return the font of all other figures, which comes with matplotlib, at a size in pixels."""
    return ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"), size)


def wrapped(text: str, room: int, font: ImageFont.FreeTypeFont) -> list[str]:
    """Return a text as lines of at most `room` pixels; a word that is longer has a line of its own."""
    lines: list[str] = []
    for paragraph in text.split("\n") if text else []:
        line = ""
        for word in paragraph.split():
            if line and font.getlength(f"{line} {word}") > room:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}".strip()
        lines.append(line)
    return lines
