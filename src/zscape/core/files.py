"""Files written whole or not at all: written aside, flushed to the disk, then renamed."""

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zscape.core.errors import InputError


def write_bytes(path: Path, data: bytes) -> None:
    """Write `data` to `path`; at any moment the path holds the old content or the new, never a part."""
    with whole_file(path) as aside:
        handle = os.open(aside, os.O_WRONLY)
        try:
            write_all(handle, data)
        finally:
            os.close(handle)


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield an empty file beside `path` to fill; it is flushed and gets the name when the block ends well.

    At any moment `path` holds the old content or the new, never a part.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    os.close(handle)
    try:
        yield Path(name)
        handle = os.open(name, os.O_RDWR)  # what has the name now: a library may have put another file there
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def write_all(handle: int, data: bytes | memoryview) -> None:
    """Write all of `data` to an open file; the system may take it in parts.

    Args:
        handle: the file's descriptor.
        data: bytes, or a memoryview of bytes.

    Raises:
        OSError: when the disk takes no more; what it took before that stays in the file.
    """
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]


def sync_directory(path: Path) -> None:
    """Bring to the disk which files a folder holds, so that new names outlive a power failure."""
    if os.name != "posix":  # elsewhere folders cannot be opened, and need not be
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def copy_whole(source: Path, target: Path) -> None:
    """Make `target` hold what `source` holds now, at once; no bytes are copied where the file system has hard links.

    Later writes of `source` with this module replace the file, so `target` keeps its content.
    """
    aside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        os.link(source, aside)
        os.replace(aside, target)
        return
    except OSError:
        pass
    finally:
        # Left over when the renaming failed, or did nothing because both were one file already.
        with contextlib.suppress(OSError):
            os.unlink(aside)
    write_bytes(target, source.read_bytes())


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8, whole or not at all."""
    write_bytes(path, text.encode())


def write_json(path: Path, value: Any) -> None:
    """Write `value` as indented JSON, whole or not at all; NaN and infinities are refused."""
    write_text(path, to_json(value))


def to_json(value: Any) -> str:
    """Return `value` as the JSON text that zscape writes everywhere: indented, UTF-8, strict."""
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises:
        InputError: when the file is missing or is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.") from None
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(f"{path} is not valid JSON ({error}); it may be damaged or cut off.") from None


@contextlib.contextmanager
def new_directory(path: Path) -> Iterator[Path]:
    """Yield an empty directory that becomes `path` when the block ends well, and vanishes when it does not.

    If another process made `path` meanwhile, its directory stays and ours is dropped.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent))
    try:
        yield aside
        os.chmod(aside, 0o777 & ~_umask())
        with contextlib.suppress(FileExistsError):
            try:
                os.rename(aside, path)
            except OSError:
                if not path.is_dir():
                    raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _umask() -> int:
    # The only way to read the umask is to set it.
    mask = os.umask(0)
    os.umask(mask)
    return mask
