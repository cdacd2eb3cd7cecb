"""The file of a store's images while it grows: an .npy file whose header is made true at the end."""

import hashlib
import io
import os
from pathlib import Path

import numpy as np

from zscape.core.files import write_all
from zscape.data.raw import Shape

_BLOCK = 4 << 20  # bytes read at a time


class ImagesFile:
    """`images.npy`, at whose end images are added.

    Args:
        path: the file; made where there is none.
        shape: (height, width, channels) of every image.

    Attributes:
        digest: sha256 over the images' bytes.
        image_bytes: bytes of one image.
    """

    def __init__(self, path: Path, shape: Shape) -> None:
        self._shape = shape
        self.image_bytes = int(np.prod(shape))
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        self._header_bytes = len(self._header(0))
        self.digest = hashlib.sha256()

    @property
    def whole_images(self) -> int:
        """How many images the file holds in full."""
        return max(0, os.fstat(self._handle).st_size - self._header_bytes) // self.image_bytes

    def cut(self, count: int) -> None:
        """Leave the first `count` images, and get ready to add others behind them."""
        os.lseek(self._handle, 0, os.SEEK_SET)
        write_all(self._handle, self._header(count))
        self.drop_behind(count)
        left = count * self.image_bytes
        self.digest = hashlib.sha256()
        while left:
            block = os.read(self._handle, min(left, _BLOCK))
            if not block:
                raise OSError(f"the file of images ends {left} bytes early")
            self.digest.update(block)
            left -= len(block)

    def drop_behind(self, count: int) -> None:
        """Drop whatever stands behind the first `count` images; on a full disk that makes room."""
        os.ftruncate(self._handle, self._header_bytes + count * self.image_bytes)

    def add(self, pixels: np.ndarray) -> None:
        """Add images, uint8 (n, height, width, channels); they are on the disk only after `sync`."""
        if pixels.size:
            data = np.ascontiguousarray(pixels).data.cast("B")
            write_all(self._handle, data)
            self.digest.update(data)

    def sync(self) -> None:
        """Bring all that was added to the disk."""
        os.fsync(self._handle)

    def finish(self, count: int) -> None:
        """Write the header of `count` images, and bring all to the disk."""
        os.lseek(self._handle, 0, os.SEEK_SET)
        write_all(self._handle, self._header(count))
        os.fsync(self._handle)

    def close(self) -> None:
        """Close the file."""
        os.close(self._handle)

    def _header(self, count: int) -> bytes:
        """Return the header; its length does not depend on `count`, for which NumPy leaves room."""
        header = io.BytesIO()
        fields = {"descr": "|u1", "fortran_order": False, "shape": (count, *self._shape)}
        np.lib.format.write_array_header_1_0(header, fields)
        return header.getvalue()
