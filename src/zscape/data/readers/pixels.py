"""Arrays of any usual type as uint8 pixels."""

import numpy as np

from zscape.core.errors import InputError

_CHUNK = 1024  # images converted at a time: bounds the memory of the intermediate floats


def to_pixels(values: np.ndarray, what: str) -> np.ndarray:
    """Return `values` as uint8 pixels 0..255.

    uint8 stays as it is, bool becomes 0 and 255, other integers must lie within 0..255, floats within [0, 1] (they
    become round(255 x)).

    Args:
        values: any shape.
        what: what the array is, for error messages.

    Raises:
        InputError: for any other type, and for numbers outside these ranges; names both.
    """
    if values.dtype == np.uint8:
        return values
    if values.dtype.kind not in "buif":
        raise InputError(f"{what} has type {values.dtype}; pixels must be integers 0..255 or floats in [0, 1].")
    highest = 255 if values.dtype.kind in "ui" else 1
    if values.size and values.dtype.kind != "b":
        _check_range(values, highest, what)
    pixels = np.empty(values.shape, np.uint8)
    for start in range(0, len(values), _CHUNK):
        chunk = values[start : start + _CHUNK]
        pixels[start : start + _CHUNK] = np.rint(chunk * np.float64(255)) if highest == 1 else chunk
    return pixels


def _check_range(values: np.ndarray, highest: int, what: str) -> None:
    low, high = values.min(), values.max()  # NaN where any value is
    expected = "floats must lie in [0, 1]" if highest == 1 else "integers must lie within 0..255"
    if not (np.isfinite(low) and np.isfinite(high)):
        raise InputError(f"{what} of type {values.dtype} holds NaN or infinite numbers; {expected}.")
    if low < 0 or high > highest:
        remedy = " (divide by 255, or save as uint8)" if highest == 1 and low >= 0 and 2 < high <= 255 else ""
        raise InputError(f"{what} of type {values.dtype} ranges from {low:g} to {high:g}; {expected}{remedy}.")
