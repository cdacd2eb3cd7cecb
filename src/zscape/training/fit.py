"""Training from a recipe's settings to trained networks."""

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from zscape.core.errors import TrainingStopped
from zscape.data.batches import Batches
from zscape.networks.latent_model import LatentModel
from zscape.specs.task import RECONSTRUCT, TaskSpec
from zscape.specs.training import TrainingSpec
from zscape.training.callback_list import CallbacksFromMiddle
from zscape.training.diagnosis import diagnose
from zscape.training.flow import EvaluationFlow, TrainingFlow
from zscape.training.guard import Guard, install_guard, remove_guard
from zscape.training.history import HistoryCallback
from zscape.training.interrupts import Interrupts
from zscape.training.intervals import Clock
from zscape.training.keeper import Keeper
from zscape.training.learning_rate import RatesOfEpoch, RateTable, rate_table
from zscape.training.watch import BadStep, StepWatch

_MOST_BACK_OFFS = 8  # the rate is 1/256 by then


@dataclass(frozen=True)
class FitResult:
    """What a training came to.

    Attributes:
        history: one record per epoch, as in history.jsonl.
        best_epoch: epoch of the best `training.early_stopping.quantity`.
        kept_epoch: epoch whose weights the model has: the last, or with early stopping the best.
    """

    history: list[dict[str, Any]]
    best_epoch: int
    kept_epoch: int


