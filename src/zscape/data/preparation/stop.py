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
        room = f" ({_megabytes(needed)} are still to be written, {_megabytes(_free(path))} are free)" if needed else ""
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


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


def _free(path: Path) -> int:
    folder = path.parent
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
