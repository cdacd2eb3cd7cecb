"""CIFAR-10's binary version: records of a label and 3072 bytes, all red, then all green, then all blue."""

import gzip
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import numpy as np

from zscape.core.errors import InputError

TRAIN = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
TEST = "test_batch.bin"
_RECORD = 1 + 3 * 32 * 32
_USE = "use the binary version, cifar-10-binary.tar.gz, or its folder"


def read_cifar_folder(folder: Path) -> dict[str, np.ndarray]:
    """Return x_train, y_train, x_test, y_test of a folder that holds the six .bin files, or holds their folder.

    Raises:
        InputError: when one is missing or damaged, or the files are those of the pickled Python version.
    """
    inner = folder / "cifar-10-batches-bin"
    root = inner if inner.is_dir() else folder
    if not (root / TEST).is_file():
        pickled = next((path for path in (root, root / "cifar-10-batches-py") if (path / "test_batch").is_file()), None)
        if pickled is not None:
            raise _python_version(pickled)

    def read(name: str) -> bytes:
        try:
            return (root / name).read_bytes()
        except FileNotFoundError:
            raise _missing(root, name) from None

    return _arrays(read, root)


def read_cifar_archive(path: Path) -> dict[str, np.ndarray]:
    """Return x_train, y_train, x_test, y_test of cifar-10-binary.tar.gz, read in place; nothing is unpacked to disk.

    Raises:
        InputError: when it is no such archive, is damaged, or is that of the pickled Python version.
    """
    try:
        with tarfile.open(path) as archive:
            contents = {}
            for member in archive:
                name = PurePosixPath(member.name).name
                if name == "test_batch":
                    raise _python_version(path)
                file = archive.extractfile(member) if name in (*TRAIN, TEST) else None
                if file is not None:
                    contents[name] = file.read()
    except FileNotFoundError:
        raise InputError(f"There is no file or folder {path}.") from None
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error, OSError) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise InputError(
            f"{path} cannot be read as an archive ({reason}); for source 'cifar10', {_USE}, or an .npz with x_train, "
            "y_train, x_test and y_test."
        ) from None

    def read(name: str) -> bytes:
        if name not in contents:
            raise _missing(path, name)
        return contents[name]

    return _arrays(read, path)


def _arrays(read: Callable[[str], bytes], where: Path) -> dict[str, np.ndarray]:
    train, test = [_records(read(name), where, name) for name in TRAIN], _records(read(TEST), where, TEST)
    return {
        "x_train": np.concatenate([images for images, _ in train]),
        "y_train": np.concatenate([labels for _, labels in train]),
        "x_test": test[0],
        "y_test": test[1],
    }


def _records(content: bytes, where: Path, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return images uint8 (n, 32, 32, 3) and labels uint8 (n,) of one file."""
    if not content or len(content) % _RECORD:
        raise InputError(
            f"{name} in {where} is damaged or cut off: it has {len(content)} bytes, which is no multiple of {_RECORD}; "
            "fetch it again."
        )
    records = np.frombuffer(content, np.uint8).reshape(-1, _RECORD)
    labels = records[:, 0]
    if labels.max() > 9:
        raise InputError(f"{name} in {where} is not of CIFAR-10: it has a label {labels.max()}, the highest is 9.")
    return records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), labels


def _missing(where: Path, name: str) -> InputError:
    return InputError(f"{where} lacks {name}; for source 'cifar10', {_USE} with all six .bin files.")


def _python_version(where: Path) -> InputError:
    return InputError(
        f"{where} is CIFAR-10's Python version, which is pickled and which zscape never loads because pickle can run "
        f"code; {_USE}."
    )
