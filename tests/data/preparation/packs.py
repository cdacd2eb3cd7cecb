"""Packs for tests: image files in memory or in a folder, some of them bad; worker processes import this file too."""

import io
import os
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
from PIL import Image

from zscape.data.preparation.jobs import Pictures
from zscape.data.raw import RawImages
from zscape.data.readers.pack import Pack, SourceLost, Unusable

CRASH, DEADLY, LOST, BUG = b"crash", b"deadly", b"lost", b"bug"


def encoded(number: int, shape: tuple[int, int] = (9, 8), kind: str = "PNG") -> bytes:
    """Return a colour picture of noise as a file."""
    file = io.BytesIO()
    pixels = np.random.default_rng(number).integers(0, 256, (*shape, 3), np.uint8)
    Image.fromarray(pixels).save(file, kind)
    return file.getvalue()


class MemoryPack:
    """A pack of given bytes, of which `CRASH` and `DEADLY` kill the process that reads them.

    Not the one that made the pack: for that, `CRASH` is an unusable file and `DEADLY` a picture.
    """

    def __init__(self, files: dict[str, bytes]) -> None:
        self.names = tuple(sorted(files))
        self._files = [files[name] for name in self.names]
        self._maker = os.getpid()

    def __len__(self) -> int:
        return len(self.names)

    def read(self, position: int) -> bytes:
        data = self._files[position]
        if data in (CRASH, DEADLY) and os.getpid() != self._maker:
            os.kill(os.getpid(), signal.SIGKILL)
        if data == CRASH:
            raise Unusable("its decoder crashed")
        if data == DEADLY:
            return encoded(0)
        if data == LOST:
            raise SourceLost("The folder of the test is gone.")
        if data == BUG:
            raise ZeroDivisionError("a bug")
        return data


class EndlessPictures(Pictures):
    """Pictures, but for the entry called 04, whose decoder never ends."""

    def _read(self, images: Pack, position: int, alone: Callable[[bytes], AbstractContextManager]) -> np.ndarray:
        with alone(b""):
            while images.names[position] == "04":
                pass
        return super()._read(images, position, alone)


def raw_of(files: dict[str, bytes], **changes: object) -> RawImages:
    """Return what a source would say of these files."""
    pack = MemoryPack(files)
    fields = {"labels": None, "label_names": None, "parts": None, "names": pack.names, "origin": "Made for a test."}
    return RawImages(images=pack, **{**fields, **changes})  # type: ignore[arg-type]


def write_folder(folder: Path, count: int, bad: tuple[int, ...] = (), shape: tuple[int, int] = (9, 8)) -> Path:
    """Write a folder of pictures in two classes, some of them cut off; return it."""
    for number in range(count):
        path = folder / "ab"[number % 2] / f"{number:04}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        data = encoded(number, shape)
        path.write_bytes(data[: len(data) // 2] if number in bad else data)
    return folder


def content(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder by relative name."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
