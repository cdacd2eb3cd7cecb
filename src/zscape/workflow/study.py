"""What follows a training: encode, evaluate, analyse; everything the report needs, as files of the run."""

from pathlib import Path
from typing import Any

import numpy as np

from zscape.analysis.study import analysis_json, analyze
from zscape.data.store import Store
from zscape.latent.arrays import write_arrays
from zscape.latent.priors.shown import shown_points
from zscape.runs.directory import RunDirectory
from zscape.specs.base import SPLITS
from zscape.specs.recipe import Recipe
from zscape.workflow.data import store_of_run
from zscape.workflow.data_study import study_data
from zscape.workflow.metrics import UNITS, split_metrics, training_metrics
from zscape.workflow.model import open_trained
from zscape.workflow.pictures import shown_rows, to_bytes
from zscape.workflow.priors import save_fits

_PAIRS = 20


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
    fitted, mixture = save_fits(run, codes)
    splits = [store.split(name) for name in SPLITS if len(store.split(name))]
    metrics = {split.name: split_metrics(run, model, split, codes.of_split(split.name)) for split in splits}
    run.write("metrics.json", {**metrics, **training_metrics(run.history()), "units": UNITS})
    run.write("analysis.json", analysis_json(analyze(codes)))
    points = shown_points(fitted, mixture, model.z_dim, run.recipe.training.seed)
    random = {name: to_bytes(model.decode(z)) for name, z in points.items()}
    images = {**_shown(model, store, run.recipe), **random}
    write_arrays(run.path / "images.npz", images)
    study_data(run, store)
    return run


def _shown(model: Any, store: Store, recipe: Recipe) -> dict[str, np.ndarray]:
    """Return images never trained on and what comes out of them."""
    split = store.split("test") if len(store.split("test")) else store.split("validation")
    return shown_rows(model, recipe, split, _PAIRS)
