"""Which way up an image is: EXIF's orientation, and boxes of the upright image among the pixels as they are stored."""

from collections.abc import Iterator

import numpy as np
from PIL import ExifTags, Image

from zscape.data.crops import Box

ORIENTATION = ExifTags.Base.Orientation
"""EXIF's tag; its values 1 to 8 say how the stored pixels were turned or mirrored, from 5 on with width and height
swapped."""

_STEPS = {1: (1, 1), 2: (1, -1), 3: (-1, -1), 4: (-1, 1), 5: (1, 1), 6: (1, -1), 7: (-1, -1), 8: (-1, 1)}
"""How rows and columns are to be read, after they were swapped from 5 on."""

_PNG = b"\x89PNG\r\n\x1a\n"
_TEXTS = (b"eXIf", b"iTXt", b"tEXt", b"zTXt")


def may_be_turned(data: bytes) -> bool:
    """Return whether an encoded file may state an orientation: a JPEG with EXIF or XMP, a PNG with texts, any other."""
    if data[:3] == b"\xff\xd8\xff":
        return any(marker == 0xE1 for marker in _jpeg_markers(data))
    if data[:8] == _PNG:
        return any(kind in _TEXTS for kind in _png_chunks(data))
    return True


def orientation_of(file: Image.Image, data: bytes) -> int:
    """Return the orientation 1 to 8 of an opened file; 1 where it is not stated or not to be read.

    A TIFF file is 1: Pillow turns it by itself.
    """
    # Asked for EXIF, Pillow decodes a whole PNG; most have none.
    if file.format == "TIFF" or not may_be_turned(data):
        return 1
    try:
        stated = file.getexif().get(ORIENTATION, 1)
    except Exception:  # EXIF can be damaged in many ways, and the pixels still be whole
        return 1
    return stated if isinstance(stated, int) and stated in _STEPS else 1


def _jpeg_markers(data: bytes) -> Iterator[int]:
    """Yield the markers of a JPEG's segments before its pixels; EXIF and XMP are in APP1, 0xE1."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        if data[at + 1] == 0xFF:  # a fill byte
            at += 1
            continue
        yield data[at + 1]
        at += 2 + int.from_bytes(data[at + 2 : at + 4])


def _png_chunks(data: bytes) -> Iterator[bytes]:
    at = len(_PNG)
    while at + 8 <= len(data):
        yield data[at + 4 : at + 8]
        at += 12 + int.from_bytes(data[at : at + 4])


def turned(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Return pixels (height, width, channels) turned upright; contiguous."""
    if orientation >= 5:
        pixels = pixels.transpose(1, 0, 2)
    step_down, step_across = _STEPS[orientation]
    return np.ascontiguousarray(pixels[::step_down, ::step_across])


def upright_size(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    """Return (height, width) of the upright image; `size` is (height, width) as stored. It is its own inverse."""
    return size if orientation < 5 else (size[1], size[0])


def stored_box(box: Box, stored: tuple[int, int], orientation: int) -> Box:
    """Return where the pixels of a box of the upright image are stored.

    Args:
        box: (left, top, right, bottom) in the upright image.
        stored: (height, width) as stored.
        orientation: 1 to 8.
    """
    left, top, right, bottom = box
    if orientation >= 5:  # the upright image's columns are stored as rows
        left, top, right, bottom = top, left, bottom, right
    height, width = stored
    if orientation in (2, 3, 7, 8):
        left, right = width - right, width - left
    if orientation in (3, 4, 6, 7):
        top, bottom = height - bottom, height - top
    return left, top, right, bottom
