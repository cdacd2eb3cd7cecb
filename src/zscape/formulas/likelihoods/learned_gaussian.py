"""Gaussian with one sigma for all values, learned with the networks (`objective.reconstruction: gaussian`).

The best sigma of a set of images has a closed form, sigma^2 = mean squared error per value; training a scalar beside
the networks comes to the same. Source: Rybkin, Daniilidis & Levine, "Simple and effective VAE training with calibrated
decoders" (2021).
"""

import math
from typing import Any

from zscape.formulas.arrays import Array
from zscape.formulas.bounds import bound_log_var
from zscape.formulas.likelihoods.base import Likelihood
from zscape.formulas.likelihoods.gaussian import gaussian_nll

SIGMA_BOUNDS = (1 / (255 * math.sqrt(12)), 1000.0)
"""Rounding to 256 grey levels alone makes the lower one: a perfect fit cannot drive the loss to minus infinity.

The bounds are smooth: within them the best sigma is what it would be without any."""

START = 0.25
"""Sigma of an untrained model; values in [0, 1] have 0.5 at most."""

_PACE = 20.0  # Adam moves every number by about its rate per step: log sigma itself would take thousands of steps


def learned_nll(target: Array, mean: Array, sigma: Any, xp: Any) -> Array:
    """Minus the log-density of a normal: sum (t - mean)^2 / (2 sigma^2) + n log(sigma), for images of n values.

    Of the density's constant, n/2 log(2 pi) is left out, here and in every number that zscape shows; the term with
    sigma is not, because it is what keeps sigma from growing. Below sigma = 1 the loss can be negative.

    Args:
        target: (batch, height, width, channels), in [0, 1].
        mean: same shape.
        sigma: one for all values, > 0.
        xp: `numpy` or `keras.ops`.

    Returns:
        (batch,), nats per image.
    """
    return gaussian_nll(target, mean, sigma, xp) + math.prod(mean.shape[1:]) * xp.log(sigma)


def learned_sigma(raw: Array, xp: Any) -> Array:
    """Return sigma for the trained scalar: 0 gives `START`, and nothing leads out of `SIGMA_BOUNDS`.

    Args:
        raw: a scalar, any real number.
        xp: `numpy` or `keras.ops`.
    """
    low, high = (math.log(bound) for bound in SIGMA_BOUNDS)
    return xp.exp(bound_log_var(math.log(START) + _PACE * raw, low, high, xp))


def best_sigma(mse: float) -> float:
    """Return the sigma that makes images most likely: the root of their mean squared error per value, bounded."""
    return min(max(math.sqrt(mse), SIGMA_BOUNDS[0]), SIGMA_BOUNDS[1])


class LearnedGaussian(Likelihood):
    """Normally distributed around the mean image, with a sigma that is learned."""

    name = "gaussian"
    outputs = ("sigmoid", "linear")
    sigma = "learned"
    beta_per_fact = None
    no_sigma = "with gaussian it is learned, so state the weight as beta"
    image_rule = ", and sigma is the best for them"

    def nll(self, target: Array, logits: Array, output: str, sigma: Any, xp: Any) -> Array:
        """Return `learned_nll` of the mean image."""
        return learned_nll(target, self.mean_image(logits, output, xp), sigma, xp)

    def nll_of_image(self, target: Array, image: Array, sigma: Any, xp: Any) -> Array:
        """Return `learned_nll`."""
        return learned_nll(target, image, sigma, xp)

    def least_nll(self, mse: float, values: int) -> float:
        """Return n (1/2 + log sigma) with the best sigma; more where that is at a bound."""
        sigma = best_sigma(mse)
        return values * (mse / (2.0 * sigma**2) + math.log(sigma))

    def article_scale(self, sigma: float) -> float:
        """Return 2 sigma^2, as if this sigma had been stated."""
        return 2.0 * sigma**2

    def left_out_by_articles(self, sigma: float, values: int) -> float:
        """Return n log(sigma)."""
        return values * math.log(sigma)

    def describe(self, sigma: float) -> str:
        """Return the name; runs with different learned sigmas can be compared."""
        return f"{self.name} (learned sigma)"


LIKELIHOOD = LearnedGaussian()
