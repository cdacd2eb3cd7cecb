"""The journal of a preparation: one line for each chunk of entries whose images are safely on the disk."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from zscape.core.files import write_all


@dataclass(frozen=True)
class Done:
    """How far a preparation came.

    Attributes:
        entries: number of entries dealt with, from the first one on.
        images: number of images written; the others were skipped.
        skipped: (number of the entry, reason) of these, ascending.
    """

    entries: int = 0
    images: int = 0
    skipped: tuple[tuple[int, str], ...] = ()


class Journal:
    """The open journal, at whose end lines are added.

    Args:
        path: the file; made where there is none.
        most_images: number of images that the file of images has in full; lines that promise more are dropped, as is
            a line that was cut off.

    Attributes:
        done: what the lines that stayed say.
    """

    def __init__(self, path: Path, most_images: int) -> None:
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            self.done, length = _read(path.read_bytes(), most_images)
            os.ftruncate(self._handle, length)
            os.lseek(self._handle, length, os.SEEK_SET)
        except BaseException:
            self.close()
            raise

    def add(self, chunks: list[Done]) -> None:
        """Add lines and bring them to the disk.

        Args:
            chunks: for each chunk `entries` and `images` in all up to its end, and `skipped` of its own.
        """
        lines = [json.dumps([chunk.entries, chunk.images, chunk.skipped]) + "\n" for chunk in chunks]
        write_all(self._handle, "".join(lines).encode())
        os.fsync(self._handle)

    def close(self) -> None:
        """Close the file."""
        os.close(self._handle)


def _read(data: bytes, most_images: int) -> tuple[Done, int]:
    """Return what the whole lines say, and their length in bytes."""
    entries = images = length = 0
    skipped: list[tuple[int, str]] = []
    for line in data.splitlines(keepends=True):
        try:
            entries_now, images_now, skipped_now = json.loads(line)
        except (ValueError, TypeError):
            break
        if not line.endswith(b"\n") or images_now > most_images:
            break
        entries, images, length = entries_now, images_now, length + len(line)
        skipped.extend((number, reason) for number, reason in skipped_now)
    return Done(entries, images, tuple(skipped)), length
