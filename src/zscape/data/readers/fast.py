"""Plain JPEG files by simplejpeg, where it is installed (`pip install zscape[fast]`)."""

from importlib.metadata import version

import numpy as np

from zscape.data.readers.orient import may_be_turned

try:
    import simplejpeg  # pyright: ignore[reportMissingImports]  optional
except ImportError:
    simplejpeg = None


_SPACES = {"YCbCr": "RGB", "Gray": "GRAY"}


def decoders() -> dict[str, str]:
    """Return the versions of the packages that decode: Pillow's, and simplejpeg's where it is used.

    Their pixels may differ by a grey level, so a store says which made them.
    """
    packages = ("pillow", "simplejpeg") if simplejpeg is not None else ("pillow",)
    return {package: version(package) for package in packages}


def plain_jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Return (height, width) of a plain JPEG, grey or colour, that states no orientation; None for anything else.

    Also None without simplejpeg.
    """
    if simplejpeg is None or data[:3] != b"\xff\xd8\xff" or may_be_turned(data):
        return None
    try:
        height, width, space, _ = simplejpeg.decode_jpeg_header(data)
    except ValueError:
        return None
    return (int(height), int(width)) if space in _SPACES else None


def decode_jpeg(data: bytes) -> np.ndarray | None:
    """Return the pixels of a plain JPEG, uint8 (height, width, 1 or 3); None where damaged: Pillow says how."""
    assert simplejpeg is not None
    try:
        return simplejpeg.decode_jpeg(data, _SPACES[simplejpeg.decode_jpeg_header(data)[2]])
    except ValueError:
        return None
