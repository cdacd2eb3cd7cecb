"""What follows a training: encode, evaluate, analyse; everything the report needs, as files of the run."""

from pathlib import Path
from typing import Any

import numpy as np

from zscape.analysis.study import analysis_json, analyze
from zscape.data.store import Store
from zscape.latent.arrays import write_arrays
from zscape.latent.priors.base import Prior
from zscape.latent.priors.fitted_normal import fit_normal
from zscape.latent.priors.normal import Normal
from zscape.runs.directory import RunDirectory
from zscape.specs.base import SPLITS
from zscape.specs.recipe import Recipe
from zscape.workflow.data import store_of_run
from zscape.workflow.data_study import study_data
from zscape.workflow.metrics import UNITS, split_metrics, training_metrics
from zscape.workflow.model import open_trained
from zscape.workflow.pictures import shown_rows, to_bytes

_PAIRS = 20
_RANDOM = 60


def study(directory: Path | str) -> RunDirectory:
    """Encode, evaluate and analyse a trained run, and look at its images: every file that a report is made of.

    Args:
        directory: a run directory.

    Raises:
        InputError: when it holds no trained run, or the run's images are gone.
    """
    run, model = open_trained(directory)
    from zscape.inference.encode import encode_store

    store = store_of_run(run)
    codes = encode_store(model, store, run.recipe.task, run.recipe.training.seed)
    codes.save(run.path / "latents.npz")
    fitted = fit_normal(codes.of_split("train"))
    fitted.save(run.path / "priors" / "fitted_normal.npz")
    splits = [store.split(name) for name in SPLITS if len(store.split(name))]
    metrics = {split.name: split_metrics(run, model, split, codes.of_split(split.name)) for split in splits}
    run.write("metrics.json", {**metrics, **training_metrics(run.history()), "units": UNITS})
    run.write("analysis.json", analysis_json(analyze(codes)))
    priors = {"random_normal": Normal(model.z_dim), "random_fitted": fitted}
    write_arrays(run.path / "images.npz", _images(model, store, priors, run.recipe))
    study_data(run, store)
    return run


def _images(model: Any, store: Store, priors: dict[str, Prior], recipe: Recipe) -> dict[str, np.ndarray]:
    """Return what the report shows: images never trained on, what comes out of them, images of random points."""
    split = store.split("test") if len(store.split("test")) else store.split("validation")
    seed = recipe.training.seed
    random = {name: to_bytes(model.decode(prior.sample(_RANDOM, seed))) for name, prior in priors.items()}
    return {**shown_rows(model, recipe, split, _PAIRS), **random}
