"""The files below a folder, without what is not the user's data."""

import os
from collections.abc import Iterator
from pathlib import Path

SIGNS_OF_A_RUN = frozenset({"recipe.yaml", "history.jsonl"})
"""A folder that holds one of these files is a run directory: a run begun inside the folder of its own images would
otherwise find its pictures among them."""


def walk_files(folder: Path) -> Iterator[Path]:
    """Yield every file below a folder, in no order; hidden ones and those of zscape's run directories are left out."""
    for parent, folders, files in os.walk(folder):
        if SIGNS_OF_A_RUN & set(files):
            folders.clear()
            continue
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(parent) / name for name in files if not name.startswith("."))


NOT_READ = (".heic", ".heif", ".avif", ".jp2", ".jxl", ".raw", ".dng", ".cr2", ".cr3", ".nef", ".arw", ".psd", ".svg")
"""Endings of pictures in formats that are not read; they are listed, where other files are left out without a word."""


def why_not_read(name: str) -> str | None:
    """Return why a picture of such a name is not read, without a full stop; None for all other files."""
    ending = os.path.splitext(name.lower())[1]
    return f"{ending} files are not read; make it a JPEG or PNG" if ending in NOT_READ else None


def scan_folder(folder: Path, suffixes: tuple[str, ...]) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the relative names of the regular files below a folder that end in `suffixes` in any case, in no order.

    Left out as in `walk_files`. Links to files inside the folder count; links to folders are not followed.

    Returns:
        The names, and (name, reason) of what is skipped: links that lead elsewhere, special files, closed folders.
    """
    root = os.path.realpath(folder)
    names: list[str] = []
    skipped: list[tuple[str, str]] = []
    waiting = [""]
    while waiting:
        below = waiting.pop()
        try:
            with os.scandir(os.path.join(root, below)) as listing:
                entries = [entry for entry in listing if not entry.name.startswith(".")]
        except OSError as error:
            skipped.append((below, error.strerror or "it cannot be listed"))
            continue
        if any(entry.name in SIGNS_OF_A_RUN for entry in entries):
            continue
        for entry in entries:
            name = f"{below}/{entry.name}" if below else entry.name
            if entry.is_dir(follow_symlinks=False):
                waiting.append(name)
            elif entry.is_symlink() and os.path.isdir(entry.path):
                skipped.append((name, "a link to a folder; such links are not followed"))
            elif entry.name.lower().endswith(suffixes):
                reason = _why_not(entry, root)
                skipped.append((name, reason)) if reason else names.append(name)
            elif reason := why_not_read(entry.name):
                skipped.append((name, reason))
    return names, skipped


def _why_not(entry: os.DirEntry[str], root: str) -> str | None:
    if entry.is_symlink():
        if not os.path.exists(entry.path):
            return "a link that leads nowhere"
        if os.path.commonpath([root, os.path.realpath(entry.path)]) != root:
            return "a link that leads out of the folder"
    return None if entry.is_file() else "no regular file"
