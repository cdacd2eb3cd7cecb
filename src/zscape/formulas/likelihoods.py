"""Reconstruction terms: minus the log-likelihood of an image given the decoder's output, in nats per image.

All take arrays (batch, height, width, channels) and return (batch,), summed over height, width and channels.
"""

from typing import Any

from zscape.formulas.arrays import Array, float32, softplus

_IMAGE_AXES = (1, 2, 3)


def bernoulli_nll(target: Array, logits: Array, xp: Any) -> Array:
    """Binary cross-entropy from logits, summed over the image.

    With p = sigmoid(l): -t log p - (1 - t) log(1 - p) = softplus(l) - t l, which neither overflows nor loses its
    gradient for saturated pixels.

    Args:
        target: (batch, height, width, channels), in [0, 1]; grey values count as probabilities.
        logits: same shape, any real number.
        xp: `numpy` or `keras.ops`.

    Returns:
        (batch,), nats per image.
    """
    target, logits = float32(target, xp), float32(logits, xp)
    return xp.sum(softplus(logits, xp) - target * logits, axis=_IMAGE_AXES)


def gaussian_nll(target: Array, mean: Array, sigma: float, xp: Any) -> Array:
    """Squared error as the Gaussian's exponent: sum (t - mean)^2 / (2 sigma^2).

    The constant n/2 log(2 pi sigma^2) is left out, as is usual; add it for a log-likelihood.

    Args:
        target: (batch, height, width, channels), in [0, 1].
        mean: same shape.
        sigma: the decoder's standard deviation, one for all pixels, > 0.
        xp: `numpy` or `keras.ops`.

    Returns:
        (batch,), nats per image.
    """
    difference = float32(target, xp) - float32(mean, xp)
    return xp.sum(difference * difference, axis=_IMAGE_AXES) / (2.0 * sigma**2)


def bernoulli_entropy(target: Array, xp: Any) -> Array:
    """The least value `bernoulli_nll` can take for a target: its own entropy, 0 only for pure black and white.

    Args:
        target: (batch, height, width, channels), in [0, 1].
        xp: `numpy` or `keras.ops`.

    Returns:
        (batch,), nats per image.
    """
    target = float32(target, xp)
    tiny = 1e-30  # 0 log 0 = 0
    terms = target * xp.log(xp.maximum(target, tiny)) + (1 - target) * xp.log(xp.maximum(1 - target, tiny))
    return -xp.sum(terms, axis=_IMAGE_AXES)
