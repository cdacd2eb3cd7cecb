"""What the user reads where a preparation cannot go on."""

import errno
import shutil
from pathlib import Path

from zscape.core.errors import InputError
from zscape.data.preparation.journal import Done

_FULL = {
    errno.ENOSPC: "The disk is full",
    errno.EDQUOT: "The disk quota is used up",
    errno.EFBIG: "The file of images is larger than is allowed here",
}


def disk_error(error: OSError, path: Path, needed: int = 0) -> InputError:
    """Return the error for a disk that refuses.

    Args:
        error: what the system said.
        path: the store that was to be written.
        needed: bytes that were still to be written, 0 where that is not known.
    """
    if error.errno in _FULL:
        room = f" ({disk_size(needed)} are still to be written, {disk_size(_free(path))} are free)" if needed else ""
        return InputError(f"{_FULL[error.errno]}: the store {path} cannot be written{room}; free some space.")
    return InputError(f"The store {path} cannot be written: {error.strerror or error}.")


def kept_so_far(done: Done, total: int) -> str:
    """Return the sentence that says what is not lost."""
    images = f"{done.entries:,} of {total:,} images are done and kept"
    return (
        f"{images}: the same command goes on there."
        if done.entries
        else "Nothing is done yet: the same command begins again."
    )


def disk_size(size: int) -> str:
    """Return bytes on a disk for people, such as "640 bytes", "4.2 kB", "31.5 MB", "5.6 GB" (powers of 1000)."""
    for unit, power in (("GB", 9), ("MB", 6), ("kB", 3)):
        if size >= 0.9995 * 10**power:  # from where the smaller unit would be rounded to 1000.0
            return f"{size / 10**power:,.1f} {unit}"
    return f"{size} byte{'s' * (size != 1)}"


def _free(path: Path) -> int:
    folder = path.parent
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
