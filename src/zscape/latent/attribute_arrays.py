"""Attributes of points as they come in files and arrays: checked in words, made bool."""

from collections import Counter
from collections.abc import Mapping

import numpy as np

from zscape.core.errors import InputError


def checked_attributes(
    arrays: Mapping[str, np.ndarray], count: int, what: str
) -> tuple[np.ndarray | None, tuple[str, ...] | None]:
    """Return the attributes as bool (count, k) and their k names, or None twice where there are none.

    Args:
        arrays: `attributes`, (count, k), bool, 0 and 1, or -1 and 1 as CelebA has them; `attribute_names`, k texts,
            without which they are called "attribute 0", "attribute 1", ...
        count: points.
        what: what the attributes are and from where, for error messages.

    Raises:
        InputError: when there is not one value per point and name, or values are something else than yes and no.
    """
    if "attributes" not in arrays:
        if "attribute_names" in arrays:
            raise InputError(f"{what} are missing, but there are attribute_names; give both, or neither.")
        return None, None
    table = arrays["attributes"]
    if table.ndim != 2 or len(table) != count or table.shape[1] < 1:
        raise InputError(
            f"{what} has shape {table.shape}; expected one row for each of {count} points, one column per attribute."
        )
    return _as_bool(table, what), _names(arrays, table.shape[1], what)


def _as_bool(table: np.ndarray, what: str) -> np.ndarray:
    if table.dtype == np.bool_:
        return table
    if table.dtype.kind in "iuf":
        values = np.unique(table)
        if set(values.tolist()) <= {0, 1} or set(values.tolist()) <= {-1, 1}:
            return table > 0
    raise InputError(
        f"{what} has values of dtype {table.dtype} that are not all yes or no; expected bool, 0 and 1, or -1 and 1."
    )


def _names(arrays: Mapping[str, np.ndarray], number: int, what: str) -> tuple[str, ...]:
    if "attribute_names" not in arrays:
        return tuple(f"attribute {i}" for i in range(number))
    names = tuple(str(name) for name in arrays["attribute_names"].ravel())
    if len(names) != number:
        raise InputError(f"{what} has {number} column(s), but there are {len(names)} attribute_names.")
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise InputError(
            f"{what}: the name {twice[0]!r} comes twice among the attribute_names; each attribute needs its own."
        )
    return names
