"""The loss of a split, image by image, in double precision: independent of batches and of Keras' running means."""

from dataclasses import dataclass

import numpy as np

from zscape.core.seeds import row_normals
from zscape.data.corrupt import corrupt_fixed
from zscape.data.store import Split
from zscape.formulas.divergence import kl_parts
from zscape.formulas.objective import Objective
from zscape.formulas.quality import psnr
from zscape.formulas.terms import LossTerms, loss_terms
from zscape.latent.codes import Codes
from zscape.networks.latent_model import LatentModel
from zscape.specs.task import RECONSTRUCT, TaskSpec

_BLOCK = 1024  # images in memory at once


@dataclass(frozen=True)
class Evaluation:
    """How well a model does on a split.

    Attributes:
        images: number of images.
        terms: loss and its terms, z drawn once per image from a fixed stream; nats per image.
        reconstruction_at_mean: the reconstruction term with z at the mean of the posterior, nats per image.
        entropy_floor: the least value that the reconstruction can take on these images, nats per image: with bce
            above 0 for grey ones; None where there is no such bound.
        psnr: mean over the images of the peak signal-to-noise ratio at the mean, decibel.
        psnr_input: the same of what went into the networks, where a task made that another image than the target;
            images that the task left as they were (a grey photograph to be made grey) are infinitely near and do not
            count. None without a task, and where it changed no image.
    """

    images: int
    terms: LossTerms
    reconstruction_at_mean: float
    entropy_floor: float | None
    psnr: float
    psnr_input: float | None = None


def evaluate_split(
    model: LatentModel, split: Split, codes: Codes, seed: int, task: TaskSpec = RECONSTRUCT
) -> Evaluation:
    """Evaluate a model on a split, always against the clean images.

    Args:
        model: the model.
        split: the images.
        codes: their codes, as `encode_split` gives them with the same task and seed.
        seed: the run's seed; with the split's name and an image's id it fixes the image's draw.
        task: what went into the encoder.
    """
    sums, objective = np.zeros(4), model.fitted_objective
    of_inputs: list[np.ndarray] = []
    for start in range(0, len(split), _BLOCK):
        block = codes.take(np.arange(start, min(start + _BLOCK, len(split))))
        images = split.images(slice(start, start + _BLOCK))
        target = images / 255.0
        sums += _block_sums(model, objective, target, block, _draw(model, block, seed, split.name))
        if task.has_target:
            of_inputs.append(psnr(corrupt_fixed(images, task, seed, split.name, block.ids) / 255.0, target))
    drawn, at_mean, floor, decibel = sums / len(split)
    kl_mu, kl_log_var = (float(part.mean()) for part in _kl_parts(codes))
    return Evaluation(
        images=len(split),
        terms=loss_terms(drawn, kl_mu, kl_log_var, model.objective.beta),
        reconstruction_at_mean=float(at_mean),
        entropy_floor=None if np.isnan(floor) else float(floor),
        psnr=float(decibel),
        psnr_input=_mean_of_changed(of_inputs),
    )


def _mean_of_changed(blocks: list[np.ndarray]) -> float | None:
    values = np.concatenate([block[np.isfinite(block)] for block in blocks]) if blocks else np.empty(0)
    return float(values.mean()) if len(values) else None


def _draw(model: LatentModel, codes: Codes, seed: int, split_name: str) -> np.ndarray:
    if codes.log_var is None or model.sampling is None:
        return codes.mu
    epsilon = row_normals(seed, ("evaluation noise", split_name), codes.ids, codes.z_dim)
    limit = model.sampling.limit
    return codes.mu + np.exp(codes.log_var / 2) * epsilon.clip(-limit, limit)


def _block_sums(
    model: LatentModel, objective: Objective, target: np.ndarray, codes: Codes, z: np.ndarray
) -> np.ndarray:
    """Return the sums over a block of: nll at the draw, nll at the mean, its floor (or NaN), psnr at the mean."""
    at_mean = model.decode_logits(codes.mu)
    drawn = at_mean if z is codes.mu else model.decode_logits(z)
    image = objective.mean_image(at_mean, np).clip(0.0, 1.0)
    floor = objective.likelihood.entropy_floor(target, np)
    return np.array(
        [
            objective.nll(target, drawn.astype(np.float64), np).sum(),
            objective.nll(target, at_mean.astype(np.float64), np).sum(),
            np.nan if floor is None else floor.sum(),
            psnr(target, image).sum(),
        ]
    )


def _kl_parts(codes: Codes) -> tuple[np.ndarray, np.ndarray]:
    if codes.log_var is None:
        return np.zeros(1), np.zeros(1)
    return kl_parts(codes.mu.astype(np.float64), codes.log_var.astype(np.float64), np)
