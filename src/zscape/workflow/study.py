"""What follows a training: encode, evaluate, analyse; everything the report needs, as files of the run."""

from pathlib import Path
from typing import Any

import numpy as np

from zscape.analysis.study import analysis_json, analyze
from zscape.data.store import Store
from zscape.latent.arrays import write_arrays
from zscape.latent.priors.base import Prior, number_text
from zscape.latent.priors.normal import Normal
from zscape.latent.priors.uniform import Uniform
from zscape.runs.directory import RunDirectory
from zscape.specs.base import SPLITS
from zscape.specs.recipe import Recipe
from zscape.workflow.data import store_of_run
from zscape.workflow.data_study import study_data
from zscape.workflow.metrics import UNITS, split_metrics, training_metrics
from zscape.workflow.model import open_trained
from zscape.workflow.pictures import shown_rows, to_bytes
from zscape.workflow.priors import save_fits

CUBES = (0.5, 1, 1.5, 2, 2.5, 3, 3.5, 5, 8)
"""r of the cubes [-r, r] from which the report shows images."""

_PAIRS = 20
_RANDOM = 60
_PER_CUBE = 12


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
    priors = {"random_normal": Normal(model.z_dim), "random_fitted": fitted, "random_mixture": mixture}
    images = {**_shown(model, store, run.recipe), **_random(model, priors, run.recipe.training.seed)}
    write_arrays(run.path / "images.npz", images)
    study_data(run, store)
    return run


def _shown(model: Any, store: Store, recipe: Recipe) -> dict[str, np.ndarray]:
    """Return images never trained on and what comes out of them."""
    split = store.split("test") if len(store.split("test")) else store.split("validation")
    return shown_rows(model, recipe, split, _PAIRS)


def _random(model: Any, priors: dict[str, Prior], seed: int) -> dict[str, np.ndarray]:
    """Return images of random points, uint8 (n, height, width, channels): of priors, and of cubes that grow.

    One seed for all cubes: from one to the next a point only moves outward.
    """
    cubes = {f"random_uniform_{number_text(r)}": Uniform(model.z_dim, -r, r) for r in CUBES}
    counts = {**dict.fromkeys(priors, _RANDOM), **dict.fromkeys(cubes, _PER_CUBE)}
    rows: dict[str, Prior] = {**priors, **cubes}
    return {name: to_bytes(model.decode(prior.sample(counts[name], seed))) for name, prior in rows.items()}
