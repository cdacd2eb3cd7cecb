"""One process prepares a store at a time. The lock is the system's, on an open file: it ends with the process."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from zscape.core.errors import InputError

try:
    import fcntl
except ImportError:  # Windows: two processes that prepare one store at the same time are then not kept apart
    fcntl = None

NAME = "lock"


@contextlib.contextmanager
def locked(folder: Path, store: Path, wait: bool, note: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock of a staging folder, which is made where there is none.

    Args:
        folder: the staging folder; whoever holds its lock may delete it.
        store: the store that is prepared there, for messages.
        wait: whether to wait while another process holds it, which is told to `note`.
        note: takes a sentence for the user.

    Raises:
        InputError: when another process holds it and `wait` is False.
        OSError: when the folder cannot be made.
    """
    handle = _take(folder, store, wait, note)
    try:
        yield
    finally:
        os.close(handle)


def _take(folder: Path, store: Path, wait: bool, note: Callable[[str], None]) -> int:
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o666)  # no child inherits it
        except FileNotFoundError:  # its holder finished and deleted the folder just now
            continue
        try:
            _lock(handle, store, wait, note)
        except BaseException:
            os.close(handle)
            raise
        if _is_still(handle, folder / NAME):
            return handle
        os.close(handle)


def _lock(handle: int, store: Path, wait: bool, note: Callable[[str], None]) -> None:
    if fcntl is None:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return
    except BlockingIOError:
        if not wait:
            raise InputError(
                f"Another process prepares {store} at this moment; wait until it is done, or name another store."
            ) from None
    except OSError:  # a file system without locks
        return
    note(f"Another process prepares {store} at this moment; waiting for it.")
    fcntl.flock(handle, fcntl.LOCK_EX)


def _is_still(handle: int, path: Path) -> bool:
    """Return whether the open file is the one at `path`: its last holder may have deleted it."""
    try:
        there = os.stat(path)
    except FileNotFoundError:
        return False
    return os.path.samestat(os.fstat(handle), there)
