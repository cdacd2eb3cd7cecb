"""Gaussian with one stated sigma for all values (`objective.reconstruction: mse`)."""

from typing import Any

from zscape.formulas.arrays import Array, float32
from zscape.formulas.likelihoods.base import IMAGE_AXES, Likelihood


def gaussian_nll(target: Array, mean: Array, sigma: Any, xp: Any) -> Array:
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
    return xp.sum(difference * difference, axis=IMAGE_AXES) / (2.0 * sigma**2)


class Gaussian(Likelihood):
    """Normally distributed around the mean image, with a sigma that the recipe states."""

    name = "mse"
    outputs = ("sigmoid", "linear")
    sigma = "stated"
    beta_per_fact = 0.5

    def nll(self, target: Array, logits: Array, output: str, sigma: Any, xp: Any) -> Array:
        """Return `gaussian_nll` of the mean image."""
        return gaussian_nll(target, self.mean_image(logits, output, xp), sigma, xp)

    def nll_of_image(self, target: Array, image: Array, sigma: Any, xp: Any) -> Array:
        """Return `gaussian_nll`."""
        return gaussian_nll(target, image, sigma, xp)

    def article_scale(self, sigma: float) -> float:
        """Return 2 sigma^2: the articles have the squared error itself."""
        return 2.0 * sigma**2

    def describe(self, sigma: float) -> str:
        """Return name and sigma: at another sigma, nats are others."""
        return f"{self.name} at sigma {sigma:.4g}"


LIKELIHOOD = Gaussian()
