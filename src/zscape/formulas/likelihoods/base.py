"""What a likelihood says: how likely an image is, given what a decoder gave.

A likelihood is one file in this package; it ends in `LIKELIHOOD = ...`, by which `registry` finds it.
"""

from abc import ABC, abstractmethod
from typing import Any, Literal

from zscape.formulas.arrays import Array

IMAGE_AXES = (1, 2, 3)
"""Height, width, channels: what every term is summed over."""


class Likelihood(ABC):
    """A decoder's output read as a distribution over images; no state.

    Attributes:
        name: as `objective.reconstruction` states it.
        outputs: what the decoder's output can become to be the mean image: "sigmoid", "linear".
        sigma: whether there is a standard deviation: "none", "stated" (with the weight) or "learned".
        beta_per_fact: beta (at sigma 1) that stands for 1 in the articles' units; None where they have no such loss.
        no_sigma: why `weight.sigma` cannot be stated, as the end of a sentence.
        image_rule: what `nll_of_image` does to images, as the end of a sentence.
    """

    name: str
    outputs: tuple[str, ...]
    sigma: Literal["none", "stated", "learned"] = "none"
    beta_per_fact: float | None = 1.0
    no_sigma: str = ""
    image_rule: str = ""

    @abstractmethod
    def nll(self, target: Array, logits: Array, output: str, sigma: Any, xp: Any) -> Array:
        """Return minus the log-likelihood, (batch,), nats per image.

        Args:
            target: (batch, height, width, channels), in [0, 1].
            logits: the decoder's output, same shape.
            output: one of `outputs`.
            sigma: standard deviation of a value, > 0; without effect where there is none.
            xp: `numpy` or `keras.ops`.
        """

    @abstractmethod
    def nll_of_image(self, target: Array, image: Array, sigma: Any, xp: Any) -> Array:
        """Return the same for a mean image instead of a decoder's output: (batch,), nats per image.

        Args:
            target: (batch, height, width, channels), in [0, 1].
            image: same shape, or one that spreads to it; in [0, 1].
            sigma: as in `nll`.
            xp: `numpy` or `keras.ops`.
        """

    def mean_image(self, logits: Array, output: str, xp: Any) -> Array:
        """Return the mean of the distribution, the image that is shown; same shape as `logits`."""
        # The sigmoid through tanh: exp would overflow far from 0.
        return logits if output == "linear" else 0.5 * (1.0 + xp.tanh(0.5 * logits))

    def entropy_floor(self, target: Array, xp: Any) -> Array | None:
        """Return the least value that `nll` can take for each target, (batch,); None where there is no such bound."""
        return None

    def least_nll(self, mse: float, values: int) -> float:
        """Return the mean of `nll` over images that have this mean squared error, at the best sigma: nats per image.

        Args:
            mse: mean squared error per value.
            values: how many values an image has.

        Raises:
            NotImplementedError: where sigma is not learned.
        """
        raise NotImplementedError

    def article_scale(self, sigma: float) -> float:
        """Return the factor from nats per image to the articles' sums: their loss is ours times a constant."""
        return 1.0

    def left_out_by_articles(self, sigma: float, values: int) -> float:
        """Return what of `nll` the articles' losses do not have: nats per image of `values` values."""
        return 0.0

    def describe(self, sigma: float) -> str:
        """Return a phrase by which losses that can be compared are told from others."""
        return self.name
