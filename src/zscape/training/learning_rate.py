"""The learning rate of every step.

It is a function of the number of the step, the epochs behind it and how often the guard has gone back: nothing has to
be kept for it. The rates of an epoch are computed beforehand, by NumPy in double precision, and each step takes its own
from that table within the compiled graph (why: docs/decisions/0008).
"""

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import keras
import numpy as np
from keras import ops

from zscape.formulas.rate_schedules import cosine_decay, plateaus, steps_down, warm_up
from zscape.networks.latent_model import LatentModel
from zscape.specs.learning_rate import RateScheduleSpec
from zscape.specs.training import EarlyStoppingSpec, TrainingSpec
from zscape.training.attached import attach, detach
from zscape.training.early_stopping import BestEpoch

_ATTRIBUTE = "rate_table"


class Rates:
    """The learning rate of every step of a training.

    Args:
        spec: of the training.
        steps_per_epoch: steps in an epoch.
        beta: the full KL weight, by which plateaus are judged.

    Raises:
        InputError: as `TrainingSpec.check_steps`.
    """

    def __init__(self, spec: TrainingSpec, steps_per_epoch: int, beta: float) -> None:
        self._spec = spec
        self._steps = steps_per_epoch
        self._end = spec.check_steps(steps_per_epoch)
        self._beta = beta
        self._warm_up = spec.schedule.warm_up.length(steps_per_epoch)

    @property
    def vary(self) -> bool:
        """Whether they are anything but one number, which the optimizer then keeps by itself."""
        return self._spec.schedule.varies

    def of_epoch(self, history: Sequence[dict[str, Any]], back_offs: int) -> np.ndarray:
        """Return the rates of all steps of an epoch: (steps_per_epoch,), float64.

        Args:
            history: records of the epochs before it.
            back_offs: how often the guard has halved the rate.
        """
        schedule = self._spec.schedule
        step = len(history) * self._steps + np.arange(self._steps, dtype=np.float64)
        share = np.full(self._steps, 0.5**back_offs)
        if self._warm_up:
            share *= warm_up(step, self._warm_up, schedule.warm_up.initial_fraction)
        if schedule.kind == "cosine":
            share *= cosine_decay(step, self._warm_up, self._end, schedule.final_fraction or 0.0)
        elif schedule.kind != "constant":
            share *= (schedule.factor or 1.0) ** self._times(schedule, history)
        return self._spec.learning_rate * share

    def _times(self, schedule: RateScheduleSpec, history: Sequence[dict[str, Any]]) -> int:
        if schedule.kind == "step":
            return steps_down(len(history), schedule.step_size, schedule.milestones)
        watch = {name: getattr(schedule, name) for name in ("quantity", "mode", "min_delta")}
        best = BestEpoch(EarlyStoppingSpec(**watch), self._beta)
        begin = -(-self._warm_up // self._steps)
        return plateaus([best.take(record) for record in history], schedule.patience or 1, begin)


class RateTable(keras.layers.Layer):
    """The rates of an epoch's steps, and which is next: a part of the model, so that every backend carries them.

    Args:
        steps: in an epoch.
    """

    def __init__(self, steps: int) -> None:
        super().__init__(name=_ATTRIBUTE, dtype="float32")
        self.rates = self.add_weight(shape=(steps,), initializer="zeros", trainable=False, name="rates")
        self.position = self.add_weight(shape=(), dtype="int32", initializer="zeros", trainable=False, name="position")
        self.built = True

    def fill(self, rates: np.ndarray, position: int) -> None:
        """Take the rates of an epoch, and the number within it of the step that comes next."""
        self.rates.assign(rates.astype(np.float32))
        self.position.assign(position)

    def take(self) -> Any:
        """Return the rate of the step that comes next, a scalar, and count that step."""
        rate = ops.take(ops.convert_to_tensor(self.rates), ops.convert_to_tensor(self.position))
        self.position.assign(self.position + 1)
        return rate


class RatesOfEpoch(keras.callbacks.Callback):
    """Fills the table when an epoch begins, or goes on.

    Args:
        table: of the model.
        ask: gives the epoch's rates, and the number within it of the step that comes next.
    """

    def __init__(self, table: RateTable, ask: Callable[[], tuple[np.ndarray, int]]) -> None:
        super().__init__()
        self._table = table
        self._ask = ask

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._table.fill(*self._ask())


@contextmanager
def rate_table(model: LatentModel, steps: int) -> Iterator[RateTable]:
    """Let a compiled model's training steps, whatever they are, take their rates from a table, for a while.

    Args:
        model: the model.
        steps: in an epoch.
    """
    table, replaced = RateTable(steps), vars(model).get("train_step")
    attach(model, _ATTRIBUTE, table)
    # The backend's module is the only place that imports the backend.
    module = import_module(f"zscape.training.steps.{keras.backend.backend()}")
    model.train_step = functools.partial(module.rated_step, model, table, model.train_step)
    try:
        yield table
    finally:
        del model.train_step
        if replaced is not None:
            model.train_step = replaced
        detach(model, _ATTRIBUTE)
