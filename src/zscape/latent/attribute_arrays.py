"""Attributes of points as they come in files and arrays: checked in words, made bool."""

from collections.abc import Mapping

import numpy as np

from zscape.core.errors import InputError
from zscape.latent.named_columns import named_columns


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
    columns = named_columns(arrays, "attribute", count, what)
    return (None, None) if columns is None else (_as_bool(columns[0], what), columns[1])


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
