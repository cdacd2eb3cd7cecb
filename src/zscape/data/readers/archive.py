"""What the packs of .zip and .tar files share: names that can be trusted, and bytes read in place."""

import contextlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from zscape.core.errors import InputError
from zscape.data.readers.pack import SourceLost, plain_name
from zscape.data.readers.walk import SIGNS_OF_A_RUN, why_not_read

_Own = TypeVar("_Own", bound="ArchivePack")

_LEADS_OUT = "its name leads out of the archive"
_REPLACED = "another entry of the same name comes later, which counts"


class ArchivePack:
    """The images of an archive file that stays as it is; nothing is unpacked to the disk.

    Args:
        path: the archive.
        names: names of the images, sorted and unique.
        table: int64 (n, columns), where each image lies; what the columns are, the kind of archive knows.
    """

    def __init__(self, path: Path, names: Sequence[str], table: np.ndarray) -> None:
        self.path = path
        self.names = tuple(names)
        self.table = table
        self._location = os.path.abspath(path)
        self._stamp = _stamp(os.stat(self._location))
        self._handle: int | None = None

    def __len__(self) -> int:
        return len(self.names)

    def select(self: _Own, positions: Sequence[int] | np.ndarray) -> _Own:
        """Return a pack of the images at `positions`, which are ascending."""
        return type(self)(self.path, [self.names[i] for i in positions], self.table[np.asarray(positions, np.int64)])

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_handle": None}  # every process opens the file for itself

    def __del__(self) -> None:
        handle = self.__dict__.get("_handle")
        if handle is not None:
            with contextlib.suppress(OSError):
                os.close(handle)

    def _bytes_at(self, offset: int, count: int) -> bytes:
        """Return `count` bytes of the archive.

        Raises:
            SourceLost: when the archive is gone, has changed, or cannot be read.
        """
        try:
            if self._handle is None:
                self._handle = os.open(self._location, os.O_RDONLY)
                if _stamp(os.fstat(self._handle)) != self._stamp:
                    raise SourceLost(f"The archive {self.path} has changed since its images were listed.")
            data = os.pread(self._handle, count, offset)  # moves no position that threads or forks would share
        except FileNotFoundError:
            raise SourceLost(f"The archive {self.path} is gone.") from None
        except OSError as error:
            raise SourceLost(f"The archive {self.path} cannot be read: {error.strerror or error}.") from None
        if len(data) < count:
            raise SourceLost(f"The archive {self.path} has become shorter since its images were listed.")
        return data


@dataclass(frozen=True)
class Entry:
    """One file in an archive.

    Attributes:
        name: as the archive has it.
        row: its numbers for the table.
        reason: why it cannot be used, or None.
    """

    name: str
    row: tuple[int, ...]
    reason: str | None = None


def usable_entries(entries: Iterable[Entry], suffixes: tuple[str, ...]) -> tuple[list[Entry], list[tuple[str, str]]]:
    """Return the images among an archive's entries, sorted by name, and (name, reason) of those that are skipped.

    Hidden files, those that macOS adds, and run directories are left out. Of entries with one name the last counts.
    """
    found: dict[str, Entry] = {}
    skipped: list[tuple[str, str]] = []
    runs = set()
    for entry in entries:
        parts = [part for part in entry.name.replace("\\", "/").split("/") if part not in ("", ".")]
        if parts and parts[-1] in SIGNS_OF_A_RUN:
            runs.add("/".join(parts[:-1]))
        hidden = any(part.startswith(".") and part != ".." for part in parts) or "__MACOSX" in parts
        if not parts or hidden:
            continue
        foreign = why_not_read(parts[-1])
        if foreign is None and not parts[-1].lower().endswith(suffixes):
            continue
        name = plain_name("/".join(parts))
        outward = entry.name[:1] in ("/", "\\") or ".." in parts or parts[0][1:2] == ":"
        reason = _LEADS_OUT if outward else entry.reason or foreign
        if reason is not None:
            skipped.append((plain_name(entry.name) if outward else name, reason))
            continue
        if name in found:
            skipped.append((name, _REPLACED))
        found[name] = Entry(name, entry.row)
    outside = [found[name] for name in sorted(found) if not _inside(name, runs)]
    return outside, sorted(pair for pair in skipped if not _inside(pair[0], runs))


def table_of(entries: Sequence[Entry], columns: int) -> np.ndarray:
    """Return the rows of `entries` as int64 (n, columns)."""
    return np.array([entry.row for entry in entries], np.int64).reshape(len(entries), columns)


def check_is_file(path: Path) -> None:
    """Raise an error where an archive is not there or cannot be opened.

    Raises:
        InputError: then.
    """
    try:
        with path.open("rb"):
            return
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be opened: {error.strerror or error}.") from None


def begins_like(path: Path) -> str | None:
    """Return what a file begins like that is no archive of the kind its name says, in a few words, or None."""
    with path.open("rb") as file:
        head = file.read(512)
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not head:
        return "it is empty"
    if text.startswith((b"<!doctype", b"<html", b"<head", b"<?xml", b"<!--")):
        return (
            "it begins like an HTML page, as a download page does when a confirmation or a login is asked for; "
            "download it again in a browser"
        )
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            return f"it begins like {kind}"
    return "it begins like a .tar file" if head[257:262] == b"ustar" else None


_MAGIC = {
    b"PK\x03\x04": "a .zip file",
    b"\x1f\x8b": "a gzip file (.gz)",
    b"BZh": "a bzip2 file (.bz2)",
    b"\xfd7zXZ\x00": "an xz file (.xz)",
    b"7z\xbc\xaf\x27\x1c": "a .7z file",
    b"Rar!": "a .rar file",
    b"\x28\xb5\x2f\xfd": "a zstd file (.zst)",
    b"\xff\xd8\xff": "a JPEG image",
    b"\x89PNG": "a PNG image",
}


def _inside(name: str, folders: set[str]) -> bool:
    parts = name.split("/")[:-1]
    return bool(folders) and any("/".join(parts[:depth]) in folders for depth in range(len(parts) + 1))


def _stamp(stat: os.stat_result) -> tuple[int, int]:
    return stat.st_size, stat.st_mtime_ns
