"""Image files in a folder, a .zip or a .tar, as they lie there; nothing is decoded before an image is asked for."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zscape.core.errors import InputError
from zscape.data.raw import RawImages
from zscape.data.readers.decode import SUFFIXES, too_small, why_unreadable
from zscape.data.readers.pack import MOST_BYTES, SourceLost, Unusable, plain_name, too_large
from zscape.data.readers.tar_pack import PACKED, TarPack, check_not_packed, list_tar
from zscape.data.readers.walk import scan_folder
from zscape.data.readers.zip_pack import ZipPack, list_zip

__all__ = ["FolderPack", "Listing", "image_names", "is_archive", "list_images", "read_folder", "too_small"]


class FolderPack:
    """Image files below a folder.

    Args:
        folder: the folder.
        files: the files' names below the folder as the disk has them.

    Attributes:
        names: the same as they can be stored and printed, sorted.
    """

    def __init__(self, folder: Path, files: Sequence[str]) -> None:
        self.folder = folder
        named = sorted((plain_name(file), file) for file in files)
        self.names = tuple(name for name, _ in named)
        self._odd = {name: file for name, file in named if name != file}
        self._location = os.path.abspath(folder)

    def __len__(self) -> int:
        return len(self.names)

    def select(self, positions: Sequence[int] | np.ndarray) -> "FolderPack":
        """Return a pack of the files at `positions`."""
        names = [self.names[i] for i in positions]
        return FolderPack(self.folder, [self._odd.get(name, name) for name in names])

    def read(self, position: int) -> bytes:
        """Return the encoded file at a position of `names`.

        Raises:
            Unusable: when it cannot be read, or is too large.
            SourceLost: when it, or the folder, is gone.
        """
        name = self.names[position]
        try:
            with open(os.path.join(self._location, self._odd.get(name, name)), "rb") as file:
                if reason := too_large(os.fstat(file.fileno()).st_size):
                    raise Unusable(reason)
                return file.read(MOST_BYTES + 1)
        except (FileNotFoundError, NotADirectoryError):
            where = "is gone" if not os.path.isdir(self._location) else f"has lost the file {name}"
            raise SourceLost(f"The folder {self.folder} {where}.") from None
        except OSError as error:
            if not _can_be_listed(self._location):
                raise SourceLost(
                    f"The folder {self.folder} cannot be read any more: {error.strerror or error}."
                ) from None
            raise Unusable(why_unreadable(error)) from None


@dataclass(frozen=True)
class Listing:
    """The image files in a folder or an archive.

    Attributes:
        pack: those that can be read.
        skipped: (name, reason) of those that are left out already.
    """

    pack: FolderPack | ZipPack | TarPack
    skipped: tuple[tuple[str, str], ...]


def read_folder(path: Path) -> RawImages:
    """Read all image files below a folder or in an archive, sorted by relative name.

    Hidden files and run directories are left out. Where every image lies in one of at least two sub-folders, these are
    the classes; in an archive, one folder that holds everything does not count.

    Args:
        path: the folder, .zip or .tar.

    Returns:
        Images none of which was opened yet.

    Raises:
        InputError: when there is no such folder or archive, or it holds no image files.
    """
    listing = list_images(path)
    pack = listing.pack
    what = "archive" if is_archive(path) else "folder"
    if not len(pack) and listing.skipped:
        name, reason = listing.skipped[0]
        raise InputError(
            f"None of the {len(listing.skipped)} image files in {path} can be used; the first, {name}: {reason}."
        )
    if not len(pack):
        raise InputError(f"The {what} {path} holds no image files ({', '.join(SUFFIXES)}).")
    labels, label_names = classes(pack.names, inside_archive=is_archive(path))
    origin = f"Images from the {what} {plain_name(path.name)}, given by the user; "
    return RawImages(
        images=pack,
        labels=labels,
        label_names=label_names,
        parts=None,
        names=pack.names,
        origin=f"{origin}their terms of use are not known to zscape.",
        skipped=listing.skipped,
    )


def list_images(path: Path, suffixes: tuple[str, ...] = SUFFIXES) -> Listing:
    """Return the image files below a folder, or in a .zip or .tar; none of them is opened.

    Args:
        path: the folder or archive.
        suffixes: how the files' names end, in any case.

    Raises:
        InputError: when there is none, or it is no archive of the kind that its name says.
    """
    if path.is_dir():
        return _list_folder(path, suffixes)
    check_not_packed(path)
    if path.name.lower().endswith(".zip"):
        pack, skipped = list_zip(path, suffixes)
    elif path.name.lower().endswith(".tar"):
        pack, skipped = list_tar(path, suffixes)
    elif path.exists():
        raise InputError(f"{path} is a file, not a folder, a .zip or a .tar of image files.")
    else:
        raise InputError(f"There is no folder {path}.")
    return Listing(pack, tuple(skipped))


def is_archive(path: Path) -> bool:
    """Return whether a path is called like an archive: .zip, .tar, or a packed .tar that `list_images` refuses."""
    endings = (".zip", ".tar", *(ending for endings in PACKED for ending in endings))
    return path.name.lower().endswith(endings) and not path.is_dir()


def image_names(path: Path) -> list[str]:
    """Return the relative names of the image files below a folder or in an archive, sorted; none of them is opened.

    Raises:
        InputError: as `list_images`.
    """
    return list(list_images(path).pack.names)


def classes(names: Sequence[str], inside_archive: bool = False) -> tuple[np.ndarray | None, tuple[str, ...] | None]:
    """Return labels, int64 (n,), and the names of the classes, where every name lies in one of at least two folders.

    Args:
        names: relative names.
        inside_archive: whether one folder that holds everything is only the archive's own.
    """
    folders = [name.split("/")[:-1] for name in names]
    if inside_archive and all(folders) and len({parts[0] for parts in folders}) == 1:
        folders = [parts[1:] for parts in folders]
    found = sorted({parts[0] for parts in folders if parts})
    if len(found) < 2 or not all(folders):
        return None, None
    codes = {name: code for code, name in enumerate(found)}
    return np.array([codes[parts[0]] for parts in folders], np.int64), tuple(found)


def _list_folder(path: Path, suffixes: tuple[str, ...]) -> Listing:
    files, skipped = scan_folder(path, suffixes)
    known: dict[str, str] = {}
    for file in sorted(files):
        name = plain_name(file)
        if name in known:
            skipped.append((name, "another file has the same name once it is made printable"))
        else:
            known[name] = file
    left_out = sorted((plain_name(name), reason) for name, reason in skipped)
    return Listing(FolderPack(path, list(known.values())), tuple(left_out))


def _can_be_listed(location: str) -> bool:
    try:
        with os.scandir(location) as listing:
            next(listing, None)
        return True
    except OSError:
        return False
