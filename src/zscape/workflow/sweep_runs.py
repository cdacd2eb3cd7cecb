"""One run of a sweep: done in a process of its own, and read again as numbers."""

import os
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zscape.analysis.sweep import QUANTITIES, SweepRun, factor_numbers, negative_elbo
from zscape.core.errors import ZscapeError
from zscape.core.files import read_json
from zscape.runs.claim import differing_keys
from zscape.runs.directory import RunDirectory
from zscape.specs.base import SPLITS
from zscape.specs.recipe import Recipe
from zscape.workflow.run import run
from zscape.workflow.study import study
from zscape.workflow.train import train


@dataclass(frozen=True)
class SweepTask:
    """What a process needs to know to do one run.

    Attributes:
        recipe: what `zscape.run` takes.
        overrides: texts "dotted.key=value".
        directory: the run directory.
        report: whether to write report.html.
        log: a text file for what the run says.
    """

    recipe: str
    overrides: tuple[str, ...]
    directory: Path
    report: bool
    log: Path


def do_run(task: SweepTask) -> float:
    """Do one run, in a process that does nothing else, and return the seconds that it took.

    Raises:
        ZscapeError: whatever stopped it, in words.
    """
    _speak_into(task.log)
    started = time.perf_counter()
    try:
        if task.report:
            run(task.recipe, task.overrides, out=task.directory)
        else:
            _study(train(task.recipe, task.overrides, out=task.directory))
    except ZscapeError as error:
        print(error, flush=True)
        raise
    except Exception as error:  # told as a sentence there, in full here
        traceback.print_exc()
        raise ZscapeError(f"{type(error).__name__}: {error} (the whole story: {task.log})") from None
    return time.perf_counter() - started


def _study(trained: RunDirectory) -> None:
    """Do what `zscape.run` does between training and report, and say so in provenance.json as it does."""
    started = time.perf_counter()
    study(trained.path)
    provenance = trained.read("provenance.json")
    provenance["seconds"]["study"] = time.perf_counter() - started
    trained.write("provenance.json", provenance)


def _speak_into(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as file:  # a run that goes on writes below what it wrote before
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)


def is_complete(directory: Path, recipe: Recipe, report: bool) -> bool:
    """Return whether a directory holds everything that a run of `recipe` leaves; no backend is needed to tell.

    Args:
        directory: one that holds nothing or this run.
        recipe: complete, as it would be written.
        report: whether report.html is wanted.

    Raises:
        InputError: when files of the run are damaged.
    """
    if not (directory / "provenance.json").is_file():
        return False
    there = RunDirectory.open(directory)
    training, seconds = recipe.training, read_json(directory / "provenance.json")["seconds"]
    if "train" not in seconds or there.recipe.training.epochs != training.epochs:
        return False  # under way, or to go on
    if training.early_stopping.patience is None and there.trained_epochs != training.epochs:
        return False
    last, file = ("report", "report.html") if report else ("study", "metrics.json")
    return last in seconds and (directory / file).is_file()


def is_same_run(directory: Path, recipe: Recipe) -> bool:
    """Return whether a directory holds this very run, finished or not, with as many epochs."""
    there = RunDirectory.open(directory).recipe
    return there.training.epochs == recipe.training.epochs and not differing_keys(there, recipe)


def waiting_run(name: str, settings: dict[str, Any], recipe: Recipe) -> SweepRun:
    """Return the record of a run that is not done yet.

    Args:
        name: its folder.
        settings: the swept settings.
        recipe: complete.
    """
    return SweepRun(
        name=name,
        settings=settings,
        state="waiting",
        numbers=None,
        seconds=None,
        error=None,
        variational=recipe.model.kind == "vae",
        likelihood=_likelihood(recipe),
    )


def _likelihood(recipe: Recipe) -> str:
    shape = "x".join(map(str, recipe.image_shape))
    _, sigma = recipe.objective.beta_and_sigma(recipe.image_shape, recipe.model.z_dim)
    return f"{recipe.objective.likelihood.describe(sigma)} of {shape} images"


def read_metrics(directory: Path) -> dict[str, dict[str, Any]]:
    """Return a finished run's numbers by split.

    Raises:
        InputError: when metrics.json is missing or damaged.
    """
    metrics = RunDirectory.open(directory).read("metrics.json")
    return {split: metrics[split] for split in SPLITS if split in metrics}


def read_factors(directory: Path) -> dict[str, float | None]:
    """Return R^2 of each true factor of a finished run's images by name; nothing where they have none.

    Raises:
        InputError: when analysis.json is damaged.
    """
    run = RunDirectory.open(directory)
    return factor_numbers(run.read("analysis.json")) if (run.path / "analysis.json").is_file() else {}


def read_seconds(directory: Path) -> float:
    """Return the seconds that a run's stages took, by its provenance."""
    return sum(RunDirectory.open(directory).read("provenance.json")["seconds"].values())


def chosen_numbers(metrics: dict[str, Any], variational: bool) -> dict[str, float | None]:
    """Return `QUANTITIES` of one split of a VAE or an autoencoder."""
    return {**{name: metrics.get(name) for name in QUANTITIES}, "negative_elbo": negative_elbo(metrics, variational)}
