"""`zscape train`: from a recipe to trained networks in a run directory."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from zscape.core.backend import start_backend
from zscape.core.backend_devices import card_in_use
from zscape.core.hardware import read_machine
from zscape.core.precision import choose_precision
from zscape.data.batches import Batches
from zscape.data.corrupt import check_colours
from zscape.data.prepare import open_store
from zscape.data.store import Store
from zscape.reporting.numbers import counted
from zscape.runs.claim import claim_directory
from zscape.runs.directory import RunDirectory
from zscape.runs.provenance import collect_provenance
from zscape.specs.base import SPLITS
from zscape.specs.recipe import Recipe
from zscape.workflow.choose import resolve_recipe
from zscape.workflow.data import with_absolute_path
from zscape.workflow.notes import PreparationNotes, note_to_stderr, skipped_sentences, stop_sentences


def train(
    recipe: str,
    overrides: Sequence[str] = (),
    *,
    out: Path | str | None = None,
    fresh: bool = False,
    note: Callable[[str], None] = note_to_stderr,
) -> RunDirectory:
    """Train a recipe in a run directory; the same call again goes on where the last one stopped.

    Args:
        recipe: a shipped recipe's name, the path of a YAML file, or images (a folder, an .npy, .npz or idx file) for
            which a recipe is chosen.
        overrides: texts "dotted.key=value".
        out: the run directory; None makes a new one below `runs/`.
        fresh: delete the run that `out` holds first.
        note: told what the user should know, sentence by sentence.

    Returns:
        The run directory, with recipe.yaml, provenance.json, history.jsonl, checkpoints/, encoder/ and decoder/.

    Raises:
        InputError: for anything in the recipe, the data, the backend or the directory that cannot be used.
        TrainingStopped: when a loss or gradient is not finite.
        TrainingInterrupted: by Ctrl-C or SIGTERM, after a checkpoint.
    """
    resolved = resolve_recipe(recipe, overrides)
    asked = with_absolute_path(resolved.recipe)
    for sentence in resolved.sentences():
        note(sentence)
    for sentence in asked.notes():
        note(f"Note: {sentence}")
    training = asked.training
    backend = start_backend(training.backend, training.threads, training.deterministic)
    started = time.perf_counter()
    store = open_store(asked.data, progress=PreparationNotes(note))
    for sentence in skipped_sentences(store.skipped()):
        note(sentence)
    complete = asked.for_images(store.image_shape)
    check_colours(complete.task, store)
    seconds = {"prepare": time.perf_counter() - started}
    run = _directory(resolved.name, complete, out, fresh)
    if _is_finished(run, complete):
        note(f"{run.path} is trained already ({counted(len(run.history()), 'epoch')}): nothing to do.")
        return run
    _check_checkpoint(run)
    run.write_recipe(complete)
    if resolved.choices:
        run.write("chosen.json", resolved.record())
    asked_precision = training.precision if complete.objective.kl_pathway == "model" else "float32"
    precision, reason = choose_precision(asked_precision, backend, read_machine(), card_in_use(backend))
    if training.precision != "float32":
        note(f"Precision: {reason}")
    provenance = collect_provenance(backend, precision, training.seed, training.threads, _describe(store), seconds)
    run.write("provenance.json", provenance)
    _train(run, complete, store, precision, note)
    seconds["train"] = time.perf_counter() - started - seconds["prepare"]
    run.write("provenance.json", provenance)
    return run


def _directory(name: str, recipe: Recipe, out: Path | str | None, fresh: bool) -> RunDirectory:
    if out is None:
        return RunDirectory.create_next(Path("runs") / name)
    return claim_directory(Path(out), recipe, fresh)


def _is_finished(run: RunDirectory, recipe: Recipe) -> bool:
    from zscape.training.early_stopping import BestEpoch

    epochs = run.trained_epochs
    if epochs is None or len(history := run.history()) != epochs:
        return False  # networks of an earlier stop, while a longer training was under way
    beta = (
        0.0 if recipe.model.kind == "ae" else recipe.objective.beta_and_sigma(recipe.image_shape, recipe.model.z_dim)[0]
    )
    best = BestEpoch(recipe.training.early_stopping, beta)
    for record in history:
        best.take(record)
    return epochs >= recipe.training.epochs or best.exhausted


def _check_checkpoint(run: RunDirectory) -> None:
    """Read the checkpoint to go on from, before anything in the run is changed."""
    from zscape.training.checkpoint_files import CheckpointFolder

    CheckpointFolder(run.path / "checkpoints", lambda sentence: None).read()


def _train(run: RunDirectory, recipe: Recipe, store: Store, precision: str, note: Callable[[str], None]) -> None:
    # Imported here because Keras takes seconds to start, and must not before the environment is set.
    from zscape.inference.storage import save_networks
    from zscape.pathways.build import build_model
    from zscape.training.fit import fit
    from zscape.training.progress import ProgressCallback
    from zscape.workflow.previews import preview_callback

    spec = recipe.training
    train_images, validation_images = store.split("train"), store.split("validation")
    note(
        f"Training on {counted(len(train_images), 'image')}, validating on {len(validation_images):,}, into {run.path}"
    )
    train_batches = Batches(
        train_images,
        spec.batch_size,
        spec.seed,
        shuffle=True,
        flip=recipe.data.flip,
        redraw=recipe.data.binarize == "dynamic",
    )
    model = build_model(recipe, precision, train_batches.steps_per_epoch)
    validation_batches = Batches(validation_images, spec.batch_size, spec.seed, shuffle=False)
    progress = ProgressCallback(model.objective.beta, len(train_images), spec.epochs)
    callbacks = [preview_callback(run, store, spec.seed, progress.say), progress]
    checkpoints = run.path / "checkpoints"
    try:
        result = fit(
            *(model, train_batches, validation_batches, spec, checkpoints, callbacks, run.write_history, recipe.task),
            say=note,
        )
    finally:
        progress.close()
    run.clear_study()  # it was made from the networks that are replaced now
    save_networks(model, recipe, len(result.history), run.path)
    for sentence in stop_sentences(len(result.history), result.kept_epoch, spec.epochs):
        note(sentence)


def _describe(store: Store) -> dict[str, object]:
    return {
        "source": store.manifest.get("source"),
        "origin": store.manifest.get("origin"),
        "restricted": store.restricted,
        "crop": store.manifest.get("crop"),
        "images": {name: len(store.split(name)) for name in SPLITS},
        "checksum": store.checksum,
    }
