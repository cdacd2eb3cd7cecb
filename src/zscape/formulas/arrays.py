"""The array module that formulas are given, so that training and analysis share one text.

`xp` is `numpy` or `keras.ops`. Formulas use only what both spell alike; the few exceptions are here.
"""

from typing import Any

import numpy as np

Array = Any
"""An array of the module `xp`: a NumPy array or a backend's tensor."""


def softplus(x: Array, xp: Any) -> Array:
    """Return log(1 + exp(x)) elementwise, without overflow and with gradient sigmoid(x) everywhere."""
    if xp is not np:
        return xp.softplus(x)
    with np.errstate(invalid="ignore"):  # NaN stays NaN, without a warning
        return np.logaddexp(0.0, x)


def float32(x: Array, xp: Any) -> Array:
    """Return `x` in float32 (NumPy arrays keep float64, so that analysis can work in double precision)."""
    return x if xp is np else xp.cast(x, "float32")
