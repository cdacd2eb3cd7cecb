"""Tables with a row per point and a name per column, as they come in files and arrays: checked in words."""

from collections import Counter
from collections.abc import Mapping

import numpy as np

from zscape.core.errors import InputError


def named_columns(
    arrays: Mapping[str, np.ndarray], kind: str, count: int, what: str
) -> tuple[np.ndarray, tuple[str, ...]] | None:
    """Return a table (count, k) and the k names of its columns; None where there is no such table.

    Without names the columns are called "attribute 0", "attribute 1", ...

    Args:
        arrays: under `kind` and an s the table, under `kind` and _names k texts.
        kind: what a column is, in the singular: "attribute", "factor".
        count: points.
        what: what the table is and from where, for error messages.

    Raises:
        InputError: when there is not one row per point, or not one name per column, each its own.
    """
    table, names = arrays.get(f"{kind}s"), arrays.get(f"{kind}_names")
    if table is None:
        if names is not None:
            raise InputError(f"{what} are missing, but there are {kind}_names; give both, or neither.")
        return None
    if table.ndim != 2 or len(table) != count or table.shape[1] < 1:
        raise InputError(
            f"{what} has shape {table.shape}; expected one row for each of {count} points, one column per {kind}."
        )
    return table, _names(names, table.shape[1], kind, what)


def _names(given: np.ndarray | None, number: int, kind: str, what: str) -> tuple[str, ...]:
    if given is None:
        return tuple(f"{kind} {i}" for i in range(number))
    names = tuple(str(name) for name in given.ravel())
    if len(names) != number:
        raise InputError(f"{what} has {number} column(s), but there are {len(names)} {kind}_names.")
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise InputError(
            f"{what}: the name {twice[0]!r} comes twice among the {kind}_names; each {kind} needs its own."
        )
    return names
