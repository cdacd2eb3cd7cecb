"""One encoded image file as an array: bytes in, pixels out, and `Unusable` for whatever cannot be used.

Only the formats of `SUFFIXES` are tried, so that no other plug-in of Pillow (EPS would start Ghostscript) ever sees a
file. The orientation that a camera notes in EXIF is applied; of several frames the first is taken; transparency is
dropped; 16-bit grey is divided by 257, of 16-bit colour the upper 8 bits are taken.
"""

import io
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile

from zscape.core.errors import InputError
from zscape.data.crops import Box
from zscape.data.raw import Shape
from zscape.data.readers import fast
from zscape.data.readers.orient import orientation_of, stored_box, turned, upright_size
from zscape.data.readers.pack import Unusable, too_large
from zscape.data.resample import resample
from zscape.data.resize import Fit, convert_channels

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".gif", ".tif", ".tiff")
"""The endings of image files, in any case."""

FORMATS = ("JPEG", "PNG", "BMP", "WEBP", "GIF", "TIFF")
"""The same as Pillow calls them; a wrong ending does no harm."""

SMALLEST = 4
"""Pixels on the shorter side of the smallest image that is worth a network."""

MOST_PIXELS = 64_000_000
"""Pixels of the largest image that is decoded."""

GAP = 3
"""An image is first made smaller by whole numbers as long as it stays this many times as large as its target."""

_STRIP = 1 << 20  # pixels that are converted at a time
_GREY_MODES = ("1", "L", "LA", "La")
_Result = TypeVar("_Result")


def decode_fitted(data: bytes, fit: Fit) -> np.ndarray:
    """Decode a file straight to the shape of a store.

    The same bytes give the same pixels on any number of workers. Where the crop is at least 6 times the target, the
    image is first made smaller by a whole factor (JPEG: while it is decoded), which moves pixels by a level or so.

    Args:
        data: the encoded file.
        fit: crop, size and channels.

    Returns:
        uint8 (height, width, channels) of `fit.shape`.

    Raises:
        Unusable: when the file is damaged, too large, too small, no image, or has no pixels where `fit` needs them.
    """
    return _in_words(lambda: _fitted(data, fit))


def decode_whole(data: bytes) -> np.ndarray:
    """Decode a file as it is.

    Returns:
        uint8 (height, width, 1) for grey files, (height, width, 3) for all others.

    Raises:
        Unusable: as `decode_fitted`.
    """
    return _in_words(lambda: _whole(data))


def decode_image(path: Path) -> np.ndarray:
    """Decode an image file on the disk; as `decode_whole`.

    Raises:
        Unusable: also when the file cannot be read.
    """
    return decode_whole(read_bounded(path))


def read_bounded(path: Path) -> bytes:
    """Return a file's content.

    Raises:
        Unusable: when it is larger than `MOST_BYTES` or cannot be read.
    """
    try:
        if reason := too_large(path.stat().st_size):
            raise Unusable(reason)
        return path.read_bytes()
    except OSError as error:
        raise Unusable(why_unreadable(error)) from None


def header_shape(data: bytes) -> Shape:
    """Return (height, width, channels) of the upright image; only the header is looked at.

    Raises:
        Unusable: when there is no header of an image, or its size is out of bounds.
    """
    return _in_words(lambda: _header(data))


def too_small(shape: Shape) -> str | None:
    """Return why an image of this shape is too small, without a full stop, or None where it is not."""
    height, width = shape[:2]
    if min(height, width) >= SMALLEST:
        return None
    return f"it has {height}x{width} pixels, the smallest size that makes sense is {SMALLEST}x{SMALLEST}"


def why_unreadable(error: Exception) -> str:
    """Return why a file could not be decoded, in words without its path and without a full stop."""
    if isinstance(error, Unusable):
        return error.reason
    if isinstance(error, UnidentifiedImageError):
        return "not an image in a format that Pillow knows"
    if isinstance(error, Image.DecompressionBombError):
        return _too_many_pixels(re.findall(r"\d+", str(error))[0])
    if isinstance(error, MemoryError):
        return "it does not fit into memory"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    text = " ".join(str(error).split()).rstrip(".")
    return "the file is truncated" if "truncated" in text.lower() else text or type(error).__name__


def _in_words(work: Callable[[], _Result]) -> _Result:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's doubts about metadata; the pixels decide
            return work()
    except Unusable:
        raise
    except InputError as error:
        raise Unusable(str(error).rstrip(".")) from None
    except Exception as error:  # damaged files make Pillow raise errors of nearly every kind
        raise Unusable(why_unreadable(error)) from None


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    if reason := too_large(len(data)):
        raise Unusable(reason)
    if not data:
        raise Unusable("the file is empty")
    with Image.open(io.BytesIO(data), formats=FORMATS) as file:
        if file.mode == "F":
            raise Unusable("floating-point pixels have no stated range")
        if file.width * file.height > MOST_PIXELS:
            raise Unusable(_too_many_pixels(file.width * file.height))
        if reason := too_small((file.height, file.width, 1)):
            raise Unusable(reason)
        yield file


