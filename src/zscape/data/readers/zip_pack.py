"""A .zip of image files, read in place.

`zipfile` reads the table of contents, once; what workers need of it are five numbers for each image, where a
`ZipFile` of 200,000 entries would take 100 MB in every worker.
"""

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from zscape.core.errors import InputError
from zscape.data.readers.archive import ArchivePack, Entry, begins_like, check_is_file, table_of, usable_entries
from zscape.data.readers.pack import Unusable, too_large

_HEADER = struct.Struct("<4s22xHH")  # signature, ..., lengths of the name and of the extra field
_SIGNATURE = b"PK\x03\x04"
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGED = "it is damaged inside the archive"


class ZipPack(ArchivePack):
    """The images of a .zip; the table's columns: where an entry begins, its packed size, size, method and CRC-32."""

    def read(self, position: int) -> bytes:
        """Return the encoded image at a position of `names`.

        Raises:
            Unusable: when it is damaged.
            SourceLost: when the archive is gone or has changed.
        """
        start, packed, size, method, crc = (int(value) for value in self.table[position])
        signature, name_length, extra_length = _HEADER.unpack(self._bytes_at(start, _HEADER.size))
        if signature != _SIGNATURE:
            raise Unusable(_DAMAGED)
        begin = start + _HEADER.size + name_length + extra_length
        if begin + packed > self._stamp[0]:
            raise Unusable(_DAMAGED)
        data = self._bytes_at(begin, packed)
        if method == zipfile.ZIP_DEFLATED:
            data = _inflated(data, size)
        if len(data) != size or zlib.crc32(data) != crc:
            raise Unusable(_DAMAGED)
        return data


def list_zip(path: Path, suffixes: tuple[str, ...]) -> tuple[ZipPack, list[tuple[str, str]]]:
    """Return the images of a .zip, and (name, reason) of those that are skipped; nothing is decoded.

    Raises:
        InputError: when it is missing, cut off, or no zip archive.
    """
    check_is_file(path)
    try:
        with zipfile.ZipFile(path) as archive:
            size = path.stat().st_size
            entries, skipped = usable_entries(_entries(archive, size), suffixes)
    except Exception as error:  # zipfile lets errors of many kinds out of a damaged archive
        raise InputError(f"{path} {_why_no_zip(path, error)}.") from None
    return ZipPack(path, [entry.name for entry in entries], table_of(entries, 5)), skipped


def _entries(archive: zipfile.ZipFile, length: int) -> Iterator[Entry]:
    for info in archive.infolist():
        if not info.is_dir():
            row = info.header_offset, info.compress_size, info.file_size, info.compress_type, info.CRC
            yield Entry(info.filename, row, _why_not(info, length))


def _why_not(info: zipfile.ZipInfo, length: int) -> str | None:
    if info.flag_bits & _ENCRYPTED:
        return "it is encrypted"
    if info.compress_type not in _METHODS:
        return f"it is packed by method {info.compress_type}; only stored (0) and deflated (8) entries are read"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "a link inside an archive; such links are not followed"
    if reason := too_large(max(info.file_size, info.compress_size)):
        return reason
    if info.header_offset < 0 or info.header_offset + _HEADER.size + info.compress_size > length:
        return _DAMAGED
    return None


def _inflated(data: bytes, size: int) -> bytes:
    """Return deflated data, of which never more than a byte beyond the stated size is unpacked."""
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, size + 1)
    except zlib.error:
        raise Unusable(_DAMAGED) from None


def _why_no_zip(path: Path, error: Exception) -> str:
    like = begins_like(path)
    if like == "it begins like a .zip file":
        return (
            "is damaged or cut off: its table of contents, which stands at the end of a zip archive, "
            "cannot be read; get the file again"
        )
    return (
        f"is no zip archive: {like}"
        if like
        else f"is no zip archive ({str(error).rstrip('.') or type(error).__name__})"
    )
