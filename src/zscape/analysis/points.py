"""What every study of points expects of them."""

import numpy as np

from zscape.core.errors import InputError


def check_points(points: np.ndarray, least: int = 1) -> None:
    """Raise InputError unless `points` is a finite table (n, d) with n >= `least` and d >= 1.

    Args:
        points: any real dtype.
        least: the number of points needed.
    """
    if points.ndim != 2 or points.shape[1] < 1:
        raise InputError(f"Points have shape {points.shape}; expected (points, dimensions).")
    if len(points) < least:
        raise InputError(f"There are {len(points)} points; at least {least} are needed.")
    if not np.isfinite(points).all():
        raise InputError(f"{int((~np.isfinite(points)).sum())} of {points.size} values are NaN or infinite.")
