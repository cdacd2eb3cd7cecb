"""Resizing an image by bilinear interpolation, as a matrix for each of its sides."""

import numpy as np


def bilinear_matrix(size: int, target: int) -> np.ndarray:
    """Return the matrix that resizes one side of an image.

    Value i of the result lies at (i + 1/2) size / target - 1/2 of the source, between two of its values, or at the
    first or last one where that is outside: pixels are squares, and their corners meet (`align_corners=False`). Nothing
    is smoothed before an image gets smaller (no antialiasing).

    Args:
        size: pixels of the side, at least 1.
        target: pixels that it is to have, at least 1.

    Returns:
        float64 (target, size), rows that sum to 1; resized = matrix @ side.
    """
    places = ((np.arange(target) + 0.5) * size / target - 0.5).clip(0, size - 1)
    before = np.floor(places).astype(int)
    after = np.minimum(before + 1, size - 1)
    matrix, rows = np.zeros((target, size)), np.arange(target)
    np.add.at(matrix, (rows, before), 1.0 - (places - before))
    np.add.at(matrix, (rows, after), places - before)
    return matrix
