"""Images in one array file: .npy, .npz or idx."""

import re
import zipfile
import zlib
from pathlib import Path

import numpy as np

from zscape.core.errors import InputError
from zscape.data.raw import RawImages
from zscape.data.readers.idx import read_idx
from zscape.data.readers.npz import images_of_npz, whole_images

_IDX_SUFFIXES = (".gz", ".idx", "-ubyte")


def read_array_file(path: Path) -> RawImages:
    """Read the images, and labels if there are any, of a .npy, .npz or idx file.

    A .npz may hold `images` or `x` with `labels` or `y`; or `x_train`, `y_train`, `x_test`, `y_test`, which keep their
    parts; or one array of images; or one image per array, in the order of their names and of any sizes. Pickled
    objects are never loaded.

    Args:
        path: the file; images are (n, height, width) or (n, height, width, channels) with 1 to 4 channels, of the
            types that `to_pixels` takes.

    Raises:
        InputError: when the file is missing, damaged or holds something else.
    """
    origin = f"Images from the file {path.name}, given by the user; their terms of use are not known to zscape."
    if path.name.endswith(_IDX_SUFFIXES):
        return RawImages(whole_images(read_idx(path), str(path)), None, None, None, None, origin)
    if path.suffix not in (".npy", ".npz"):
        raise InputError(f"{path} is none of .npy, .npz, .idx, -ubyte and .gz; for a folder of images use 'folder'.")
    loaded = load_safely(path)
    if isinstance(loaded, dict):
        return images_of_npz(loaded, str(path), origin)
    return RawImages(whole_images(loaded, str(path)), None, None, None, None, origin)


def load_safely(path: Path) -> np.ndarray | dict[str, np.ndarray]:
    """Return the array of a .npy (memory-mapped) or the arrays of a .npz by name in natural order, without pickle.

    Raises:
        InputError: when the file is missing, damaged, or holds Python objects.
    """
    try:
        if path.suffix == ".npy":
            return np.lib.format.open_memmap(path, mode="r")  # refuses Python objects
        with path.open("rb") as file:
            # np.load takes anything that is no zip for a pickle and says so.
            if not zipfile.is_zipfile(file):
                raise ValueError("it is not a zip of arrays")
        with path.open("rb") as file, np.load(file, allow_pickle=False) as loaded:
            return {name: loaded[name] for name in sorted(loaded.files, key=_natural)}
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.") from None
    except (ValueError, EOFError, OSError, zipfile.BadZipFile, zlib.error) as error:
        if re.search("object arrays|python objects", str(error), re.IGNORECASE):
            raise InputError(
                f"{path} holds Python objects (pickle), which zscape never loads because they can run code; save the "
                "images as a numeric array."
            ) from None
        raise InputError(f"{path} is damaged or cut off and cannot be read ({error}).") from None


def _natural(name: str) -> list[tuple[int, str]]:
    # np.savez calls unnamed arrays arr_0, arr_1, ..., arr_10: numbers within names count as numbers.
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]
