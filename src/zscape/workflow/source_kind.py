"""Which source reads the images that lie at a path."""

import contextlib
import json
import os
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from zscape.core.errors import InputError
from zscape.core.names import nearest
from zscape.data.store import Store, is_store
from zscape.specs.sources import SOURCES

ARRAYS = (".npy", ".npz", ".idx", ".idx.gz", "-ubyte", "-ubyte.gz")
"""How the names of files end that hold images as one array."""

_FACES = ("img_align_celeba", "list_attr_celeba", "list_eval_partition")  # names as CelebA is handed out
_FACTORS = "factors.csv"  # beside faces that zscape drew
_IDX = ("train-images-idx3-ubyte", "train-images.idx3-ubyte")
_PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".gif", ".tif", ".tiff")
_MOST_NAMES, _MOST_FOLDERS = 5_000, 20  # of an archive or a folder that are looked at


def source_of(given: str) -> tuple[str, str | None]:
    """Return the source and the path that SOURCE on the command line means.

    Args:
        given: the name of a source that needs no path, or else a path; `./digits` is a path where `digits` is a name.

    Returns:
        The source's name and the path, None where there is none.

    Raises:
        InputError: when it is neither, or the path holds nothing that can be prepared.
    """
    facts = SOURCES.get(given)
    if facts is not None and not facts.needs_path:
        return given, None
    path = Path(given).expanduser()
    if not path.exists():
        raise InputError(_missing(given))
    return kind_of(path), given


def with_source(overrides: Sequence[str]) -> list[str]:
    """Return settings in which `data.source=PATH` has become the source that reads what lies there, and `data.path`.

    Args:
        overrides: texts "dotted.key=value". A source's name stays, and so does what is neither that nor a path: the
            recipe's check knows the right names.

    Raises:
        InputError: when `data.path` is stated besides, or nothing there can be prepared.
    """
    given = list(overrides)
    for number, text in enumerate(given):
        key, _, value = text.partition("=")
        path = Path(value).expanduser()
        if key.strip() != "data.source" or value in SOURCES or not (value and path.exists()):
            continue
        if any(other.partition("=")[0].strip() == "data.path" for other in given):
            raise InputError(f"The images are named twice: data.source={value} and data.path; leave one of them out.")
        source = Store.open(path).manifest["source"] if is_store(path) else kind_of(path)
        given[number : number + 1] = [f"data.source={source}", f"data.path={json.dumps(value)}"]
        return given
    return given


def kind_of(path: Path) -> str:
    """Return the name of the source that reads a file or folder: folder, array, celeba, faces or cifar10.

    CelebA, and faces that zscape drew in its layout, are known by the names of folders and files in which it is handed
    out; anything else is a folder or archive of images, or an array.

    Args:
        path: it exists.

    Raises:
        InputError: for a store, a run directory, and files of another kind.
    """
    if path.is_dir():
        return _kind_of_folder(path)
    name = path.name.lower()
    if name.endswith(ARRAYS):
        return "array"
    if name.endswith((".zip", ".tar")):
        return layout_of(path)
    if name.startswith("cifar-10") and name.endswith(".tar.gz"):
        return "cifar10"
    if name.endswith((".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")):
        return "folder"  # whose reader says how to decompress it
    if name.endswith(_PICTURES):
        raise InputError(f"{path} is a single image; give the folder of all images.")
    raise InputError(
        f"{path} is no kind of file that can be prepared; expected a folder, .zip or .tar of images, or an .npy, .npz "
        "or idx file."
    )


def _kind_of_folder(folder: Path) -> str:
    if is_store(folder):
        raise InputError(f"{folder} is a store already; use it as it is: zscape run {folder}")
    if (folder / "recipe.yaml").is_file():
        raise InputError(f"{folder} is a run directory, not a folder of images; give the folder of its images.")
    names = [entry.name for entry in os.scandir(folder)]
    if any(name.startswith(_IDX) for name in names):
        raise InputError(
            f"{folder} holds idx files as MNIST and Fashion-MNIST have them; say which: --name mnist or "
            "--name fashion_mnist."
        )
    if "data_batch_1.bin" in names:
        return "cifar10"
    return layout_of(folder)


def layout_of(path: Path) -> str:
    """Return celeba, or faces, where a folder, .zip or .tar is laid out as CelebA's, else folder."""
    if path.is_dir():
        return _celeba_or([path.name, *(entry.name for entry in os.scandir(path)), *_names_below(path)])
    return _celeba_or(list(_names_inside(path)))


def _names_below(folder: Path) -> Iterator[str]:
    """Yield the names in the first sub-folders: CelebA's authors hand it out in Img, Anno and Eval."""
    below = sorted(entry.path for entry in os.scandir(folder) if entry.is_dir() and not entry.name.startswith("."))
    for path in below[:_MOST_FOLDERS]:
        with contextlib.suppress(OSError), os.scandir(path) as entries:
            yield from (entry.name for _, entry in zip(range(_MOST_NAMES), entries, strict=False))


def _celeba_or(names: list[str]) -> str:
    """Return celeba or faces where names in a folder or archive are those of CelebA's layout, else folder."""
    if not any(part.startswith(_FACES) for name in names for part in name.split("/")):
        return "folder"
    drawn = any(name.rpartition("/")[2] == _FACTORS for name in names)
    return "faces" if drawn and "faces" in SOURCES else "celeba"


def _names_inside(archive: Path) -> Iterator[str]:
    """Yield the first names in an archive; none where it cannot be read, which its reader will say."""
    yield archive.name
    try:
        if archive.suffix.lower() == ".zip":
            with zipfile.ZipFile(archive) as opened:
                yield from opened.namelist()[:_MOST_NAMES]
        else:
            with tarfile.open(archive, "r:") as opened:
                for _, member in zip(range(_MOST_NAMES), opened, strict=False):
                    yield member.name
    except (OSError, zipfile.BadZipFile, tarfile.TarError, NotImplementedError, ValueError):
        return


def _missing(given: str) -> str:
    names = [name for name, facts in SOURCES.items() if not facts.needs_path]
    guess = nearest(given, names)
    hint = f"; did you mean {guess!r}?" if guess else f", nor is it one of {', '.join(names)}."
    return f"There is no file or folder {given}{hint}"
