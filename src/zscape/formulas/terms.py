"""The terms of the loss put together from their parts, in one place and in double precision.

Progress line, history, `evaluate` and metrics.json all come from `loss_terms`, so they add up by construction.
"""

from dataclasses import dataclass


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
        kl_share: weighted_kl / loss.
        beta: the factor of the KL in the loss; during a warm-up its mean over the images.
    """

    loss: float
    reconstruction: float
    kl: float
    kl_mu: float
    kl_log_var: float
    weighted_kl: float
    kl_share: float
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
    return LossTerms(loss, reconstruction, kl, kl_mu, kl_log_var, weighted_kl, share, beta)


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

    Their losses are ours times a constant: 1/C and 1/(H W C) for bce, 2 sigma^2 times that for mse.

    Args:
        terms: in nats per image.
        reconstruction: "bce" or "mse".
        sigma: the sigma in the mse reconstruction; without effect for bce.
        image_shape: (height, width, channels).
    """
    height, width, channels = image_shape
    factor = 1.0 if reconstruction == "bce" else 2.0 * sigma**2
    scales = {"tape": factor / channels, "mean": factor / (height * width * channels)}
    return {
        convention: ArticleTerms(terms.loss * scale, terms.reconstruction * scale, terms.weighted_kl * scale)
        for convention, scale in scales.items()
    }
