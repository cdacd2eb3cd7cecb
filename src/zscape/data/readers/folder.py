"""A folder of image files, decoded one at a time, so that any number fits into memory."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import overload

import numpy as np

from zscape.core.errors import InputError
from zscape.data.raw import RawImages, Shape, shape_of
from zscape.data.readers.decode import decode_image, why_unreadable
from zscape.data.readers.walk import walk_files

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".gif", ".tif", ".tiff")
"""The endings of image files, in any case."""

SMALLEST = 4
"""Pixels on the shorter side of the smallest image that is worth a network."""


class ImageFiles(Sequence[np.ndarray]):
    """Image files as a sequence of uint8 arrays (height, width, channels), each decoded when it is asked for."""

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self.folder = folder
        self.names = tuple(names)

    def __len__(self) -> int:
        return len(self.names)

    @overload
    def __getitem__(self, index: int) -> np.ndarray: ...

    @overload
    def __getitem__(self, index: slice) -> "ImageFiles": ...

    def __getitem__(self, index: int | slice) -> "np.ndarray | ImageFiles":
        if isinstance(index, slice):
            return ImageFiles(self.folder, self.names[index])
        path = self.folder / self.names[index]
        try:
            return decode_image(path)
        except Exception as error:
            raise InputError(f"{path} can no longer be read: {why_unreadable(error)}.") from None


def read_folder(folder: Path) -> RawImages:
    """Read all image files below a folder, sorted by relative name; hidden files and run directories are left out.

    Files that cannot be decoded, or that have fewer than 4 pixels on a side, are skipped and listed. Where every
    image lies in one of at least two sub-folders, these are the classes.

    Args:
        folder: the folder.

    Returns:
        Images that are decoded on demand; every one was decoded once here, to find the damaged ones.

    Raises:
        InputError: when there is no such folder, it holds no image files, or none of them can be read.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is a file, not a folder." if folder.exists() else f"There is no folder {folder}.")
    names = image_names(folder)
    if not names:
        raise InputError(f"The folder {folder} holds no image files ({', '.join(SUFFIXES)}).")
    shapes, skipped = _checked(folder, names)
    if not shapes:
        raise InputError(
            f"None of the {len(names)} image files in {folder} can be used; the first, {names[0]}: {skipped[0][1]}."
        )
    readable = tuple(shapes)
    labels, label_names = _classes(readable)
    origin = f"Images from the folder {folder.name}, given by the user; their terms of use are not known to zscape."
    return RawImages(
        images=ImageFiles(folder, readable),
        labels=labels,
        label_names=label_names,
        parts=None,
        names=readable,
        origin=origin,
        skipped=tuple(skipped),
        shapes=tuple(shapes.values()),
    )


def image_names(folder: Path) -> list[str]:
    """Return the relative names of the image files below a folder, sorted; none of them is opened."""
    images = (path for path in walk_files(folder) if path.name.lower().endswith(SUFFIXES))
    return sorted(path.relative_to(folder).as_posix() for path in images)


def too_small(shape: Shape) -> str | None:
    """Return why an image of this shape is too small, without a full stop, or None where it is not."""
    height, width = shape[:2]
    if min(height, width) >= SMALLEST:
        return None
    return f"it has {height}x{width} pixels, the smallest size that makes sense is {SMALLEST}x{SMALLEST}"


def _checked(folder: Path, names: Sequence[str]) -> tuple[dict[str, Shape], list[tuple[str, str]]]:
    shapes, skipped = {}, []
    for name in names:
        try:
            shape = shape_of(decode_image(folder / name))
            if reason := too_small(shape):
                skipped.append((name, reason))
            else:
                shapes[name] = shape
        except Exception as error:  # damaged files make Pillow raise errors of many kinds
            skipped.append((name, why_unreadable(error)))
    return shapes, skipped


def _classes(names: Sequence[str]) -> tuple[np.ndarray | None, tuple[str, ...] | None]:
    paths = [PurePosixPath(name).parts for name in names]
    classes = sorted({parts[0] for parts in paths if len(parts) > 1})
    if len(classes) < 2 or any(len(parts) == 1 for parts in paths):
        return None, None
    codes = {name: code for code, name in enumerate(classes)}
    return np.array([codes[parts[0]] for parts in paths], np.int64), tuple(classes)
