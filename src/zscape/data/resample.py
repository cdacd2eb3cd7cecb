"""Resizing by Pillow's LANCZOS filter, which gives the same pixels on every machine."""

import numpy as np
from PIL import Image

NAME = "Lanczos (Pillow)"
"""For manifests."""

Span = tuple[float, float]


def resample(
    image: np.ndarray, height: int, width: int, rows: Span | None = None, columns: Span | None = None
) -> np.ndarray:
    """Resize an image, or a part of it.

    Args:
        image: uint8 (any height, any width, channels).
        height: rows of the result.
        width: columns of the result.
        rows: (first, end) of the part in rows, which may be fractions; None for all. Pixels beyond it count where the
            filter reaches them.
        columns: the same in columns.

    Returns:
        uint8 (height, width, channels).
    """
    (top, bottom), (left, right) = rows or (0, image.shape[0]), columns or (0, image.shape[1])
    image = np.ascontiguousarray(image)
    # Two or four channels one by one: Pillow would take the last for transparency and mix it in.
    planes = [image] if image.shape[2] == 3 else [image[..., c] for c in range(image.shape[2])]
    resized = [
        np.asarray(Image.fromarray(plane).resize((width, height), Image.Resampling.LANCZOS, (left, top, right, bottom)))
        for plane in planes
    ]
    return resized[0] if image.shape[2] == 3 else np.stack(resized, axis=-1)
