"""The loss of a split, image by image, in double precision: independent of batches and of Keras' running means."""

from dataclasses import dataclass

import numpy as np

from zscape.core.seeds import row_normals
from zscape.data.store import Split
from zscape.formulas.divergence import kl_parts
from zscape.formulas.likelihoods import bernoulli_entropy
from zscape.formulas.quality import psnr
from zscape.formulas.terms import LossTerms, loss_terms
from zscape.latent.codes import Codes
from zscape.networks.latent_model import LatentModel

_BLOCK = 1024  # images in memory at once


@dataclass(frozen=True)
class Evaluation:
    """How well a model does on a split.

    Attributes:
        images: number of images.
        terms: loss and its terms, z drawn once per image from a fixed stream; nats per image.
        reconstruction_at_mean: the reconstruction term with z at the mean of the posterior, nats per image.
        entropy_floor: the least value that bce can take on these grey images, nats per image; None for mse.
        psnr: mean over the images of the peak signal-to-noise ratio at the mean, decibel.
    """

    images: int
    terms: LossTerms
    reconstruction_at_mean: float
    entropy_floor: float | None
    psnr: float


def evaluate_split(model: LatentModel, split: Split, codes: Codes, seed: int) -> Evaluation:
    """Evaluate a model on a split.

    Args:
        model: the model.
        split: the images.
        codes: their codes, as `encode_split` gives them.
        seed: the run's seed; with the split's name and an image's id it fixes the image's draw.
    """
    sums = np.zeros(4)
    for start in range(0, len(split), _BLOCK):
        block = codes.take(np.arange(start, min(start + _BLOCK, len(split))))
        target = split.images(slice(start, start + _BLOCK)) / 255.0
        sums += _block_sums(model, target, block, _draw(model, block, seed, split.name))
    drawn, at_mean, floor, decibel = sums / len(split)
    kl_mu, kl_log_var = (float(part.mean()) for part in _kl_parts(codes))
    return Evaluation(
        images=len(split),
        terms=loss_terms(drawn, kl_mu, kl_log_var, model.objective.beta),
        reconstruction_at_mean=float(at_mean),
        entropy_floor=float(floor) if model.objective.reconstruction == "bce" else None,
        psnr=float(decibel),
    )


def _draw(model: LatentModel, codes: Codes, seed: int, split_name: str) -> np.ndarray:
    if codes.log_var is None or model.sampling is None:
        return codes.mu
    epsilon = row_normals(seed, ("evaluation noise", split_name), codes.ids, codes.z_dim)
    limit = model.sampling.limit
    return codes.mu + np.exp(codes.log_var / 2) * epsilon.clip(-limit, limit)


def _block_sums(model: LatentModel, target: np.ndarray, codes: Codes, z: np.ndarray) -> np.ndarray:
    """Return the sums over a block of: nll at the draw, nll at the mean, entropy of the targets, psnr at the mean."""
    at_mean = model.decode_logits(codes.mu)
    drawn = at_mean if z is codes.mu else model.decode_logits(z)
    image = model.objective.mean_image(at_mean, np).clip(0.0, 1.0)
    return np.array(
        [
            model.objective.nll(target, drawn.astype(np.float64), np).sum(),
            model.objective.nll(target, at_mean.astype(np.float64), np).sum(),
            bernoulli_entropy(target, np).sum(),
            psnr(target, image).sum(),
        ]
    )


def _kl_parts(codes: Codes) -> tuple[np.ndarray, np.ndarray]:
    if codes.log_var is None:
        return np.zeros(1), np.zeros(1)
    return kl_parts(codes.mu.astype(np.float64), codes.log_var.astype(np.float64), np)
