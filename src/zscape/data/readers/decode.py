"""One image file as an array."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

_GREY_MODES = ("1", "L", "LA", "La")


def decode_image(path: Path) -> np.ndarray:
    """Decode an image file; of several frames the first.

    The orientation that a camera notes in EXIF is applied. Transparency is dropped. 16-bit grey is divided by 257.

    Args:
        path: a file of any format that Pillow reads.

    Returns:
        uint8 (height, width, 1) for grey files, (height, width, 3) for all others.

    Raises:
        Exception: whatever Pillow raises for a file that it cannot decode; `why_unreadable` puts it in words.
    """
    with Image.open(path) as file:
        file.load()
        image = ImageOps.exif_transpose(file)
        if image.mode == "F":
            raise ValueError("floating-point pixels have no stated range")
        if image.mode.startswith("I"):
            wide = np.asarray(image).astype(np.int64)
            return np.rint(np.clip(wide, 0, 65535) / 257).astype(np.uint8)[..., np.newaxis]
        grey = image.mode in _GREY_MODES
        if image.mode in ("P", "PA"):
            image = image.convert("RGBA")  # Pillow warns where it must drop a palette's transparency in one step
        pixels = np.asarray(image.convert("L" if grey else "RGB"))
    return pixels[..., np.newaxis] if grey else pixels


def why_unreadable(error: Exception) -> str:
    """Return why a file could not be decoded, in words without its path and without a full stop."""
    if isinstance(error, UnidentifiedImageError):
        return "not an image in a format that Pillow knows"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__
