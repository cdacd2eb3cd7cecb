"""Whether a directory can take a run: new, or the same run going on."""

import itertools
from pathlib import Path
from typing import Any

from zscape.core.errors import InputError
from zscape.runs.directory import RunDirectory, numbered
from zscape.specs.recipe import Recipe

_MAY_DIFFER = (
    *("training.threads", "training.backend", "training.jit"),
    *("training.checkpoint_every", "training.guard"),
    *("training.device", "training.memory_limit"),
)
"""Keys that say how a run is computed, not what it is.

Another backend rounds in other ways; training says so. The guard has no effect until something goes wrong, and a run
that it has stopped can be taken up with another choice.
"""


def claim_directory(path: Path, recipe: Recipe, fresh: bool = False) -> RunDirectory:
    """Return the directory `path` for a run of `recipe`, made where it does not exist.

    A directory that holds the same run is taken up again; `training.epochs` may have grown, but not with a cosine
    schedule, whose rates depend on it from the beginning.

    Args:
        path: the directory.
        recipe: complete, as it will be written.
        fresh: delete what an earlier run left there.

    Raises:
        InputError: when `path` is a file, or holds another run, one that `zscape whiten` made, or anything else.
    """
    if path.exists() and not path.is_dir():
        raise InputError(f"{path} is a file; --out needs a directory.")
    try:
        path.mkdir(parents=True, exist_ok=True)
    except NotADirectoryError:
        raise InputError(f"{path} cannot be made: a part of this path is a file.") from None
    run = RunDirectory(path)
    if not (path / "recipe.yaml").is_file():
        if any(not entry.name.startswith(".") for entry in path.iterdir()):
            raise InputError(f"{path} is not empty and holds no run: choose another --out.")
        return run
    if fresh:
        run.clear()
        return run
    _refuse_folded(run)
    changed = differing_keys(run.recipe, recipe)
    if changed:
        raise InputError(
            f"{path} holds another run: its recipe differs in {', '.join(changed)}. "
            "Choose another --out, or --fresh to delete that run."
        )
    return run


def unfinished(base: Path, recipe: Recipe) -> Path | None:
    """Return the newest of `base`, `base`-2, ... where it holds the same run, begun and not finished; else None.

    Args:
        base: as in `RunDirectory.create_next`.
        recipe: complete.
    """
    there = list(itertools.takewhile(Path.exists, numbered(base)))
    if not there or not (there[-1] / "checkpoints" / "last.safetensors").is_file():
        return None
    run = RunDirectory(there[-1])
    try:
        return None if run.is_trained or differing_keys(run.recipe, recipe) else run.path
    except (InputError, OSError):  # damaged, or no run: it is not gone on with
        return None


def _refuse_folded(run: RunDirectory) -> None:
    """A folded run has no checkpoint of its own: training would begin anew, or go on from weights before the fold."""
    folded = run.read("provenance.json").get("folded") if (run.path / "provenance.json").is_file() else None
    if folded:
        raise InputError(
            f"{run.path} holds networks that `zscape whiten` made of the run {folded[-1]['from']}: they are finished "
            f"and cannot be trained further. Train that run and whiten it again, or --fresh to delete this one; "
            f"`zscape report {run.path}` studies it."
        )


def differing_keys(old: Recipe, new: Recipe) -> list[str]:
    """Return the keys that make `new` another run than `old`, by their dotted names with both values."""
    before, after = _flat(old.model_dump(mode="json")), _flat(new.model_dump(mode="json"))
    changed = [key for key in after if before.get(key) != after[key] and key not in _MAY_DIFFER]
    longer, cosine = new.training.epochs >= old.training.epochs, new.training.schedule.kind == "cosine"
    changed = [key for key in changed if not _grown(key, longer and not cosine)]
    notes = {"training.epochs": ", over which the cosine of training.schedule is stretched"} if cosine else {}
    return [
        f"{key} ({_shown(before.get(key))} there, {_shown(after[key])} here{notes.get(key, '')})" for key in changed
    ]


def _shown(value: Any) -> Any:
    return "none" if value is None else value


def _grown(key: str, longer: bool) -> bool:
    return key == "training.epochs" and longer


def _flat(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat = {}
    for key, value in values.items():
        flat.update(_flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: value})
    return flat
