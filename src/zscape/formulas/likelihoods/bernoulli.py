"""Bernoulli: every value is the chance of a white pixel (`objective.reconstruction: bce`)."""

from typing import Any

from zscape.formulas.arrays import Array, float32, softplus
from zscape.formulas.likelihoods.base import IMAGE_AXES, Likelihood

DARKEST = 1 / 510
"""Half a grey level: the least probability, and the least distance from 1, that an image stands for."""


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
    return xp.sum(softplus(logits, xp) - target * logits, axis=IMAGE_AXES)


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
    return -xp.sum(terms, axis=IMAGE_AXES)


class Bernoulli(Likelihood):
    """Black or white, with the mean image as the chance of white; logits through a sigmoid."""

    name = "bce"
    outputs = ("sigmoid",)
    no_sigma = "a Bernoulli likelihood has no sigma"
    image_rule = ", and for bce to [1/510, 509/510], half a grey level from black and white"

    def nll(self, target: Array, logits: Array, output: str, sigma: Any, xp: Any) -> Array:
        """Return `bernoulli_nll`; there is neither another output nor a sigma."""
        return bernoulli_nll(target, logits, xp)

    def nll_of_image(self, target: Array, image: Array, sigma: Any, xp: Any) -> Array:
        """Return the same for an image, kept half a grey level away from certainty."""
        chance = xp.clip(image, DARKEST, 1 - DARKEST)
        return bernoulli_nll(target, xp.log(chance) - xp.log1p(-chance), xp)

    def entropy_floor(self, target: Array, xp: Any) -> Array:
        """Return `bernoulli_entropy`."""
        return bernoulli_entropy(target, xp)


LIKELIHOOD = Bernoulli()
