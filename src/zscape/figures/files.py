"""Figures as SVG and PDF beside their PNGs, on demand."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.figure import Figure
from PIL import Image

from zscape.core.errors import InputError
from zscape.core.files import write_bytes
from zscape.figures.canvas import VECTOR_FORMATS, vector

FORMATS = ("png", *VECTOR_FORMATS)
"""In what figures can be had; PNG is always written."""


def vector_formats(formats: Sequence[str]) -> tuple[str, ...]:
    """Return the formats asked for without PNG, in a fixed order, each once.

    Args:
        formats: some of `FORMATS`, in any order.

    Raises:
        InputError: for any other format.
    """
    if isinstance(formats, str):
        formats = (formats,)
    unknown = [kind for kind in formats if kind not in FORMATS]
    if unknown:
        raise InputError(f"Figures cannot be written as {unknown[0]!r}; choose from {', '.join(FORMATS)}.")
    return tuple(kind for kind in VECTOR_FORMATS if kind in formats)


def write_vectors(pictures: Mapping[str, Figure | Image.Image], folder: Path, formats: Sequence[str]) -> list[Path]:
    """Write the figures as `NAME.svg` and `NAME.pdf`, and return their paths; pictures of pixels stay PNG.

    Args:
        pictures: figures and pictures by name.
        folder: where to write.
        formats: as `vector_formats` takes them.
    """
    written = []
    for kind in vector_formats(formats):
        for name, picture in pictures.items():
            if isinstance(picture, Figure):
                path = folder / f"{name}.{kind}"
                write_bytes(path, vector(picture, kind))
                written.append(path)
    return written
