"""The idx format of the MNIST family: two zero bytes, a type, the number of dimensions, the sizes, the numbers."""

import gzip
import math
import zlib
from pathlib import Path

import numpy as np

from zscape.core.errors import InputError

_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def read_idx(path: Path) -> np.ndarray:
    """Read an idx file, plain or packed with gzip.

    Args:
        path: the file; packing is recognised by content, not by name.

    Returns:
        Array of the file's own shape and type, in native byte order.

    Raises:
        InputError: when the file is missing, is not idx, is damaged, or has fewer or more bytes than its header says.
    """
    content = _unpacked(path)
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in _TYPES:
        raise InputError(
            f"{path} is not an idx file: it should begin with two zero bytes and a type, but begins with "
            f"{content[:4].hex(' ') or 'nothing'}."
        )
    dtype, start = np.dtype(_TYPES[content[2]]), 4 + 4 * content[3]
    if len(content) < start:
        raise InputError(f"{path} is truncated: its header needs {start} bytes, the file has {len(content)}.")
    shape = tuple(int(size) for size in np.frombuffer(content, ">u4", count=content[3], offset=4))
    expected = start + math.prod(shape) * dtype.itemsize
    if len(content) != expected:
        state = "is truncated" if len(content) < expected else "is too long"
        raise InputError(f"{path} {state}: its header promises {expected} bytes, the file has {len(content)}.")
    return np.frombuffer(content, dtype, offset=start).reshape(shape).astype(dtype.newbyteorder("="))


def _unpacked(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder; an idx file was expected.") from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        reason = str(error).rstrip(".")
        raise InputError(f"{path} is damaged: gzip cannot unpack it ({reason}); fetch the file again.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from None
