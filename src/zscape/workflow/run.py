"""`zscape run`: from a recipe to a report."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from zscape.runs.directory import RunDirectory
from zscape.workflow.notes import note_to_stderr
from zscape.workflow.report import report
from zscape.workflow.study import study
from zscape.workflow.train import train


def run(
    recipe: str,
    overrides: Sequence[str] = (),
    *,
    out: Path | str | None = None,
    fresh: bool = False,
    quiet: bool = False,
    tensorboard: bool = False,
    callbacks: Sequence[Any] = (),
    note: Callable[[str], None] = note_to_stderr,
) -> RunDirectory:
    """Prepare, train, evaluate, encode, analyse and report a recipe.

    Args:
        recipe: a shipped recipe's name, the path of a YAML file, or images (a folder, an .npy, .npz or idx file) for
            which a recipe is chosen.
        overrides: texts "dotted.key=value".
        out: the run directory; None makes a new one below `runs/`. The same run again goes on where it stopped.
        fresh: delete the run that `out` holds first.
        quiet: show no progress, and tell `note` of warnings only.
        tensorboard: write the history and the pictures as event files into `tensorboard/` too.
        callbacks: Keras callbacks of your own for the training; they come last after every epoch.
        note: told what the user should know, sentence by sentence.

    Returns:
        The run directory, complete, with report.html.

    Raises:
        InputError: for anything in the recipe, the data, the backend or the directory that cannot be used.
        TrainingStopped: when the loss is no longer finite.
    """
    done = train(
        recipe,
        overrides,
        out=out,
        fresh=fresh,
        quiet=quiet,
        tensorboard=tensorboard,
        callbacks=callbacks,
        note=note,
    )
    provenance = done.read("provenance.json")
    if "report" in provenance["seconds"] and (done.path / "report.html").is_file():
        return done
    started = time.perf_counter()
    if not quiet:
        note("Encoding, evaluating and analysing all images")
    study(done.path)
    studied = time.perf_counter()
    provenance["seconds"]["study"] = studied - started
    done.write("provenance.json", provenance)
    if not quiet:
        note("Writing the report")
    report(done.path)
    provenance["seconds"]["report"] = time.perf_counter() - studied
    done.write("provenance.json", provenance)
    return done
