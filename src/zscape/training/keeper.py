"""What a training keeps: history, checkpoints, how far it has come, the decision to stop."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from zscape.core.errors import InputError
from zscape.networks.latent_model import LatentModel
from zscape.networks.state import to_arrays
from zscape.specs.training import TrainingSpec
from zscape.training.checkpoint_files import Checkpoint, CheckpointFolder, read_checkpoint
from zscape.training.checkpoints import metric_variables, restore, restore_metrics, state_arrays
from zscape.training.early_stopping import BestEpoch
from zscape.training.history import EpochRecord
from zscape.training.learning_rate import Rates


class Keeper:
    """Keeps what a training leaves, and takes it up again.

    Attributes:
        at: where the training stands: the newest checkpoint. Its arrays are dropped once they are in the model.
        best: watches for the best epoch.
        rates: learning rates of all steps.

    Args:
        model: compiled.
        spec: of the training.
        steps_per_epoch: steps in an epoch.
        folder: of the checkpoints.
        on_history: called after every epoch with the history so far.
        say: told what the user should know.

    Raises:
        InputError: as `Rates`.
    """

    def __init__(
        self,
        model: LatentModel,
        spec: TrainingSpec,
        steps_per_epoch: int,
        folder: Path,
        on_history: Callable[[list[dict[str, Any]]], None],
        say: Callable[[str], None],
    ) -> None:
        self.history: list[dict[str, Any]] = []
        self.best = BestEpoch(spec.early_stopping, model.objective.beta)
        self.rates = Rates(spec, steps_per_epoch, model.objective.beta)
        self.steps_into_epoch = self.skipped_steps = self.back_offs = 0
        self.seconds = 0.0
        self._metrics: dict[str, np.ndarray] = {}
        self._model = model
        self._spec = spec
        self._steps_per_epoch = steps_per_epoch
        self._folder = CheckpointFolder(folder, say)
        self._on_history = on_history
        self._say = say

    @property
    def step(self) -> int:
        """Steps that the newest checkpoint holds."""
        return len(self.history) * self._steps_per_epoch + self.steps_into_epoch

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return len(self.history) >= self._spec.epochs or self.best.exhausted

    def resume(self) -> bool:
        """Take up the newest checkpoint; return whether there is one.

        Raises:
            InputError: when it belongs to another network, or none can be read.
        """
        checkpoint = self._folder.read()
        if checkpoint is None:
            return False
        restore(checkpoint, self._model)
        here = keras.backend.backend()
        if checkpoint.backend not in ("", here):
            self._say(
                f"The checkpoint was written on {checkpoint.backend}; training goes on on {here}, which rounds "
                "differently: the result is not bit for bit that of either."
            )
        self.history = list(checkpoint.history)
        self.best = BestEpoch(self._spec.early_stopping, self._model.objective.beta)
        for record in self.history:
            self.best.take(record)
        self.steps_into_epoch, self._metrics = checkpoint.steps_into_epoch, checkpoint.metrics
        self.seconds, self.skipped_steps = checkpoint.seconds, checkpoint.skipped_steps
        self.back_offs = checkpoint.back_offs
        if self.history and not self.steps_into_epoch and self.best.epoch == len(self.history):
            self._folder.mark_best()  # the process may have ended between the two
        return True

    def rates_ahead(self) -> tuple[np.ndarray, int]:
        """Return the rates of the present epoch's steps, and the number within it of the step that comes next."""
        return self.rates.of_epoch(self.history, self.back_offs), self.steps_into_epoch

    def restore_metrics(self) -> None:
        """Give the model the sums of the epoch that was broken off."""
        restore_metrics(self._metrics, self._model)

    def keep_epoch(self, record: EpochRecord) -> None:
        """Take in the record of an epoch that has just ended."""
        plain = record.to_json()
        is_best = self.best.take(plain)
        state = state_arrays(self._model)
        self.history.append(plain)
        self.steps_into_epoch, self.seconds, self.skipped_steps = 0, 0.0, 0
        self._on_history(self.history)
        self._folder.write(self._checkpoint(state, {}), is_best)
        if self.best.exhausted:
            self._model.stop_training = True

    def keep_step(self, steps_into_epoch: int, seconds: float, skipped_steps: int) -> None:
        """Write a checkpoint within an epoch.

        Args:
            steps_into_epoch: steps of the present epoch that are done, > 0.
            seconds: what they took.
            skipped_steps: how many of them the guard has left out.
        """
        state, metrics = state_arrays(self._model), to_arrays(metric_variables(self._model))
        self.steps_into_epoch, self.seconds, self.skipped_steps = steps_into_epoch, seconds, skipped_steps
        self._folder.write(self._checkpoint(state, metrics))

    def keep_start(self) -> None:
        """Write a checkpoint of the state before the first step."""
        self._model.optimizer.build(self._model.trainable_variables)
        self._folder.write(self._checkpoint(state_arrays(self._model), {}))

    def back_off(self) -> float:
        """Go back to the newest checkpoint, halve the learning rate, keep that; return the new rate.

        With a schedule every rate of it is halved, from the step that comes next.
        """
        self.resume()
        optimizer = self._model.optimizer
        self.back_offs += 1
        rates, position = self.rates_ahead()
        # One rate for all steps is the optimizer's own number, which a user's callback may have changed.
        optimizer.learning_rate = rates[position] if self.rates.vary else float(optimizer.learning_rate) / 2
        self._folder.write(self._checkpoint(state_arrays(self._model), self._metrics))
        return float(optimizer.learning_rate)

    def finish(self) -> int:
        """Leave the model with the weights to keep; return the epoch that they are of."""
        kept = len(self.history)
        if self._spec.early_stopping.patience is None or self.best.epoch == kept:
            return kept
        try:
            best = read_checkpoint(self._folder.best)
        except InputError as error:
            self._say(f"{error} The networks kept are those of the last epoch.")
            return kept
        if best.epoch != self.best.epoch:
            self._say(f"checkpoints/best is that of epoch {best.epoch}, not {self.best.epoch}: the last epoch is kept.")
            return kept
        restore(best, self._model)
        return self.best.epoch

    def _checkpoint(self, state: dict[str, np.ndarray], metrics: dict[str, np.ndarray]) -> Checkpoint:
        return Checkpoint(
            state,
            len(self.history),
            self.history,
            self.step,
            self.steps_into_epoch,
            metrics,
            self.seconds,
            self.skipped_steps,
            self.back_offs,
            keras.backend.backend(),
        )
