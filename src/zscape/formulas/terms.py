"""The terms of the loss put together from their parts, in one place and in double precision.

Progress line, history, `evaluate` and metrics.json all come from `loss_terms`, so they add up by construction.
"""

from dataclasses import dataclass
from math import prod

from zscape.formulas.likelihoods.registry import LIKELIHOODS


@dataclass(frozen=True)
class LossTerms:
    """The loss of a set of images; nats per image but for `kl_share` and `beta`.

    Attributes:
        loss: reconstruction + weighted_kl.
        reconstruction: minus log-likelihood of the images given their codes.
        kl: kl_mu + kl_log_var, unweighted. 0 for an autoencoder.
        kl_mu: 1/2 sum of mu^2.
        kl_log_var: -1/2 sum of (1 + log_var - exp(log_var)).
        weighted_kl: beta * kl; during a warm-up the mean of each step's beta times its kl.
        kl_share: weighted_kl / loss; None where the reconstruction is below 0, as a density with a learned sigma can
            be: there is nothing then that the KL could have a share of.
        beta: the factor of the KL in the loss; during a warm-up its mean over the images.
    """

    loss: float
    reconstruction: float
    kl: float
    kl_mu: float
    kl_log_var: float
    weighted_kl: float
    kl_share: float | None
    beta: float


def loss_terms(
    reconstruction: float, kl_mu: float, kl_log_var: float, beta: float, weighted_kl: float | None = None
) -> LossTerms:
    """Return all terms of the loss from its measured parts (means over the images, nats per image).

    Args:
        reconstruction: the likelihood's part.
        kl_mu: see `LossTerms`, as the others.
        kl_log_var: likewise.
        beta: the KL weight.
        weighted_kl: measured, where beta changed from step to step; None for beta * kl.
    """
    reconstruction, kl_mu, kl_log_var = float(reconstruction), float(kl_mu), float(kl_log_var)
    kl = kl_mu + kl_log_var
    weighted_kl = beta * kl if weighted_kl is None else float(weighted_kl)
    loss = reconstruction + weighted_kl
    share = weighted_kl / loss if loss else 0.0
    return LossTerms(
        loss, reconstruction, kl, kl_mu, kl_log_var, weighted_kl, None if reconstruction < 0 else share, beta
    )


@dataclass(frozen=True)
class ArticleTerms:
    """Loss, reconstruction and weighted KL in one of the articles' conventions."""

    loss: float
    reconstruction: float
    kl: float


def article_terms(
    terms: LossTerms, reconstruction: str, sigma: float, image_shape: tuple[int, int, int]
) -> dict[str, ArticleTerms]:
    """Return the terms in the articles' units: `tape` (per pixel position sum) and `mean` (per value mean).

    Their losses are ours times a constant: 1/C and 1/(H W C) for bce, 2 sigma^2 times that for mse. A learned sigma is
    taken as if it had been stated: without n log(sigma), which no article has.

    Args:
        terms: in nats per image.
        reconstruction: a likelihood's name.
        sigma: the sigma in the reconstruction, the learned one where it is learned; without effect for bce.
        image_shape: (height, width, channels).
    """
    height, width, channels = image_shape
    likelihood = LIKELIHOODS.get(reconstruction)
    left_out = likelihood.left_out_by_articles(sigma, prod(image_shape))
    factor = likelihood.article_scale(sigma)
    scales = {"tape": factor / channels, "mean": factor / (height * width * channels)}
    return {
        convention: ArticleTerms(
            (terms.loss - left_out) * scale, (terms.reconstruction - left_out) * scale, terms.weighted_kl * scale
        )
        for convention, scale in scales.items()
    }
