"""True factors of points as they come in files and arrays: checked in words, made float32."""

from collections.abc import Mapping

import numpy as np

from zscape.core.errors import InputError
from zscape.latent.named_columns import named_columns


def checked_factors(
    arrays: Mapping[str, np.ndarray], count: int, what: str
) -> tuple[np.ndarray | None, tuple[str, ...] | None]:
    """Return the factors as finite float32 (count, f) and their f names, or None twice where there are none.

    Args:
        arrays: `factors`, (count, f), real numbers; `factor_names`, f texts, without which they are called "factor 0",
            "factor 1", ...
        count: points.
        what: what the factors are and from where, for error messages.

    Raises:
        InputError: when there is not one value per point and name, or values are no finite real numbers.
    """
    columns = named_columns(arrays, "factor", count, what)
    if columns is None:
        return None, None
    table, names = columns
    if table.dtype.kind not in "fiub":
        raise InputError(f"{what} has dtype {table.dtype}; expected real numbers.")
    with np.errstate(over="ignore"):
        values = table.astype(np.float32, copy=False)
    wrong = int(values.size - np.isfinite(values).sum())
    if wrong:
        raise InputError(
            f"{what} has {wrong} value(s) that are NaN, infinite or too large for float32, of {values.size}; every "
            "point needs a number for each factor."
        )
    return values, names