def _header(data: bytes) -> Shape:
    with _opened(data) as file:
        height, width = upright_size((file.height, file.width), orientation_of(file, data))
        return height, width, 1 if file.mode in _GREY_MODES or file.mode.startswith("I") else 3


def _whole(data: bytes) -> np.ndarray:
    with _opened(data) as file:
        orientation = orientation_of(file, data)  # before loading, which may turn the image
        file.load()
        return turned(_pixels(_plain(file)), orientation)


def _fitted(data: bytes, fit: Fit) -> np.ndarray:
    plain = fast.plain_jpeg_size(data)
    if plain is not None and _is_usual(plain) and max(_factors(fit.box(plain), fit.shape[:2])) == 1:
        array = fast.decode_jpeg(data)
        if array is not None:
            return fit(array)
    with _opened(data) as file:
        orientation = orientation_of(file, data)
        stored = file.height, file.width
        box = stored_box(fit.box(upright_size(stored, orientation)), stored, orientation)
        target = upright_size(fit.shape[:2], orientation)
        scale = _draft(file, box, target)
        file.load()
        exact = tuple(side / scale for side in box)
        pixels = _scaled(file, exact, target, fit.shape[2])
    return convert_channels(turned(pixels, orientation), fit.shape[2])


def _is_usual(size: tuple[int, int]) -> bool:
    return min(size) >= SMALLEST and size[0] * size[1] <= MOST_PIXELS


def _draft(file: Image.Image, box: Box, target: tuple[int, int]) -> int:
    """Have a JPEG decoded at a half, quarter or eighth of its size, as far as `GAP` allows; return 1, 2, 4 or 8."""
    most = min(_factors(box, target))
    if not isinstance(file, JpegImageFile) or most < 2:
        return 1
    scale = max(scale for scale in (2, 4, 8) if scale <= most)
    file.draft(None, (file.width // scale, file.height // scale))
    return scale


def _scaled(file: Image.Image, box: tuple[float, ...], target: tuple[int, int], channels: int) -> np.ndarray:
    """Return a box of a loaded image in the size `target` (height, width), grey or in colour."""
    left, top = int(box[0]), int(box[1])
    right, bottom = min(-int(-box[2] // 1), file.width), min(-int(-box[3] // 1), file.height)
    across, down = _factors(box, target)
    pixels = _pixels(_reduced(file, (left, top, right, bottom), across, down, channels))
    rows, columns = ((box[1] - top) / down, (box[3] - top) / down), ((box[0] - left) / across, (box[2] - left) / across)
    whole = rows == (0, target[0]) and columns == (0, target[1]) and pixels.shape[:2] == target
    return pixels if whole else resample(pixels, *target, rows, columns)


def _reduced(file: Image.Image, box: Box, across: int, down: int, channels: int) -> Image.Image:
    """Return a box of a loaded image as "L" or "RGB", `across` x `down` pixels averaged to one."""
    if across == down == 1:
        return _plain(file.crop(box), channels)
    left, top, right, bottom = box
    reduced = None
    # Strip by strip, so that of a large image with a palette, say, there is never a second copy in colour.
    step = down * max(1, _STRIP // (down * (right - left)))
    for row in range(top, bottom, step):
        strip = _plain(file.crop((left, row, right, min(row + step, bottom))), channels).reduce((across, down))
        if reduced is None:
            reduced = Image.new(strip.mode, (strip.width, -(-(bottom - top) // down)))
        reduced.paste(strip, (0, (row - top) // down))
    assert reduced is not None  # a box has pixels
    return reduced


def _factors(box: tuple[float, ...], target: tuple[int, int]) -> tuple[int, int]:
    """Return by which whole numbers a box may be made smaller before it is resized: (across, down)."""
    across, down = (box[2] - box[0]) / target[1], (box[3] - box[1]) / target[0]
    return max(1, int(across / GAP)), max(1, int(down / GAP))


def _plain(image: Image.Image, channels: int = 3) -> Image.Image:
    """Return an image as "L" or "RGB"; always as "L" where one channel is asked for."""
    if image.mode.startswith("I"):
        wide = np.clip(np.asarray(image), 0, 65535).astype(np.uint32)
        return Image.fromarray(((wide + 128) // 257).astype(np.uint8))  # the nearest of 256 levels
    if image.mode in _GREY_MODES:
        return image.convert("L")
    if image.mode in ("P", "PA"):
        image = image.convert("RGBA")  # Pillow warns where it must drop a palette's transparency in one step
    image = image if image.mode == "RGB" else image.convert("RGB")
    return image.convert("L") if channels == 1 else image


def _pixels(image: Image.Image) -> np.ndarray:
    pixels = np.asarray(image)
    return pixels[..., np.newaxis] if pixels.ndim == 2 else pixels


def _too_many_pixels(number: str | int) -> str:
    return f"it has {int(number):,} pixels, more than the {MOST_PIXELS:,} that are decoded"
