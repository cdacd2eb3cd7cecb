"""What follows a training: encode, evaluate, analyse; everything the report needs, as files of the run."""

from pathlib import Path
from typing import Any

import numpy as np

from zscape.analysis.mismatch import prior_mismatch
from zscape.analysis.posterior import inactive_dimensions
from zscape.analysis.study import analysis_json, analyze
from zscape.core.backend import start_backend
from zscape.core.records import to_plain
from zscape.data.store import Store
from zscape.formulas.terms import article_terms
from zscape.latent.arrays import write_arrays
from zscape.latent.codes import Codes
from zscape.latent.priors.fitted_normal import fit_normal
from zscape.latent.priors.normal import Normal
from zscape.runs.directory import RunDirectory
from zscape.specs.base import SPLITS
from zscape.workflow.data import store_of_run
from zscape.workflow.pictures import to_bytes
from zscape.workflow.units import UNITS

_PAIRS = 16
_RANDOM = 40


def study(directory: Path | str) -> RunDirectory:
    """Encode, evaluate and analyse a trained run: latents.npz, metrics.json, analysis.json, priors/, images.npz.

    Args:
        directory: a run directory.

    Raises:
        InputError: when it holds no trained run, or the run's images are gone.
    """
    run = RunDirectory.open(directory)
    start_backend(run.recipe.training.backend, run.recipe.training.threads, run.recipe.training.deterministic)
    from zscape.inference.encode import encode_store
    from zscape.inference.storage import load_model

    model, store = load_model(run.path), store_of_run(run)
    codes = encode_store(model, store)
    codes.save(run.path / "latents.npz")
    fitted = fit_normal(codes.of_split("train"))
    fitted.save(run.path / "priors" / "fitted_normal.npz")
    metrics = {name: split_metrics(run, model, store, codes, name) for name in SPLITS if len(store.split(name))}
    run.write("metrics.json", {**metrics, **_training_numbers(run), "units": UNITS})
    run.write("analysis.json", analysis_json(analyze(codes)))
    write_arrays(run.path / "images.npz", _report_images(model, store, run, fitted))
    return run


def split_metrics(run: RunDirectory, model: Any, store: Store, codes: Codes, name: str) -> dict[str, Any]:
    """Return the numbers of one split, as in metrics.json.

    Args:
        run: the run.
        model: its model.
        store: the images.
        codes: the codes of all of them.
        name: the split.
    """
    from zscape.inference.evaluate import evaluate_split

    own = codes.of_split(name)
    evaluation = evaluate_split(model, store.split(name), own, run.recipe.training.seed)
    objective = model.objective
    articles = article_terms(evaluation.terms, objective.reconstruction, objective.sigma, run.recipe.image_shape)
    return to_plain(
        {
            "images": evaluation.images,
            **to_plain(evaluation.terms),
            "reconstruction_at_mean": evaluation.reconstruction_at_mean,
            "entropy_floor": evaluation.entropy_floor,
            "psnr": evaluation.psnr,
            "active_units": own.z_dim - len(inactive_dimensions(own)),
            "prior_mismatch": prior_mismatch(*own.moments()),
            "articles": articles,
        }
    )


def _training_numbers(run: RunDirectory) -> dict[str, Any]:
    history = run.history()
    # The first epoch holds the compilation; leave it out where there is another.
    timed = history[1:] or history
    images = sum(record["images_per_second"] * record["seconds"] for record in timed)
    return {
        "epochs": len(history),
        "images_per_second": images / sum(record["seconds"] for record in timed),
    }


def _report_images(model: Any, store: Store, run: RunDirectory, fitted: Any) -> dict[str, np.ndarray]:
    seed = run.recipe.training.seed
    split = store.split("test" if len(store.split("test")) else "validation")
    originals = split.images(slice(0, _PAIRS))
    return {
        "originals": originals,
        "reconstructions": to_bytes(model.reconstruct(originals)),
        "random_normal": to_bytes(model.decode(Normal(model.z_dim).sample(_RANDOM, seed))),
        "random_fitted": to_bytes(model.decode(fitted.sample(_RANDOM, seed))),
    }
