"""Images on their way to a file."""

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from zscape.core.errors import InputError
from zscape.core.files import write_bytes
from zscape.data.corrupt import inputs_of
from zscape.data.store import Split
from zscape.figures.canvas import png
from zscape.specs.recipe import Recipe


def to_bytes(images: np.ndarray) -> np.ndarray:
    """Return float images in [0, 1] as uint8."""
    return np.rint(images * 255.0).astype(np.uint8)


def shown_rows(model: Any, recipe: Recipe, split: Split, count: int) -> dict[str, np.ndarray]:
    """Return images of a split to look at, the rows of a picture from top to bottom.

    Args:
        model: the model.
        recipe: its recipe; task and seed say what goes in.
        split: the images, at least one.
        count: how many; all, where there are fewer.

    Returns:
        "inputs" (only with a task that makes them other images), "originals" and "reconstructions", each uint8
        (count, height, width, channels).
    """
    positions = split.shown_positions(count)
    originals, inputs = split.images(positions), inputs_of(split, positions, recipe.task, recipe.training.seed)
    first = {"inputs": inputs} if recipe.task.has_target else {}
    return {**first, "originals": originals, "reconstructions": to_bytes(model.reconstruct(inputs))}


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
