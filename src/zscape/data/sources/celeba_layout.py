"""Images laid out as CelebA's: aligned faces in one folder or archive, with text files beside it or in it."""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from zscape.core.errors import InputError
from zscape.data.raw import RawImages
from zscape.data.readers.celeba import TextFile, read_attributes, read_factors, read_partition
from zscape.data.readers.folder import Listing, is_archive, list_images
from zscape.data.readers.pack import Unusable

IMAGES = "img_align_celeba"
"""What the folder or archive of the aligned faces is called."""

ATTRIBUTES = ("list_attr_celeba.txt", "list_attr_celeba.csv")
PARTITION = ("list_eval_partition.txt", "list_eval_partition.csv")
FACTORS = ("factors.csv",)


def read_celeba(path: Path, terms: str) -> RawImages:
    """Read images laid out as CelebA's.

    Args:
        path: the folder or archive of the images, or the folder that holds it and the text files.
        terms: what the images are and on what terms, without a full stop.

    Returns:
        Images none of which was opened yet. Images without a line in a text file that is there are skipped and listed;
        lines without an image are counted in `origin`.

    Raises:
        InputError: when there are no images, two have one name, or a text file cannot be read.
    """
    where = _images_in(path)
    listing = list_images(where)
    joined = _Joined(path, listing)
    if file := _text_file(where, path, ATTRIBUTES):
        joined.columns["attribute_names"], rows, stated = read_attributes(file)
        if stated is not None and stated != len(rows):
            joined.notes.append(f"{file.name} states {stated:,} lines and has {len(rows):,}, which count")
        joined.add("attributes", rows, file.name)
    else:
        joined.notes.append(f"There was no {ATTRIBUTES[0]}, so there are no attributes")
    if file := _text_file(where, path, PARTITION):
        joined.add("parts", read_partition(file), file.name)
    if file := _text_file(where, path, FACTORS):
        joined.columns["factor_names"], rows = read_factors(file)
        joined.add("factors", rows, file.name)
    return joined.raw(terms)


@dataclass
class _Joined:
    """Images joined, by file name, to what text files say of them."""

    path: Path
    listing: Listing
    columns: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.names = [PurePosixPath(name).name for name in self.listing.pack.names]
        self.skipped = list(self.listing.skipped)
        self.keep = np.ones(len(self.names), bool)
        self.rows: dict[str, dict[str, Any]] = {}
        _check_names(self.names, self.listing, self.path)

    def add(self, kind: str, rows: dict[str, Any], file: str) -> None:
        """Take out the images that a file has no line for, and note how many of its lines have no image."""
        self.rows[kind] = rows
        for i, name in enumerate(self.names):
            if self.keep[i] and name not in rows:
                self.keep[i] = False
                self.skipped.append((self.listing.pack.names[i], f"no line in {file}"))
        spare = len(rows) - len(rows.keys() & set(self.names))
        if spare:
            self.notes.append(f"{spare:,} line{'s' if spare > 1 else ''} of {file} without an image")

    def raw(self, terms: str) -> RawImages:
        kept = np.flatnonzero(self.keep)
        if not len(kept):
            name, reason = self.skipped[0]
            raise InputError(
                f"None of the {len(self.skipped)} images in {self.path} can be used; the first, {name}: {reason}."
            )
        columns = dict(self.columns)
        for kind, rows in self.rows.items():
            values = [rows[self.names[i]] for i in kept]
            columns[kind] = np.array(values, np.uint8) if kind == "parts" else np.stack(values)
        pack = self.listing.pack if self.keep.all() else self.listing.pack.select(kept)
        return RawImages(
            images=pack,
            labels=None,
            label_names=None,
            parts=columns.pop("parts", None),
            names=pack.names,
            origin=". ".join([terms, *self.notes]) + ".",
            skipped=tuple(sorted(self.skipped)),
            **columns,
        )


def _images_in(path: Path) -> Path:
    """Return the folder or archive that holds the images: what is called as CelebA's in a folder, else the path."""
    if not path.is_dir() or path.name == IMAGES:
        return path
    folders = list(_folders(path))
    named = [Path(folder) for folder in folders if os.path.basename(folder) == IMAGES]
    if named:
        # Kaggle's archive unpacks to img_align_celeba/img_align_celeba.
        return named[0] / IMAGES if (named[0] / IMAGES).is_dir() else named[0]
    archives = [Path(folder, f"{IMAGES}{end}") for folder in [str(path), *folders] for end in (".zip", ".tar")]
    return next((archive for archive in archives if archive.is_file()), path)


def _folders(path: Path, depth: int = 2) -> Iterator[str]:
    """Yield the folders below a path, the nearest first, not deep, so that no folder of many images is walked."""
    level = [str(path)]
    for _ in range(depth):
        below = []
        for folder in level:
            if os.path.basename(folder) != IMAGES:
                with os.scandir(folder) as entries:
                    below += sorted(entry.path for entry in entries if entry.is_dir() and entry.name[0] != ".")
        yield from below
        level = below


def _text_file(where: Path, path: Path, files: tuple[str, ...]) -> TextFile | None:
    """Return a text file that lies where the user pointed, beside or above the images, or in their archive."""
    top = path if path.is_dir() else path.parent
    # The authors' own folders are Img, Anno and Eval.
    folders = [top, top / "Anno", top / "Eval", where.parent, where.parent.parent if where.is_dir() else where.parent]
    for folder in folders:
        for file in files:
            if (folder / file).is_file():
                try:
                    return TextFile(file, (folder / file).read_bytes())
                except OSError as error:
                    raise InputError(f"{folder / file} cannot be read: {error.strerror or error}.") from None
    return _text_in_archive(where, files) if is_archive(where) else None


def _text_in_archive(archive: Path, files: tuple[str, ...]) -> TextFile | None:
    pack = list_images(archive, files).pack
    for position, name in enumerate(pack.names):
        if PurePosixPath(name).name in files:
            try:
                return TextFile(PurePosixPath(name).name, pack.read(position))
            except Unusable as error:
                raise InputError(f"{name} in {archive} cannot be read: {error.reason}.") from None
    return None


def _check_names(names: list[str], listing: Listing, path: Path) -> None:
    if not names and not listing.skipped:
        raise InputError(
            f"{path} holds no images; for source 'celeba', data.path must be the folder or .zip of the aligned faces "
            f"({IMAGES}), or the folder that holds it and {ATTRIBUTES[0]}."
        )
    if len(set(names)) < len(names):
        (twice, _), *_ = Counter(names).most_common(1)
        raise InputError(
            f"Two images in {path} are called {twice}; they are joined to CelebA's text files by name, so give the "
            "folder of one copy."
        )
