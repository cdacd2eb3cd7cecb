"""Whether the files that a preparation reads are still those that it began with."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from zscape.data.readers.walk import walk_files


def files_below(path: str | None) -> Iterator[tuple[str, int, int]]:
    """Yield (path, bytes, time of the last change in ns) of a file, or of all files below a folder, in order.

    The first entry is the path itself, absolute, because a relative one means another file in another folder.
    """
    if path is None:
        return
    root = Path(path).expanduser().resolve()
    yield str(root), 0, 0
    for file in [root] if root.is_file() else sorted(walk_files(root)):
        # A dangling link has no stat; the reader will say what it thinks of it.
        if file.is_file():
            stat = file.stat()
            yield str(file), stat.st_size, stat.st_mtime_ns


def files_digest(path: str | None) -> str:
    """Return 64 hexadecimal digits that change with any file that `files_below` yields."""
    digest = hashlib.sha256()
    for entry in files_below(path):
        digest.update(json.dumps(entry).encode() + b"\n")
    return digest.hexdigest()
