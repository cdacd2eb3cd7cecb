"""How well each image of a split comes out again."""

import numpy as np

from zscape.data.corrupt import inputs_of
from zscape.data.store import Split
from zscape.formulas.quality import psnr, ssim
from zscape.networks.latent_model import LatentModel
from zscape.specs.task import RECONSTRUCT, TaskSpec

_BLOCK = 1024  # images in memory at once


def image_measures(
    model: LatentModel, split: Split, task: TaskSpec = RECONSTRUCT, seed: int = 0
) -> dict[str, np.ndarray]:
    """Measure every image against its reconstruction at the mean of its posterior.

    Args:
        model: the model.
        split: the images.
        task: what goes into the encoder; measured is always against the clean image.
        seed: the run's seed, which fixes what a task does to the images.

    Returns:
        "psnr" (decibel), "ssim" and "reconstruction" (the loss' term, nats per image), each float64 (n,), as
        `analysis.reconstruction.MEASURES` names them.
    """
    objective = model.fitted_objective
    found: dict[str, list[np.ndarray]] = {"psnr": [], "ssim": [], "reconstruction": []}
    for start in range(0, len(split), _BLOCK):
        rows = slice(start, start + _BLOCK)
        target = split.images(rows) / 255.0
        logits = model.decode_logits(model.encode(inputs_of(split, rows, task, seed)))
        image = objective.mean_image(logits, np).clip(0.0, 1.0)
        found["psnr"].append(psnr(target, image))
        found["ssim"].append(ssim(target, image))
        found["reconstruction"].append(objective.nll(target, logits.astype(np.float64), np))
    return {name: np.concatenate(parts) if parts else np.empty(0) for name, parts in found.items()}
