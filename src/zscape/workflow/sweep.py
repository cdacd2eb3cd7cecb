"""`zscape sweep`: a recipe over a grid of settings, its runs side by side, means over seeds."""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from zscape.analysis.sweep import SweepRecord, SweepRun, sweep_groups, why_no_picture
from zscape.core.backend import choose_backend
from zscape.core.errors import InputError
from zscape.core.hardware import read_processor
from zscape.data.prepare import open_store
from zscape.reporting.numbers import counted
from zscape.runs.claim import differing_keys
from zscape.runs.directory import RunDirectory
from zscape.specs.data import DataSpec
from zscape.specs.recipe import Recipe
from zscape.workflow.data import with_absolute_path
from zscape.workflow.notes import PreparationNotes, note_to_stderr, skipped_sentences
from zscape.workflow.sweep_files import LOGS, check_directory, write_record, write_results
from zscape.workflow.sweep_grid import Grid, GridPoint, plan_grid
from zscape.workflow.sweep_pool import check_script, each_in_process
from zscape.workflow.sweep_runs import (
    SweepTask,
    chosen_numbers,
    do_run,
    is_complete,
    is_same_run,
    read_factors,
    read_metrics,
    read_seconds,
    waiting_run,
)

_CARDS = ("/dev/nvidia0", "/dev/kfd")  # NVIDIA, AMD


def sweep(
    recipe: str,
    overrides: Sequence[str] = (),
    *,
    out: Path | str,
    jobs: int | None = None,
    reports: bool = True,
    quiet: bool = False,
    note: Callable[[str], None] = note_to_stderr,
) -> SweepRecord:
    """Run a recipe for every combination of settings, each in a directory of its own below `out`.

    The same call again goes on where the last one stopped; with more values it adds what is missing. One run that
    fails does not stop the others: its record has the error.

    Args:
        recipe: what `zscape.run` takes.
        overrides: texts "dotted.key=value"; one with several values, "training.seed=1,2,3", is swept.
        out: the sweep's directory.
        jobs: runs at a time, each in a process of its own; None: see `default_jobs`. Each may use an equal share of
            the processor unless training.threads is stated.
        reports: whether every run gets its report.html.
        quiet: tell `note` of warnings only; which runs failed is in the record.
        note: told of every finished run, and what else the user should know.

    Returns:
        The record, also written as sweep.json; beside it sweep.csv and rate_distortion.png.

    Raises:
        InputError: for anything in the settings, the data or the directory that cannot be used, before anything runs.
    """
    check_script()
    tell = _nothing if quiet else note
    if jobs is not None and jobs < 1:
        raise InputError(f"--jobs must be at least 1, received {jobs}.")
    grid, out = plan_grid(recipe, overrides), Path(out)
    check_directory(out)
    _check_backends(grid)
    recipes, skipped = _complete(grid, tell)
    places = _places(out, grid.points, recipes)
    for sentence in dict.fromkeys(sentence for point in grid.points for sentence in point.sentences):
        tell(sentence)
    for sentence in dict.fromkeys([*_notes(grid), *skipped]):
        note(sentence)
    todo = [not is_complete(place, one, reports) for place, one in zip(places, recipes, strict=True)]
    jobs = min(jobs or default_jobs(), max(sum(todo), 1))
    board = _Board(recipe, grid, recipes, places, todo, out, tell)
    tasks = [
        SweepTask(recipe, _with_threads(point, jobs), place, reports, out / LOGS / f"{place.name}.log")
        for point, place, missing in zip(grid.points, places, todo, strict=True)
        if missing
    ]
    if tasks:
        tell(_plan_sentence(len(places), len(tasks), jobs, out))
        each_in_process(do_run, tasks, jobs, board.take)
    else:
        tell(f"All {len(places)} runs in {out} are finished: nothing had to be run")
    record = board.record()
    write_results(out, record)
    return record


def _nothing(sentence: str) -> None:
    pass


def _notes(grid: Grid) -> Iterable[str]:
    return (f"Note: {sentence}" for point in grid.points for sentence in point.recipe.notes())


