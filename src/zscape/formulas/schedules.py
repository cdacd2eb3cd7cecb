"""How the KL weight changes in the course of a training."""

from typing import Any

from zscape.formulas.arrays import Array


def linear_warmup(step: Array, steps: int, xp: Any) -> Array:
    """Return the share of the full weight at a training step: step / steps, and 1 from then on.

    Args:
        step: number of training steps already made, >= 0.
        steps: length of the warm-up, >= 1; the first step has weight 0, the step number `steps` the full one.
        xp: `numpy` or `keras.ops`.
    """
    return xp.minimum(step / steps, 1.0)
