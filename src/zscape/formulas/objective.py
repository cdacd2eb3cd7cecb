"""The loss of a run: which likelihood, which weight."""

import math
from dataclasses import dataclass
from typing import Any

from zscape.core.errors import InputError
from zscape.formulas.arrays import Array
from zscape.formulas.likelihoods.base import Likelihood
from zscape.formulas.likelihoods.registry import LIKELIHOODS


@dataclass(frozen=True)
class Objective:
    """What is minimised, in nats per image: reconstruction + beta * KL.

    Attributes:
        reconstruction: "bce" (Bernoulli, from logits), "mse" (Gaussian) or "gaussian" (Gaussian with a learned sigma).
        output: "sigmoid" or "linear": how the decoder's output becomes a mean image. For bce always "sigmoid".
        beta: factor of the KL, after the warm-up.
        sigma: standard deviation of the Gaussian; without effect for bce, and for gaussian, where the model has it.
        warmup_steps: training steps in which the factor grows from 0 to beta; 0 for a constant one.

    Raises:
        InputError: for a reconstruction or output that does not exist, a negative beta, a sigma that is not positive.
    """

    reconstruction: str = "bce"
    output: str = "sigmoid"
    beta: float = 1.0
    sigma: float = 1.0
    warmup_steps: int = 0

    def __post_init__(self) -> None:
        outputs = self.likelihood.outputs
        if self.output not in outputs:
            raise InputError(
                f"An objective with reconstruction {self.reconstruction} has output {' or '.join(outputs)}; "
                f"received {self.output!r}."
            )
        if not (self.beta >= 0 and math.isfinite(self.beta)):
            raise InputError(f"An objective's beta must be a number of at least 0; received {self.beta}.")
        if not (self.sigma > 0 and math.isfinite(self.sigma)):
            raise InputError(f"An objective's sigma must be a number above 0; received {self.sigma}.")

    @property
    def likelihood(self) -> Likelihood:
        """What `reconstruction` names."""
        return LIKELIHOODS.get(self.reconstruction)

    def nll(self, target: Array, logits: Array, xp: Any, sigma: Any = None) -> Array:
        """Return the reconstruction term, (batch,), nats per image.

        Args:
            target: (batch, height, width, channels), in [0, 1].
            logits: the decoder's output, same shape.
            xp: `numpy` or `keras.ops`.
            sigma: one that is being learned; None takes the objective's own.
        """
        return self.likelihood.nll(target, logits, self.output, self.sigma if sigma is None else sigma, xp)

    def mean_image(self, logits: Array, xp: Any) -> Array:
        """Return the mean of the likelihood, the image that is shown; same shape as `logits`."""
        return self.likelihood.mean_image(logits, self.output, xp)
