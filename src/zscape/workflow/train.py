"""`zscape train`: from a recipe to trained networks in a run directory."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zscape.core.backend import start_backend
from zscape.core.backend_devices import card_in_use
from zscape.core.device_limits import limit_note
from zscape.core.hardware import read_machine
from zscape.core.peak_memory import peak_memory
from zscape.core.precision import choose_precision
from zscape.data.corrupt import check_colours
from zscape.data.prepare import open_store
from zscape.data.store import Store, is_store
from zscape.reporting.numbers import counted
from zscape.runs.claim import claim_directory, unfinished
from zscape.runs.directory import RunDirectory
from zscape.runs.event_files import EventFiles, pictures_of, tensorboard_modules
from zscape.runs.provenance import Provenance, collect_provenance
from zscape.specs.base import SPLITS
from zscape.specs.recipe import Recipe
from zscape.workflow.choose import resolve_recipe
from zscape.workflow.data import with_absolute_path
from zscape.workflow.notes import PreparationNotes, note_to_stderr, skipped_sentences
from zscape.workflow.train_networks import Listeners, train_networks

if TYPE_CHECKING:
    from zscape.training.checkpoint_files import Checkpoint
    from zscape.training.fit import FitResult

_MIB = 2**20


def train(
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
    """Train a recipe in a run directory; the same call again goes on where the last one stopped.

    Args:
        recipe: a shipped recipe's name, the path of a YAML file, or images (a folder, an .npy, .npz or idx file) for
            which a recipe is chosen.
        overrides: texts "dotted.key=value".
        out: the run directory; None makes a new one below `runs/`.
        fresh: delete the run that `out` holds first.
        quiet: show no progress, and tell `note` of warnings only.
        tensorboard: write the history and the pictures as event files into `tensorboard/` too.
        callbacks: Keras callbacks of your own; they come last after every epoch, when its checkpoint is written.
        note: told what the user should know, sentence by sentence.

    Returns:
        The run directory, with recipe.yaml, provenance.json, history.jsonl, history.csv, checkpoints/, encoder/ and
        decoder/.

    Raises:
        InputError: for anything in the recipe, the data, the backend or the directory that cannot be used.
        TrainingStopped: when a loss or gradient is not finite.
        TrainingInterrupted: by Ctrl-C or SIGTERM, after a checkpoint.
    """
    tell = _nothing if quiet else note
    resolved = resolve_recipe(recipe, overrides)
    asked = with_absolute_path(resolved.recipe)
    for sentence in resolved.sentences():
        tell(sentence)
    for sentence in asked.notes():
        note(f"Note: {sentence}")
    if tensorboard:
        tensorboard_modules()
    training = asked.training
    store = _store_of_user(asked)
    backend = start_backend(training.backend, training.threads, training.deterministic, training.devices)
    if without_effect := limit_note(backend, training.devices):
        note(f"Note: {without_effect}")
    own = _checked(callbacks) if callbacks != () else []
    started = time.perf_counter()
    if store is None:
        store = open_store(asked.data, progress=PreparationNotes(tell), note=tell)
    for sentence in skipped_sentences(store.skipped()):
        note(sentence)
    complete = asked.for_images(store.image_shape)
    check_colours(complete.task, store)
    training.check_steps(-(-len(store.split("train")) // training.batch_size))
    seconds = {"prepare": time.perf_counter() - started}
    run = _directory(resolved.name, complete, out, fresh, tell)
    events = _event_files(run) if tensorboard else None
    if _is_finished(run, complete):
        tell(f"{run.path} is trained already ({counted(len(run.history()), 'epoch')}): nothing to do.")
        if events is not None and events.last_epoch() != len(run.history()):
            events.follow(run.history())
            tell(f"Event files for TensorBoard written into {run.path / 'tensorboard'}.")
        return run
    for sentence in _where_it_goes_on(run):
        tell(sentence)
    run.write_recipe(complete)
    if resolved.choices:
        run.write("chosen.json", resolved.record())
    asked_precision = training.precision if complete.objective.kl_pathway == "model" else "float32"
    precision, reason = choose_precision(asked_precision, backend, read_machine(), card_in_use(backend))
    if training.precision != "float32":
        tell(f"Precision: {reason}")
    provenance = collect_provenance(backend, precision, training.seed, training.threads, _describe(store), seconds)
    run.write("provenance.json", provenance)
    result = train_networks(run, complete, store, precision, Listeners(note, quiet, own, events))
    seconds["train"] = time.perf_counter() - started - seconds["prepare"]
    run.write("provenance.json", _finished(provenance, result))
    return run


def _nothing(sentence: str) -> None:
    pass


def _store_of_user(asked: Recipe) -> Store | None:
    """Return the store that `data.path` names, None where it names none.

    One that does not fit is refused before the backend takes its seconds to start; where images are still to be
    prepared, the backend is tried first.
    """
    if asked.data.path is None or not is_store(Path(asked.data.path)):
        return None
    store = open_store(asked.data)
    check_colours(asked.for_images(store.image_shape).task, store)
    return store


def _checked(callbacks: Any) -> list[Any]:
    from zscape.training.user_callbacks import check_callbacks

    return check_callbacks(callbacks)


def _event_files(run: RunDirectory) -> EventFiles:
    return EventFiles(run.path / "tensorboard", pictures_of(run.path / "figures" / "training"))


def _finished(provenance: Provenance, result: "FitResult") -> Provenance:
    peaks = peak_memory(provenance.backend)
    in_mib = {
        name: None if size is None else round(size / _MIB, 1)
        for name, size in (("resident", peaks.resident), ("card", peaks.card))
    }
    return replace(provenance, best_epoch=result.best_epoch, kept_epoch=result.kept_epoch, peak_memory_mib=in_mib)


def _directory(
    name: str, recipe: Recipe, out: Path | str | None, fresh: bool, tell: Callable[[str], None]
) -> RunDirectory:
    if out is not None:
        return claim_directory(Path(out), recipe, fresh)
    base = Path("runs") / name
    if (path := unfinished(base, recipe)) is not None:
        tell(f"{path} holds the same training, not finished: --out {path} goes on with it.")
    return RunDirectory.create_next(base)


def _is_finished(run: RunDirectory, recipe: Recipe) -> bool:
    from zscape.training.early_stopping import BestEpoch

    epochs = run.trained_epochs
    if epochs is None or (run.lost_file() is not None and _checkpoint_of(run) is not None):
        return False
    if len(history := run.history()) != epochs:
        return False  # networks of an earlier stop, while a longer training was under way
    beta = (
        0.0 if recipe.model.kind == "ae" else recipe.objective.beta_and_sigma(recipe.image_shape, recipe.model.z_dim)[0]
    )
    best = BestEpoch(recipe.training.early_stopping, beta)
    for record in history:
        best.take(record)
    return epochs >= recipe.training.epochs or best.exhausted


def _where_it_goes_on(run: RunDirectory) -> list[str]:
    """Read the checkpoint to go on from, before anything in the run is changed; return what to say of it."""
    checkpoint = _checkpoint_of(run)
    if checkpoint is None:
        return []
    lost = run.lost_file() if run.is_trained else None
    if lost is not None:
        return [f"{lost} is missing or damaged: it is made anew from the checkpoint."]
    into = f", step {checkpoint.steps_into_epoch:,} of the next" if checkpoint.steps_into_epoch else ""
    return [f"Going on after epoch {checkpoint.epoch}{into}"]


def _checkpoint_of(run: RunDirectory) -> "Checkpoint | None":
    from zscape.training.checkpoint_files import CheckpointFolder

    return CheckpointFolder(run.path / "checkpoints", lambda sentence: None).read()


def _describe(store: Store) -> dict[str, object]:
    return {
        "source": store.manifest.get("source"),
        "origin": store.manifest.get("origin"),
        "restricted": store.restricted,
        "crop": store.manifest.get("crop"),
        "images": {name: len(store.split(name)) for name in SPLITS},
        "checksum": store.checksum,
    }