def default_jobs() -> int:
    """Return how many runs to do at a time: one per two processor cores, one on a machine with a graphics card."""
    return 1 if any(map(os.path.exists, _CARDS)) else max(1, read_processor().cores // 2)


def _with_threads(point: GridPoint, jobs: int) -> tuple[str, ...]:
    if jobs == 1 or point.recipe.training.threads is not None:
        return point.overrides
    return (*point.overrides, f"training.threads={max(1, read_processor().cores // jobs)}")


def _plan_sentence(runs: int, missing: int, jobs: int, out: Path) -> str:
    done = f", {runs - missing} of them finished already" if missing < runs else ""
    return f"{counted(runs, 'run')} in {out}{done}; {jobs} at a time"


def _check_backends(grid: Grid) -> None:
    if "keras" not in sys.modules:  # else the answer would be about this process, where nothing is trained
        for backend in dict.fromkeys(point.recipe.training.backend for point in grid.points):
            choose_backend(backend)


def _complete(grid: Grid, tell: Callable[[str], None]) -> tuple[list[Recipe], list[str]]:
    """Return the recipes as their runs will write them, and which files were left out of their images.

    The images are prepared on the way, once.
    """
    shapes: dict[DataSpec, tuple[int, int, int]] = {}
    recipes, skipped = [], []
    for point in grid.points:
        asked = with_absolute_path(point.recipe)
        if asked.data not in shapes:
            store = open_store(asked.data, progress=PreparationNotes(tell), note=tell)
            shapes[asked.data] = store.image_shape
            skipped += skipped_sentences(store.skipped())
        recipes.append(asked.for_images(shapes[asked.data]))
    return recipes, skipped


def _places(out: Path, points: Sequence[GridPoint], recipes: Sequence[Recipe]) -> list[Path]:
    """Return a directory for each run: its own, or that of the same run by an earlier sweep under another name."""
    named = {point.name for point in points}
    others = [path.parent for path in sorted(out.glob("*/recipe.yaml")) if path.parent.name not in named]
    places = []
    for point, recipe in zip(points, recipes, strict=True):
        place = out / point.name
        if not place.exists():
            place = next((other for other in others if is_same_run(other, recipe)), place)
        _check_place(place, recipe)
        places.append(place)
    return places


def _check_place(place: Path, recipe: Recipe) -> None:
    if (place / "recipe.yaml").is_file():
        changed = differing_keys(RunDirectory.open(place).recipe, recipe)
        if changed:
            raise InputError(
                f"{place} holds another run: its recipe differs in {', '.join(changed)}. "
                "Choose another --out, or delete that folder."
            )
    elif place.exists() and (not place.is_dir() or any(not entry.name.startswith(".") for entry in place.iterdir())):
        raise InputError(f"{place} is in the way of a run, and holds none: choose another --out.")


def _split_of(metrics: Iterable[dict[str, Any]]) -> str:
    """Return the split to judge runs by: the first of test, validation and train that all of them have."""
    metrics = list(metrics)
    return next((name for name in ("test", "validation") if all(name in one for one in metrics)), "train")


class _Board:
    """Keeps the state of all runs, writes sweep.json whenever one ends, and says so."""

    def __init__(
        self,
        recipe: str,
        grid: Grid,
        recipes: Sequence[Recipe],
        places: Sequence[Path],
        todo: Sequence[bool],
        out: Path,
        note: Callable[[str], None],
    ) -> None:
        self._recipe, self._grid, self._out, self._note = recipe, grid, out, note
        self._runs: dict[Path, SweepRun] = {}
        self._metrics: dict[Path, dict[str, Any]] = {}
        self._factors: dict[Path, dict[str, float | None]] = {}
        for point, one, place, missing in zip(grid.points, recipes, places, todo, strict=True):
            self._runs[place] = waiting_run(place.name, point.settings, one)
            if not missing:
                self._finish(place)
        out.mkdir(parents=True, exist_ok=True)
        write_record(out, self.record())

    def take(self, task: SweepTask, outcome: Any) -> None:
        """Take in a run that has ended: the seconds it took, or the exception that stopped it."""
        place = task.directory
        if isinstance(outcome, BaseException):
            self._runs[place] = replace(self._runs[place], state="failed", error=str(outcome))
        else:
            self._finish(place)
        write_record(self._out, self.record())
        ended = sum(run.state != "waiting" for run in self._runs.values())
        self._note(f"{ended}/{len(self._runs)} {place.name}: {self._sentence(place, outcome)}")

    def record(self) -> SweepRecord:
        """Return the state of the sweep."""
        split = _split_of(self._metrics.values())
        runs = tuple(
            replace(
                run,
                numbers=chosen_numbers(self._metrics[place][split], run.variational) | self._factors[place],
            )
            if place in self._metrics
            else run
            for place, run in self._runs.items()
        )
        return SweepRecord(
            recipe=self._recipe,
            swept=self._grid.swept,
            fixed=self._grid.fixed,
            split=split,
            runs=runs,
            groups=sweep_groups(runs),
            no_picture=why_no_picture(runs),
        )

    def _finish(self, place: Path) -> None:
        self._metrics[place], self._factors[place] = read_metrics(place), read_factors(place)
        self._runs[place] = replace(self._runs[place], state="finished", seconds=read_seconds(place))

    def _sentence(self, place: Path, outcome: Any) -> str:
        run = self._runs[place]
        if run.error is not None:
            return f"failed: {run.error}"
        split = _split_of([self._metrics[place]])
        numbers = self._metrics[place][split]
        parts = f" (reconstruction {numbers['reconstruction']:.4g}, KL {numbers['kl']:.3g})" if run.variational else ""
        return f"{split} loss {numbers['loss']:.4g}{parts}, {outcome:.0f} s"