def _to_stderr(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def fit(
    model: LatentModel,
    train: Batches,
    validation: Batches | None,
    spec: TrainingSpec,
    checkpoints: Path,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    on_history: Callable[[list[dict[str, Any]]], None] = lambda history: None,
    task: TaskSpec = RECONSTRUCT,
    say: Callable[[str], None] = _to_stderr,
) -> FitResult:
    """Train a model, or go on where its last checkpoint left off, be it in the middle of an epoch.

    While it runs, Ctrl-C and SIGTERM end it after the present step, with a checkpoint.

    Args:
        model: with initial weights.
        train: training images, shuffled.
        validation: validation images in order, or None.
        spec: epochs, rate and its schedule, accumulation, seed, checkpoints, guard, early stopping.
        checkpoints: folder for `last`, `previous` and `best`; what is found there is resumed.
        callbacks: Keras callbacks, called after an epoch's checkpoint is written.
        on_history: called after every epoch with the history so far.
        task: what goes into the networks.
        say: told what the user should know, sentence by sentence.

    Raises:
        TrainingStopped: by the guard, or when validation is no longer finite.
        TrainingInterrupted: by a signal, after a checkpoint.
        InputError: when the checkpoint found belongs to another network, or none found can be read; when a warm-up or
            an accumulation is longer than the training.
    """
    compile_model(model, spec)
    keeper = Keeper(model, spec, train.steps_per_epoch, checkpoints, on_history, say)
    resumed = keeper.resume()
    if not keeper.finished:
        with ExitStack() as around:
            around.callback(remove_guard, model)
            guard = install_guard(model, spec.guard)
            table = around.enter_context(rate_table(model, train.steps_per_epoch)) if keeper.rates.vary else None
            if spec.guard == "back_off" and not resumed:
                keeper.keep_start()
            session = _Session(model, train, validation, spec, task, keeper, guard, table, callbacks, checkpoints)
            session.run(say)
    kept = keeper.finish()
    return FitResult(keeper.history, keeper.best.epoch, kept)


def compile_model(model: LatentModel, spec: TrainingSpec) -> None:
    """Give a model its optimizer: Adam, which counts batches, and takes a step when it has accumulated enough."""
    optimizer = keras.optimizers.Adam(
        spec.learning_rate,
        global_clipnorm=spec.clip_norm,  # of the mean gradient, where gradients are accumulated
        gradient_accumulation_steps=spec.accumulate if spec.accumulate > 1 else None,
        name="adam",
    )
    model.compile(optimizer=optimizer, jit_compile=spec.jit)


def _validation_flow(
    validation: Batches | None, spec: TrainingSpec, model: LatentModel, task: TaskSpec
) -> EvaluationFlow | None:
    if validation is None:
        return None
    return EvaluationFlow(validation, spec.seed, model.z_dim if model.sampling is not None else 0, task)


@dataclass(frozen=True)
class _Session:
    """Everything that one `fit` after another needs: there are several when the guard goes back."""

    model: LatentModel
    train: Batches
    validation: Batches | None
    spec: TrainingSpec
    task: TaskSpec
    keeper: Keeper
    guard: Guard | None
    table: RateTable | None
    callbacks: Sequence[keras.callbacks.Callback]
    checkpoints: Path

    def run(self, say: Callable[[str], None]) -> None:
        """Train to the end."""
        with Interrupts() as interrupts:
            failed_at_once = -1  # after this step's checkpoint
            while not self.keeper.finished:
                first_step = self.keeper.step
                try:
                    self._fit(interrupts)
                    return
                except BadStep as bad:
                    position = bad.position
                problem = self._problem(first_step + position)
                if self.spec.guard == "stop":
                    step = self.keeper.step
                    newest = f"the newest checkpoint is that of step {step:,}" if step else "there is no checkpoint yet"
                    raise TrainingStopped(
                        f"{problem}. Training stopped before this step changed anything; {newest}. Try a lower "
                        "training.learning_rate or training.clip_norm, which make another run (another --out, or "
                        "--fresh); or training.guard=skip or back_off, with which the same command goes on."
                    )
                if self.keeper.back_offs >= _MOST_BACK_OFFS:
                    raise TrainingStopped(
                        f"{problem}. The learning rate was halved {_MOST_BACK_OFFS} times before, which did not help; "
                        "training stopped."
                    )
                if position == 0 and first_step == failed_at_once:  # its gradient does not depend on the rate
                    raise TrainingStopped(
                        f"{problem}. The first step after the checkpoint of step {first_step:,} fails with any "
                        "learning rate: its weights are the cause; training stopped. Begin anew, with --fresh or "
                        "another --out, and with a lower training.learning_rate."
                    )
                failed_at_once = first_step if position == 0 else -1
                rate = self.keeper.back_off()
                say(f"{problem}. Back to step {self.keeper.step:,}, with half the learning rate: {rate:.4g}.")

    def _fit(self, interrupts: Interrupts) -> None:
        keeper, steps = self.keeper, self.train.steps_per_epoch
        recorder = HistoryCallback(self.model.objective.beta, len(self.train.split), keeper.keep_epoch)
        recorder.seconds_before, recorder.skipped_steps = keeper.seconds, keeper.skipped_steps
        if self.guard is not None:
            self.guard.reset()
        clock = Clock(self.spec.checkpoint_interval)
        watch = StepWatch(keeper, self.guard, interrupts, clock, recorder, str(self.checkpoints.parent))
        rates = [] if self.table is None else [RatesOfEpoch(self.table, keeper.rates_ahead)]
        callbacks = CallbacksFromMiddle(
            [*rates, recorder, *self.callbacks, watch],  # the recorder early: it stops at a loss that is not finite
            keeper.steps_into_epoch,
            keeper.restore_metrics,
            self.model,
            epochs=self.spec.epochs,
            steps=steps,
            verbose=0,
        )
        self.model.stop_training = False
        callbacks.begin()
        if keeper.steps_into_epoch:
            self._keras_fit(callbacks, steps - keeper.steps_into_epoch, len(keeper.history) + 1)
        if not keeper.finished and not self.model.stop_training:
            self._keras_fit(callbacks, steps, self.spec.epochs)
        callbacks.end()

    def _keras_fit(self, callbacks: CallbacksFromMiddle, steps: int, epochs: int) -> None:
        self.model.fit(
            TrainingFlow(self.train, self.keeper.step, self.task),
            steps_per_epoch=steps,
            initial_epoch=len(self.keeper.history),
            epochs=epochs,
            shuffle=False,  # the flow is in order already; Keras would shuffle with Python's global random state
            validation_data=_validation_flow(self.validation, self.spec, self.model, self.task),
            callbacks=callbacks,
            verbose=0,
        )

    def _problem(self, position: int) -> str:
        epoch, within = divmod(position, self.train.steps_per_epoch)
        clause = diagnose(self.model, TrainingFlow(self.train, 0, self.task)[position])
        place = f"step {within + 1:,} of {self.train.steps_per_epoch:,}"
        return f"Epoch {epoch + 1}, {place}: {clause}"
