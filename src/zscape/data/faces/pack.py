"""Faces as files that nobody wrote: each is painted when it is read, and is the same to the byte every time."""

import io

import numpy as np
from PIL import Image

from zscape.core.seeds import generator
from zscape.data.faces.face import attribute_values, draw_face, factor_values
from zscape.data.faces.portrait import SIZE, paint

VERSION = 1
"""Of the painter; another number means other pictures of the same faces."""

SEED = 1
MOST = 999_999
"""Faces in a set; names have six digits."""

QUALITY = 90
_SHARES = (0.8, 0.1)  # training, validation; the rest is for testing


class FacesPack:
    """The faces 1..count of a set, JPEG files of CelebA's size (a `data.readers.pack.Pack`).

    Args:
        count: number of faces, 1 to `MOST`.
        seed: which set.
        size: (height, width) in pixels.

    Attributes:
        names: file names as in CelebA, 000001.jpg and so on.
    """

    def __init__(self, count: int, seed: int = SEED, size: tuple[int, int] = SIZE) -> None:
        self.names = tuple(f"{number:06d}.jpg" for number in range(1, count + 1))
        self._seed = seed
        self._size = size

    def __len__(self) -> int:
        return len(self.names)

    def read(self, position: int) -> bytes:
        """Return the JPEG file of a face; the same bytes with the same versions of NumPy and Pillow."""
        picture = Image.fromarray(paint(draw_face(self._seed, position + 1), self._size))
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=QUALITY)
        return file.getvalue()


def values_of(count: int, seed: int = SEED) -> tuple[np.ndarray, np.ndarray]:
    """Return the factors, float32 (count, f), and the attributes, bool (count, k), of the faces 1..count."""
    faces = [draw_face(seed, number) for number in range(1, count + 1)]
    return np.stack([factor_values(face) for face in faces]), np.stack([attribute_values(face) for face in faces])


def parts_of(count: int, seed: int = SEED) -> np.ndarray:
    """Return the part of every face: 80 % train (0), 10 % validation (1), 10 % test (2), a fixed draw.

    Args:
        count: number of faces; from 10 on every part has at least one.
        seed: which set.

    Returns:
        uint8 (count,).
    """
    order = generator(seed, "faces", "parts").permutation(count)
    ends = np.cumsum([round(share * count) for share in _SHARES])
    parts = np.full(count, 2, np.uint8)
    parts[order[: ends[0]]] = 0
    parts[order[ends[0] : ends[1]]] = 1
    return parts
