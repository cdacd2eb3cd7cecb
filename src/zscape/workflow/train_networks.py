"""The training within `zscape train`: what is complete and checked by now becomes networks in a run directory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zscape.data.batches import Batches
from zscape.data.store import Store
from zscape.reporting.numbers import counted
from zscape.runs.directory import RunDirectory
from zscape.runs.event_files import EventFiles
from zscape.specs.recipe import Recipe
from zscape.workflow.notes import stop_sentences

if TYPE_CHECKING:
    import keras

    from zscape.training.fit import FitResult


@dataclass(frozen=True)
class Listeners:
    """Who hears of a training.

    Attributes:
        note: told what the user should know.
        quiet: whether that is warnings only.
        callbacks: the user's own.
        events: event files that follow the history; None for none.
    """

    note: Callable[[str], None]
    quiet: bool = False
    callbacks: "Sequence[keras.callbacks.Callback]" = ()
    events: EventFiles | None = None

    def tell(self, sentence: str) -> None:
        """Tell what is no warning."""
        if not self.quiet:
            self.note(sentence)


def train_networks(
    run: RunDirectory, recipe: Recipe, store: Store, precision: str, listeners: Listeners
) -> "FitResult":
    """Train a recipe's networks to the end, or go on, and save them.

    Args:
        run: the directory, claimed for the recipe.
        recipe: complete.
        store: the images.
        precision: Keras' dtype policy.
        listeners: who hears of it.
    """
    # Imported here because Keras takes seconds to start, and must not before the environment is set.
    from zscape.inference.storage import save_networks
    from zscape.pathways.build import build_model
    from zscape.training.fit import fit
    from zscape.training.progress import ProgressCallback
    from zscape.training.tensorboard import EventsCallback
    from zscape.workflow.previews import preview_callback

    spec, events = recipe.training, listeners.events
    train_images, validation_images = store.split("train"), store.split("validation")
    listeners.tell(
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
    say = listeners.tell if listeners.quiet else progress.say
    callbacks: list[keras.callbacks.Callback] = [preview_callback(run, store, spec.seed, say)]
    callbacks += [] if listeners.quiet else [progress]
    callbacks += [] if events is None else [EventsCallback(events, run.history)]
    callbacks += listeners.callbacks  # last: one that fails leaves all else written
    checkpoints = run.path / "checkpoints"
    try:
        result = fit(
            *(model, train_batches, validation_batches, spec, checkpoints, callbacks, run.write_history, recipe.task),
            say=listeners.note,
        )
    finally:
        progress.close()
    if events is not None:
        events.follow(result.history)  # the process may have ended between the last checkpoint and its events
    run.write_history(result.history)  # the same as it has, but where a file of it was lost
    if run.trained_epochs != len(result.history):
        run.clear_study()  # it was made from the networks that are replaced now
    save_networks(model, recipe, len(result.history), run.path)
    for sentence in end_sentences(result, recipe):
        listeners.tell(sentence)
    return result


def end_sentences(result: "FitResult", recipe: Recipe) -> list[str]:
    """Return why a training ended where it did and which epoch's networks are kept, as one sentence or none."""
    spec, epochs = recipe.training, len(result.history)
    patience = spec.early_stopping.patience
    if epochs < spec.epochs and (patience is None or epochs - result.best_epoch < patience):
        return [
            f"A callback stopped training after epoch {epochs} of {spec.epochs}; epoch {result.kept_epoch} is kept. "
            "The same command goes on."
        ]
    return stop_sentences(epochs, result.kept_epoch, spec.epochs)
