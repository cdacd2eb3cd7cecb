"""The files below a folder, without what is not the user's data."""

import os
from collections.abc import Iterator
from pathlib import Path

_SIGNS_OF_A_RUN = {"recipe.yaml", "history.jsonl"}


def walk_files(folder: Path) -> Iterator[Path]:
    """Yield every file below a folder, in no order; hidden ones and those of zscape's run directories are left out.

    A run begun inside the folder of its own images would otherwise find its pictures among them.
    """
    for parent, folders, files in os.walk(folder):
        if _SIGNS_OF_A_RUN & set(files):
            folders.clear()
            continue
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(parent) / name for name in files if not name.startswith("."))
