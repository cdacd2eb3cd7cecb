"""A smooth bound for log_var that stays finite for any input."""

from typing import Any

from zscape.formulas.arrays import Array, float32, softplus

_BEYOND = 60.0  # far enough outside the bounds that softplus is 0 in float32, near enough that it stays finite


def bound_log_var(log_var: Array, low: float, high: float, xp: Any) -> Array:
    """Return `log_var` bounded smoothly to [low, high].

    y = high - softplus(high - x), then low + softplus(y - low), with x first clipped to [low - 60, high + 60]. Inside
    the bounds it is the identity but for a tail of exp(-distance to the bound); at the bounds the gradient is 1/2; at
    +-inf the value is finite. NaN stays NaN.

    Args:
        log_var: any shape, any float dtype.
        low: lower bound.
        high: upper bound, > low.
        xp: `numpy` or `keras.ops`.

    Returns:
        float32 array of the same shape.
    """
    clipped = xp.clip(float32(log_var, xp), low - _BEYOND, high + _BEYOND)
    from_above = high - softplus(high - clipped, xp)
    return low + softplus(from_above - low, xp)
