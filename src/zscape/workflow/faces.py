"""`zscape faces`: synthetic portraits with known factors, in CelebA's layout."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from zscape.core.errors import InputError
from zscape.data.faces.face import ATTRIBUTES, FACTORS, draw_face
from zscape.data.faces.folder import write_faces
from zscape.data.faces.pack import SEED, parts_of, values_of
from zscape.data.faces.portrait import paint
from zscape.data.sources.faces import COUNT, check_count
from zscape.figures.grid import image_grid
from zscape.specs.base import SPLITS
from zscape.workflow.notes import note_to_stderr
from zscape.workflow.pictures import write_png

_SHEET, _SHEET_COLUMNS = 100, 10


@dataclass(frozen=True)
class FacesSet:
    """A set of synthetic faces on the disk.

    Attributes:
        directory: its folder.
        count: number of faces.
        seed: which set.
        parts: number of faces by part.
        factors: names of the factors, in the order of factors.csv.
        attributes: number of faces with each attribute.
        sheet: a picture of the first 100, if one was asked for.
    """

    directory: str
    count: int
    seed: int
    parts: dict[str, int]
    factors: tuple[str, ...]
    attributes: dict[str, int]
    sheet: str | None


def faces(
    out: Path | str,
    n: int = COUNT,
    *,
    seed: int = SEED,
    workers: int = 2,
    sheet: Path | str | None = None,
    note: Callable[[str], None] = note_to_stderr,
    progress: Callable[[int, int], None] | None = None,
) -> FacesSet:
    """Paint synthetic faces and write them in CelebA's layout: images of 178x218, attributes, parts; and factors.csv.

    Face i depends on seed and i alone: a larger set begins with the faces of a smaller one.

    Args:
        out: a folder that does not exist yet, or is empty; it appears when all is done.
        n: number of faces, 10 to 999,999.
        seed: which set, 0 or more.
        workers: processes that paint.
        sheet: a .png file for a picture of the first 100 faces.
        note: takes sentences for the user.
        progress: called with (faces done, faces in all).

    Raises:
        InputError: when a number or file name cannot be used, `out` holds something, or the disk refuses.
    """
    check_count(n, "-n")
    if workers < 1:
        raise InputError(f"--workers must be at least 1, received {workers}.")
    if seed < 0:
        raise InputError(f"--seed must be 0 or more, received {seed}.")
    if sheet is not None and Path(sheet).suffix.lower() != ".png":
        raise InputError(f"--sheet must be a .png file; received {sheet}.")
    directory = Path(os.path.abspath(Path(out).expanduser()))
    write_faces(directory, n, seed, workers, note, progress)
    if sheet is not None:
        write_png(Path(sheet).expanduser(), _contact_sheet(n, seed))
    counts = np.bincount(parts_of(n, seed), minlength=len(SPLITS))
    shown = values_of(n, seed)[1].sum(axis=0)
    return FacesSet(
        directory=str(out),
        count=n,
        seed=seed,
        parts={name: int(count) for name, count in zip(SPLITS, counts, strict=True)},
        factors=tuple(factor.name for factor in FACTORS),
        attributes={name: int(count) for name, count in zip(ATTRIBUTES, shown, strict=True)},
        sheet=None if sheet is None else str(sheet),
    )


def _contact_sheet(count: int, seed: int) -> Image.Image:
    numbers = range(1, min(count, _SHEET) + 1)
    images = [np.asarray(Image.fromarray(paint(draw_face(seed, number))).reduce(2)) for number in numbers]
    return image_grid(np.stack(images), _SHEET_COLUMNS, scale=1)
