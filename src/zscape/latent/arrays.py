"""Arrays of points and their files (.npz, .npy): read without pickle, written whole, checked in words."""

import io
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from zscape.core.errors import InputError
from zscape.core.files import write_bytes

_LARGEST_LOG_VAR = 80.0  # exp(80) is near the end of float32
_NPY, _ZIPS = b"\x93NUMPY", (b"PK\x03\x04", b"PK\x05\x06")  # what .npy begins with; .npz, and an .npz without arrays


def write_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write the arrays as one .npz at `path`, whole or not at all; the same arrays give the same bytes.

    Raises:
        TypeError: when an array holds objects, which would have to be pickled.
    """
    objects = [name for name, array in arrays.items() if array.dtype.hasobject]
    if objects:
        raise TypeError(f"arrays of objects cannot be written without pickle: {', '.join(objects)}")
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # pyright: ignore[reportArgumentType]
    write_bytes(path, buffer.getvalue())


def read_arrays(path: Path, wanted: Iterable[str], single: str) -> tuple[dict[str, np.ndarray], list[str]]:
    """Read arrays from an .npz or .npy file; pickled objects are never loaded.

    Args:
        path: the file.
        wanted: names of the arrays to read; those that are absent are left out.
        single: the name under which the one array of an .npy file is returned.

    Returns:
        The arrays by name, and all names that the file has.

    Raises:
        InputError: when the file is missing, damaged, of another kind, or holds pickled objects under a wanted name.
    """
    if path.is_dir():
        inside = path / "latents.npz"
        guess = f" Did you mean {inside}?" if inside.is_file() else ""
        raise InputError(f"{path} is a folder; expected an .npz or .npy file.{guess}")
    try:
        # Opened here because NumPy leaves the file open when it fails.
        with path.open("rb") as file:
            _check_beginning(file.read(len(_NPY)), path)
            file.seek(0)
            loaded = np.load(file, allow_pickle=False)
            if isinstance(loaded, np.ndarray):
                return {single: loaded}, [single]
            with loaded:
                return {name: loaded[name] for name in wanted if name in loaded.files}, list(loaded.files)
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.") from None
    except (OSError, ValueError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        if "pickle" in str(error):  # NumPy's advice is to allow it
            raise InputError(
                f"{path} holds Python objects (pickled), which zscape never loads; save plain arrays of numbers."
            ) from None
        raise InputError(
            f"{path} cannot be read as an .npz or .npy file of numbers ({error}); it may be damaged or cut off."
        ) from None


def _check_beginning(first: bytes, path: Path) -> None:
    # NumPy takes whatever begins otherwise for a pickle.
    if not first:
        raise InputError(f"{path} is empty; expected an .npz or .npy file.")
    if first != _NPY and not first.startswith(_ZIPS):
        raise InputError(
            f"{path} is neither an .npz nor an .npy file, whatever its name; numpy.savez and numpy.save write them."
        )


def to_array(name: str, value: Any) -> np.ndarray:
    """Return an array, a list, or a tensor of any library as a NumPy array; numbers are not looked at.

    Args:
        name: what it is, for error messages.
        value: anything that `numpy.asarray` takes; PyTorch's tensors are detached and brought to the processor first.

    Raises:
        InputError: when it cannot be turned into one array.
    """
    try:
        if hasattr(value, "detach"):
            value = value.detach().cpu()
        array = np.asarray(value)
    except (TypeError, ValueError, RuntimeError) as error:
        reason = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
        raise InputError(
            f"{name} cannot be turned into a NumPy array ({reason}); give one, or a list of rows."
        ) from None
    if array.dtype.name == "bfloat16":  # of JAX and TensorFlow; NumPy has no such kind of number
        return array.astype(np.float32)
    if array.dtype.kind == "O" and array.ndim == 1 and all(isinstance(entry, str) for entry in array):
        return array.astype(np.str_)  # texts out of a table
    return array


def checked_points(name: str, array: np.ndarray) -> np.ndarray:
    """Return `array` as finite float32 points (n, d).

    Args:
        name: what it is and from where, for error messages.
        array: the points.

    Raises:
        InputError: when it is not a table of at least 2 rows and 1 column of real, finite numbers.
    """
    if array.dtype.kind not in "fiu":
        raise InputError(f"{name} has dtype {array.dtype}; expected real numbers.")
    if array.ndim != 2 or array.shape[1] < 1:
        raise InputError(f"{name} has shape {array.shape}; expected (points, dimensions).")
    if len(array) < 2:
        raise InputError(f"{name} has {len(array)} point(s); at least 2 are needed.")
    with np.errstate(over="ignore"):
        points = array.astype(np.float32, copy=False)
    wrong = int(points.size - np.isfinite(points).sum())
    if wrong:
        raise InputError(
            f"{name} has {wrong} value(s) that are NaN, infinite or too large for float32, "
            f"of {points.size}; remove those points first."
        )
    return points


def checked_log_var(name: str, log_var: np.ndarray, mu: np.ndarray) -> np.ndarray:
    """Return `log_var` as finite float32 of the shape of `mu`.

    Raises:
        InputError: when the shape differs, or values are not finite or are too large to be logs of variances.
    """
    if log_var.shape != mu.shape:
        raise InputError(f"{name} has shape {log_var.shape}, mu has {mu.shape}; they must be equal.")
    checked = checked_points(name, log_var)
    if checked.max() > _LARGEST_LOG_VAR:
        raise InputError(
            f"{name} reaches {checked.max():g}, a variance beyond float32; expected the logs of variances, "
            f"not variances themselves."
        )
    return checked


def checked_integers(name: str, array: np.ndarray, count: int) -> np.ndarray:
    """Return `array` as int64 (count,); whole numbers stored as floats are taken, and a column (count, 1) too.

    Raises:
        InputError: when there is not one whole number per point.
    """
    flat = array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array
    if flat.shape != (count,):
        raise InputError(f"{name} has shape {array.shape}; expected one number for each of {count} points.")
    whole = flat.dtype.kind in "biu" or (flat.dtype.kind == "f" and bool((flat == np.round(flat)).all()))
    if not whole:
        raise InputError(f"{name} has dtype {flat.dtype} with values that are not whole numbers.")
    return flat.astype(np.int64, copy=False)
