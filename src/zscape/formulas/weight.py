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
sigma^2 = beta. A Bernoulli likelihood has no sigma.
"""

import math
from dataclasses import dataclass
from typing import Literal

Reconstruction = Literal["bce", "mse"]
Convention = Literal["tape", "mean"]


@dataclass(frozen=True)
class WeightForms:
    """One KL weight in all its forms; any one of them, alone, states the weight.

    Attributes:
        beta: factor of the KL, where the mse reconstruction is SSE / 2.
        sigma: the decoder's standard deviation at beta = 1; None for bce.
        fact_tape: the articles' factor, tape convention.
        fact_mean: the articles' factor, mean convention.
    """

    beta: float
    sigma: float | None
    fact_tape: float
    fact_mean: float


def unit_of_fact(convention: Convention, image_shape: tuple[int, int, int], z_dim: int) -> float:
    """Return the beta (bce) or 2 sigma^2 (mse) that a `fact` of 1 stands for."""
    height, width, channels = image_shape
    if convention == "tape":
        return float(channels)
    return 2.0 * height * width * channels / z_dim


def beta_from_fact(
    fact: float, convention: Convention, reconstruction: Reconstruction, image_shape: tuple[int, int, int], z_dim: int
) -> float:
    """Return beta (for mse: at sigma = 1) for the articles' `fact`."""
    unit = fact * unit_of_fact(convention, image_shape, z_dim)
    return unit if reconstruction == "bce" else unit / 2.0


def weight_forms(
    beta: float, reconstruction: Reconstruction, image_shape: tuple[int, int, int], z_dim: int
) -> WeightForms:
    """Return all forms of the weight `beta` (for mse: beta at sigma = 1).

    Args:
        beta: >= 0.
        reconstruction: "bce" or "mse".
        image_shape: (height, width, channels).
        z_dim: dimensions of the latent space.
    """
    unit = beta if reconstruction == "bce" else 2.0 * beta
    return WeightForms(
        beta=beta,
        sigma=math.sqrt(beta) if reconstruction == "mse" else None,
        fact_tape=unit / unit_of_fact("tape", image_shape, z_dim),
        fact_mean=unit / unit_of_fact("mean", image_shape, z_dim),
    )
