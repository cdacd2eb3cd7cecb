"""Training from a recipe's settings to trained networks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from zscape.core.files import copy_whole
from zscape.data.batches import Batches
from zscape.networks.latent_model import LatentModel
from zscape.specs.task import RECONSTRUCT, TaskSpec
from zscape.specs.training import TrainingSpec
from zscape.training.checkpoints import read_checkpoint, restore, save_checkpoint
from zscape.training.early_stopping import BestEpoch
from zscape.training.flow import EvaluationFlow, TrainingFlow
from zscape.training.history import EpochRecord, HistoryCallback


@dataclass(frozen=True)
class FitResult:
    """What a training came to.

    Attributes:
        history: one record per epoch, as in history.jsonl.
        best_epoch: epoch of the least `training.early_stopping.quantity`.
        kept_epoch: epoch whose weights the model has: the last, or with early stopping the best.
    """

    history: list[dict[str, Any]]
    best_epoch: int
    kept_epoch: int


def fit(
    model: LatentModel,
    train: Batches,
    validation: Batches | None,
    spec: TrainingSpec,
    checkpoints: Path,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    on_history: Callable[[list[dict[str, Any]]], None] = lambda history: None,
    task: TaskSpec = RECONSTRUCT,
) -> FitResult:
    """Train a model, or go on where its last checkpoint left off.

    Args:
        model: with initial weights.
        train: training images, shuffled.
        validation: validation images in order, or None.
        spec: epochs, rate, seed, early stopping.
        checkpoints: folder for `last.safetensors` and `best.safetensors`; a `last` found there is resumed.
        callbacks: Keras callbacks, called after an epoch's checkpoint is written.
        on_history: called after every epoch with the history so far.
        task: what goes into the networks.

    Raises:
        TrainingStopped: when a loss is no longer finite.
        InputError: when the checkpoint found belongs to another network.
    """
    _compile(model, spec)
    keeper = _EpochKeeper(model, spec, checkpoints, on_history)
    keeper.resume()
    recorder = HistoryCallback(model.objective.beta, len(train.split), keeper.keep)
    epochs_done = len(keeper.history)
    if epochs_done < spec.epochs and not keeper.best.exhausted:
        model.fit(
            TrainingFlow(train, epochs_done * train.steps_per_epoch, task),
            steps_per_epoch=train.steps_per_epoch,
            initial_epoch=epochs_done,
            epochs=spec.epochs,
            shuffle=False,  # the flow is in order already; Keras would shuffle with Python's global random state
            validation_data=_validation_flow(validation, spec, model, task),
            callbacks=[recorder, *callbacks],  # the recorder first: it stops at a loss that is not finite
            verbose=0,
        )
    return keeper.finish()


def _compile(model: LatentModel, spec: TrainingSpec) -> None:
    optimizer = keras.optimizers.Adam(spec.learning_rate, name="adam")
    model.compile(optimizer=optimizer, jit_compile=spec.jit)


def _validation_flow(
    validation: Batches | None, spec: TrainingSpec, model: LatentModel, task: TaskSpec
) -> EvaluationFlow | None:
    if validation is None:
        return None
    return EvaluationFlow(validation, spec.seed, model.z_dim if model.sampling is not None else 0, task)


class _EpochKeeper:
    """Keeps what every epoch leaves: history, checkpoints `last` and `best`, the decision to stop."""

    def __init__(
        self,
        model: LatentModel,
        spec: TrainingSpec,
        checkpoints: Path,
        on_history: Callable[[list[dict[str, Any]]], None],
    ) -> None:
        self.history: list[dict[str, Any]] = []
        self.best = BestEpoch(spec.early_stopping, model.objective.beta)
        self._model = model
        self._early_stopping = spec.early_stopping.patience is not None
        self._last = checkpoints / "last.safetensors"
        self._best = checkpoints / "best.safetensors"
        self._on_history = on_history

    def resume(self) -> None:
        """Take up the last checkpoint where there is one."""
        if self._last.is_file():
            checkpoint = read_checkpoint(self._last)
            restore(checkpoint, self._model)
            self.history = list(checkpoint.history)
            for record in self.history:
                self.best.take(record)

    def keep(self, record: EpochRecord) -> None:
        """Take in the record of an epoch that has just ended."""
        plain = record.to_json()
        is_best = self.best.take(plain)
        self.history.append(plain)
        self._on_history(self.history)
        save_checkpoint(self._last, self._model, record.epoch, self.history)
        if is_best:
            copy_whole(self._last, self._best)
        if self.best.exhausted:
            self._model.stop_training = True

    def finish(self) -> FitResult:
        """Leave the model with the weights to keep, and say which."""
        kept = len(self.history)
        if self._early_stopping and self.best.epoch != kept:
            restore(read_checkpoint(self._best), self._model)
            kept = self.best.epoch
        return FitResult(self.history, self.best.epoch, kept)
