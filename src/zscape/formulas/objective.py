"""The loss of a run: which likelihood, which weight."""

from dataclasses import dataclass
from typing import Any

from zscape.formulas.arrays import Array
from zscape.formulas.likelihoods import bernoulli_nll, gaussian_nll


@dataclass(frozen=True)
class Objective:
    """What is minimised, in nats per image: reconstruction + beta * KL.

    Attributes:
        reconstruction: "bce" (Bernoulli, from logits) or "mse" (Gaussian).
        output: "sigmoid" or "linear": how the decoder's output becomes a mean image. For bce always "sigmoid".
        beta: factor of the KL, after the warm-up.
        sigma: standard deviation of the Gaussian; without effect for bce.
        warmup_steps: training steps in which the factor grows from 0 to beta; 0 for a constant one.
    """

    reconstruction: str = "bce"
    output: str = "sigmoid"
    beta: float = 1.0
    sigma: float = 1.0
    warmup_steps: int = 0

    def nll(self, target: Array, logits: Array, xp: Any) -> Array:
        """Return the reconstruction term, (batch,), nats per image.

        Args:
            target: (batch, height, width, channels), in [0, 1].
            logits: the decoder's output, same shape.
            xp: `numpy` or `keras.ops`.
        """
        if self.reconstruction == "bce":
            return bernoulli_nll(target, logits, xp)
        return gaussian_nll(target, self.mean_image(logits, xp), self.sigma, xp)

    def mean_image(self, logits: Array, xp: Any) -> Array:
        """Return the mean of the likelihood, the image that is shown; same shape as `logits`."""
        # The sigmoid through tanh: exp would overflow far from 0.
        return logits if self.output == "linear" else 0.5 * (1.0 + xp.tanh(0.5 * logits))
