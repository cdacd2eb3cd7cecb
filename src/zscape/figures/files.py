"""Figures as SVG and PDF beside their PNGs, on demand."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.figure import Figure
from PIL import Image

from zscape.core.files import write_bytes
from zscape.core.names import some_of
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
    return tuple(kind for kind in some_of(formats, FORMATS, "Figures") if kind in VECTOR_FORMATS)


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
