"""Images on their way to a file."""

from pathlib import Path

import numpy as np
from PIL import Image

from zscape.core.errors import InputError
from zscape.core.files import write_bytes
from zscape.figures.canvas import png


def to_bytes(images: np.ndarray) -> np.ndarray:
    """Return float images in [0, 1] as uint8."""
    return np.rint(images * 255.0).astype(np.uint8)


def write_png(path: Path | str, picture: Image.Image) -> Path:
    """Write a picture as PNG, whole or not at all, and return its path."""
    path = Path(path)
    write_bytes(path, png(picture))
    return path


def checked_png(path: Path | str, n: int) -> Path:
    """Return `path` if it names a .png file and n images can be drawn into it.

    Raises:
        InputError: when it does not, or n is below 1.
    """
    path = Path(path)
    if path.suffix.lower() != ".png":
        raise InputError(f"--out must be a .png file; received {path}.")
    if n < 1:
        raise InputError(f"-n must be at least 1, received {n}.")
    return path
