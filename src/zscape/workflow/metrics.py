"""The numbers of metrics.json."""

from typing import Any

from zscape.analysis.mean_image import mean_image_nll
from zscape.analysis.mismatch import prior_mismatch
from zscape.analysis.posterior import inactive_dimensions
from zscape.core.records import to_plain
from zscape.data.store import Split
from zscape.formulas.terms import article_terms
from zscape.latent.codes import Codes
from zscape.runs.directory import RunDirectory

UNITS = {
    "images": "number of images",
    "loss": "nats per image",
    "reconstruction": "nats per image, z drawn once per image",
    "reconstruction_at_mean": "nats per image, z at the mean",
    "entropy_floor": "nats per image, the least reconstruction that bce allows, above 0 for values between 0 and 1",
    "mean_image": "nats per image, the reconstruction of the images' own mean (a learned sigma is the best one for it)",
    "sigma": "standard deviation of the likelihood, stated or learned",
    "kl": "nats per image, unweighted",
    "kl_per_dimension": "nats per dimension, kl / z_dim",
    "kl_mu": "nats per image",
    "kl_log_var": "nats per image",
    "weighted_kl": "nats per image",
    "kl_share": "weighted_kl / loss",
    "beta": "factor of kl in loss",
    "active_units": "dimensions",
    "prior_mismatch": "nats per dimension",
    "psnr": "decibel, mean over images",
    "psnr_input": "decibel, mean over images: of what went into the networks, where a task made it another image",
    "images_per_second": "training images per second, first epoch left out",
    "articles": "tape: sums over height and width, means over channels; mean: means over all values; kl is weighted",
}
"""The units of the numbers in metrics.json, by name."""


def split_metrics(run: RunDirectory, model: Any, split: Split, codes: Codes) -> dict[str, Any]:
    """Return the numbers of one split.

    Args:
        run: the run.
        model: its model.
        split: the images.
        codes: their codes.
    """
    from zscape.inference.evaluate import evaluate_split

    evaluation = evaluate_split(model, split, codes, run.recipe.training.seed, run.recipe.task)
    objective = model.fitted_objective
    articles = article_terms(evaluation.terms, objective.reconstruction, objective.sigma, run.recipe.image_shape)
    return {
        "images": evaluation.images,
        **to_plain(evaluation.terms),
        "reconstruction_at_mean": evaluation.reconstruction_at_mean,
        "entropy_floor": evaluation.entropy_floor,
        "mean_image": mean_image_nll(split, objective.likelihood, objective.sigma),
        "sigma": None if objective.likelihood.sigma == "none" else objective.sigma,
        "kl_per_dimension": evaluation.terms.kl / codes.z_dim,
        "psnr": to_plain(evaluation.psnr),
        **({"psnr_input": evaluation.psnr_input} if run.recipe.task.has_target else {}),
        "active_units": codes.z_dim - len(inactive_dimensions(codes)),
        "prior_mismatch": prior_mismatch(*codes.moments()) if len(codes) > 1 else None,
        "articles": to_plain(articles),
    }


def training_metrics(history: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what training itself came to: epochs, images per second."""
    timed = history[1:] or history  # the first epoch holds the compilation
    images = sum(record["images_per_second"] * record["seconds"] for record in timed)
    return {"epochs": len(history), "images_per_second": images / sum(record["seconds"] for record in timed)}
