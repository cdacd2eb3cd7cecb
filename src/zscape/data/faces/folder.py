"""A set of faces on the disk, in CelebA's own layout, whole or not at all."""

import os
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zscape.core.errors import InputError
from zscape.core.files import new_directory, write_json, write_text
from zscape.data.faces.face import ATTRIBUTES, CORRELATED, FACTORS
from zscape.data.faces.pack import VERSION, FacesPack, parts_of, values_of
from zscape.data.faces.portrait import SIZE
from zscape.data.preparation.jobs import Reply
from zscape.data.preparation.pool import WorkersLost
from zscape.data.preparation.run import replies
from zscape.data.readers.pack import SourceLost

IMAGES = "img_align_celeba"
_CHUNK = 50  # faces that a worker paints at a time
_FILE_BYTES = 8_000  # of a face, roughly

Progress = Callable[[int, int], None]
"""Called with (faces done, faces in all)."""


@dataclass(frozen=True)
class _Drawing:
    """The job of a worker process: faces into files."""

    pack: FacesPack
    folder: str

    def run(self, positions: np.ndarray, alone: Callable[[bytes], AbstractContextManager] = nullcontext) -> Reply:
        del alone  # all faces are small
        try:
            for position in positions:
                Path(self.folder, self.pack.names[position]).write_bytes(self.pack.read(int(position)))
        except OSError as error:
            raise SourceLost(f"The faces cannot be written: {error.strerror or error}.") from None
        return Reply(())


def write_faces(
    folder: Path, count: int, seed: int, workers: int, note: Callable[[str], None], progress: Progress | None = None
) -> None:
    """Write a set of faces: img_align_celeba/, attributes, parts, factors.csv and faces.json, which says what they are.

    The folder appears when all is in it; until then it grows beside its place, under another name.

    Args:
        folder: does not exist yet, or is empty.
        count: number of faces.
        seed: which set.
        workers: processes that paint; 1 paints in this one.
        note: takes sentences for the user.
        progress: told how far it is.

    Raises:
        InputError: when the folder holds something, or the disk refuses.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} exists already and is not an empty folder; delete it or name another.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder.parent).free < count * _FILE_BYTES:
        raise InputError(f"{count:,} faces need {count * _FILE_BYTES / 1e6:,.0f} MB, more than is free at {folder}.")
    with new_directory(folder) as aside:
        (aside / IMAGES).mkdir()
        job = _Drawing(FacesPack(count, seed), str(aside / IMAGES))
        chunks = (np.arange(start, min(start + _CHUNK, count)) for start in range(0, count, _CHUNK))
        try:
            done = 0
            for positions, _ in replies(job, chunks, workers, 2 * workers, Path(os.devnull), note):
                done += len(positions)
                if progress is not None:
                    progress(done, count)
        except (SourceLost, WorkersLost) as error:
            raise InputError(str(error)) from None
        _write_tables(aside, job.pack.names, count, seed)


def _write_tables(folder: Path, names: tuple[str, ...], count: int, seed: int) -> None:
    factors, attributes = values_of(count, seed)
    parts = parts_of(count, seed)
    signs = (" ".join(f"{1 if value else -1:2d}" for value in row) for row in attributes)
    rows = "".join(f"{name} {row}\n" for name, row in zip(names, signs, strict=True))
    write_text(folder / "list_attr_celeba.txt", f"{count}\n{' '.join(ATTRIBUTES)}\n{rows}")
    lines = "".join(f"{name} {part}\n" for name, part in zip(names, parts, strict=True))
    write_text(folder / "list_eval_partition.txt", lines)
    header = ",".join(["name", *(factor.name for factor in FACTORS)])
    numbers = (",".join(f"{value:.6g}" for value in row) for row in factors)
    table = "".join(f"{name},{row}\n" for name, row in zip(names, numbers, strict=True))
    write_text(folder / "factors.csv", f"{header}\n{table}")
    write_json(folder / "faces.json", about(count, seed))


def about(count: int, seed: int) -> dict:
    """Return what a set of faces is, for people and programs."""
    return {
        "what": "synthetic faces painted by zscape; nobody's portraits, free to pass on",
        "count": count,
        "seed": seed,
        "painter": VERSION,
        "size": {"height": SIZE[0], "width": SIZE[1]},
        "factors": {f.name: {"low": f.low, "high": f.high, "meaning": f.meaning, "drawn": f.draw} for f in FACTORS},
        "attributes": list(ATTRIBUTES),
        "correlated_on_purpose": list(CORRELATED),
    }
