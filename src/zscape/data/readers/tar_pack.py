"""A .tar of image files, read in place: one pass finds where each lies."""

import tarfile
from collections.abc import Iterator
from pathlib import Path

from zscape.core.errors import InputError
from zscape.data.readers.archive import ArchivePack, Entry, begins_like, check_is_file, table_of, usable_entries
from zscape.data.readers.pack import too_large

PACKED = {
    (".tar.gz", ".tgz"): "gunzip -k",
    (".tar.bz2", ".tbz2", ".tbz"): "bunzip2 -k",
    (".tar.xz", ".txz"): "unxz -k",
    (".tar.zst", ".tzst"): "unzstd",
}
"""Endings of packed archives, in which nothing can be read in place, and the command that unpacks them."""


class TarPack(ArchivePack):
    """The images of a .tar; the table's columns are where an image begins and how many bytes it has."""

    def read(self, position: int) -> bytes:
        """Return the encoded image at a position of `names`.

        Raises:
            SourceLost: when the archive is gone or has changed.
        """
        offset, size = (int(value) for value in self.table[position])
        return self._bytes_at(offset, size)


def list_tar(path: Path, suffixes: tuple[str, ...]) -> tuple[TarPack, list[tuple[str, str]]]:
    """Return the images of a .tar, and (name, reason) of those that are skipped; nothing is decoded.

    Raises:
        InputError: when it is missing, cut off, packed or no tar archive.
    """
    check_not_packed(path)
    check_is_file(path)
    try:
        entries, skipped = usable_entries(_entries(path), suffixes)
    except _Damaged as error:
        entries_read = "1 entry" if error.number == 1 else f"{error.number:,} entries"
        raise InputError(f"{path} is damaged or cut off after {entries_read}; get the file again.") from None
    except Exception as error:  # tarfile lets errors of many kinds out of a damaged archive
        like = begins_like(path)
        what = like if like and "ustar" not in like else f"({str(error).rstrip('.') or type(error).__name__})"
        raise InputError(f"{path} is no tar archive: {what}.") from None
    return TarPack(path, [entry.name for entry in entries], table_of(entries, 2)), skipped


def check_not_packed(path: Path) -> None:
    """Say how to unpack a .tar.gz and the like.

    Raises:
        InputError: for these.
    """
    for endings, command in PACKED.items():
        for ending in endings:
            if path.name.lower().endswith(ending):
                plain = f"{path.name[: -len(ending)]}.tar"
                raise InputError(
                    f"{path} is a packed archive, in which single images cannot be reached; unpack it once with "
                    f"`{command} {path.name}` and give {plain}."
                )


class _Damaged(Exception):
    def __init__(self, number: int) -> None:
        self.number = number


def _entries(path: Path) -> Iterator[Entry]:
    length = path.stat().st_size
    with tarfile.open(path, "r:") as archive:
        number, last = 0, -1
        while True:
            try:
                member = archive.next()
            except Exception:
                if number == 0:
                    raise
                raise _Damaged(number) from None
            if member is None:
                break
            # An entry of negative size would be read for ever.
            if member.offset <= last or member.size < 0 or member.offset_data < 0:
                raise _Damaged(number)
            number, last = number + 1, member.offset
            archive.members = []  # pyright: ignore[reportAttributeAccessIssue]  else all of them stay in memory
            if not member.isdir():
                yield Entry(member.name, (member.offset_data, member.size), _why_not(member, length))
        _check_end(path, archive.offset, number)


def _why_not(member: tarfile.TarInfo, length: int) -> str | None:
    if member.issym() or member.islnk():
        return "a link inside an archive; such links are not followed"
    if not member.isreg() or member.issparse():
        return "no regular file"
    if member.offset_data + member.size > length:
        return "it is cut off inside the archive"
    return too_large(member.size)


def _check_end(path: Path, offset: int, number: int) -> None:
    # At a header that it does not understand, tarfile stops as if the archive ended there.
    with path.open("rb") as file:
        file.seek(offset)
        if any(file.read(tarfile.BLOCKSIZE)):
            raise _Damaged(number)
