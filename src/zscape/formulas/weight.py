"""The KL weight in every form in which people state it.

zscape minimises, in nats per image (sums over height, width, channels and over z):

    bce   BCE           + beta KL
    mse   SSE / (2 s^2) + beta KL

The articles that zscape goes back to state a `fact` instead, in one of two conventions:

    tape  reconstruction = sum over H, W of the mean over C;  KL summed, with 1/2
    mean  reconstruction = mean over H, W, C;  KL a mean over z, without 1/2

so that their loss is ours times a constant:

    bce   beta  = fact C              (tape)    beta  = 2 fact H W C / z_dim    (mean)
    mse   2 s^2 = fact C              (tape)    2 s^2 = 2 fact H W C / z_dim    (mean)

For mse a weight can be read in two ways that give the same optimum: beta at sigma = 1, or sigma at beta = 1, with
sigma^2 = beta. A Bernoulli likelihood has no sigma. Where sigma is learned (gaussian) the weight is beta and nothing
else: the articles' facts stand for a sigma of one's own choice.
"""

import math
from dataclasses import dataclass
from typing import Literal

from zscape.formulas.likelihoods.registry import LIKELIHOODS

Convention = Literal["tape", "mean"]


@dataclass(frozen=True)
class WeightForms:
    """One KL weight in all its forms; any one of them, alone, states the weight.

    Attributes:
        beta: factor of the KL, where the mse reconstruction is SSE / 2.
        sigma: the decoder's standard deviation at beta = 1; None for bce, and for gaussian, which learns it.
        fact_tape: the articles' factor, tape convention; None for gaussian.
        fact_mean: the articles' factor, mean convention; None for gaussian.
    """

    beta: float
    sigma: float | None
    fact_tape: float | None
    fact_mean: float | None


def unit_of_fact(convention: Convention, image_shape: tuple[int, int, int], z_dim: int) -> float:
    """Return the beta (bce) or 2 sigma^2 (mse) that a `fact` of 1 stands for."""
    height, width, channels = image_shape
    if convention == "tape":
        return float(channels)
    return 2.0 * height * width * channels / z_dim


def beta_from_fact(
    fact: float, convention: Convention, reconstruction: str, image_shape: tuple[int, int, int], z_dim: int
) -> float:
    """Return beta (for mse: at sigma = 1) for the articles' `fact`.

    Raises:
        ValueError: for a likelihood in whose units the articles have no loss.
    """
    beta_per_fact = LIKELIHOODS.get(reconstruction).beta_per_fact
    if beta_per_fact is None:
        raise ValueError(f"a fact states no weight for {reconstruction}")
    return fact * unit_of_fact(convention, image_shape, z_dim) * beta_per_fact


def weight_forms(beta: float, reconstruction: str, image_shape: tuple[int, int, int], z_dim: int) -> WeightForms:
    """Return all forms of the weight `beta` (for mse: beta at sigma = 1).

    Args:
        beta: >= 0.
        reconstruction: a likelihood's name.
        image_shape: (height, width, channels).
        z_dim: dimensions of the latent space.
    """
    likelihood = LIKELIHOODS.get(reconstruction)
    if likelihood.beta_per_fact is None:
        return WeightForms(beta, None, None, None)
    unit = beta / likelihood.beta_per_fact
    return WeightForms(
        beta=beta,
        sigma=math.sqrt(beta) if likelihood.sigma == "stated" else None,
        fact_tape=unit / unit_of_fact("tape", image_shape, z_dim),
        fact_mean=unit / unit_of_fact("mean", image_shape, z_dim),
    )
