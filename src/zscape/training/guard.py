"""The guard: a step whose loss or gradient is not finite changes nothing.

It is a training step in place of Keras' own, with the decision inside of the compiled graph: the step's result is
taken or not, without a look from Python. Weights, optimizer, statistics of batch norm, random streams, warm-up and the
sums behind the history stay as they were.
"""

import functools
from importlib import import_module
from typing import Any

import keras
import numpy as np
from keras import ops

from zscape.core.errors import InputError
from zscape.networks.latent_model import LatentModel
from zscape.specs.recipe import guard_needs_another_pathway
from zscape.training.attached import attach, detach

_LEAST_SCALE = 2.0**-16
"""With float16 a loss scale below this means gradients that are not finite at any scale."""


class Guard(keras.layers.Layer):
    """Counts good and bad steps; three whole numbers that are a part of the model, so that every backend carries them.

    Args:
        sticky: whether nothing is taken any more after the first bad step. Python may then look when it likes: the
            state is still that of before that step.
    """

    def __init__(self, sticky: bool) -> None:
        super().__init__(name="guard", dtype="float32")
        self.sticky = sticky
        self.good, self.bad, self.last_bad = (
            self.add_weight(shape=(), dtype="int32", initializer="zeros", trainable=False, name=name)
            for name in ("good", "bad", "last_bad")
        )
        self.built = True

    def judge(self, loss: Any, gradients: list[Any], optimizer: keras.Optimizer) -> Any:
        """Return whether a step may be taken, a boolean scalar, and count it.

        Args:
            loss: scalar, not scaled.
            gradients: of all trainable variables, None where there is none.
            optimizer: float16's own one skips steps whose scaled gradients overflow, by design: they count as good.
        """
        finite = ops.logical_and(ops.isfinite(loss), _can_be_applied(gradients, optimizer))
        good, bad, last_bad = (ops.convert_to_tensor(count) for count in (self.good, self.bad, self.last_bad))
        closed = ops.logical_and(bad > 0, self.sticky)
        taken = ops.logical_and(finite, ops.logical_not(closed))
        counts = ops.logical_not(ops.logical_or(finite, closed))
        # All of them before the first is assigned: on TensorFlow a variable is read where it is used.
        new = (
            good + ops.cast(taken, "int32"),
            bad + ops.cast(counts, "int32"),
            ops.where(counts, good + bad, last_bad),
        )
        for count, value in zip((self.good, self.bad, self.last_bad), new, strict=True):
            count.assign(value)
        return taken

    def reset(self) -> None:
        """Begin to count anew."""
        for count in (self.good, self.bad, self.last_bad):
            count.assign(0)

    def counts(self) -> tuple[int, int]:
        """Return the number of bad steps, and the position of the last of them, from 0 since `reset`."""
        return int(ops.convert_to_numpy(self.bad)), int(ops.convert_to_numpy(self.last_bad))


def install_guard(model: LatentModel, choice: str) -> Guard | None:
    """Put the guard into a compiled model's training step.

    Args:
        model: the model.
        choice: `training.guard`.

    Returns:
        The guard; None for a model that has a training step of its own, where only the ends of epochs are looked at.

    Raises:
        InputError: when more is asked of such a model; a recipe that does so is refused before.
    """
    if type(model).train_step is not keras.Model.train_step:
        if choice != "stop":
            raise InputError(f"{guard_needs_another_pathway(choice)}.")
        return None
    guard = Guard(sticky=choice != "skip")
    attach(model, "guard", guard)
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)  # a loss scale to look at is there only then
    model.train_step = functools.partial(_steps().train_step, model, guard)
    return guard


def remove_guard(model: LatentModel) -> None:
    """Give a model its own training step back, and take the guard's numbers out of what the model is and saves."""
    if "train_step" not in vars(model):
        return
    del model.train_step
    detach(model, "guard")


def passing_variables(model: LatentModel, guard: Guard) -> list[keras.Variable]:
    """Return what a step changes besides weights and optimizer: statistics, random streams, warm-up, sums.

    The number of the step within its epoch is not put back: a step that is not taken has been, too.
    """
    table = getattr(model, "rate_table", None)
    own = {id(variable) for variable in [*guard.variables, *(table.variables if table is not None else [])]}
    found = {id(variable): variable for variable in [*model.non_trainable_variables, *model.metrics_variables]}
    return [variable for key, variable in found.items() if key not in own]


def gradients_of(model: LatentModel, data: tuple[Any, ...]) -> list[np.ndarray | None]:
    """Return the gradients that a batch gives; what the forward pass changes is put back.

    Args:
        model: compiled.
        data: a batch as `TrainingFlow` gives it.
    """
    gradients = _steps().gradients(model, keras.tree.map_structure(ops.convert_to_tensor, data))
    return [None if gradient is None else ops.convert_to_numpy(gradient) for gradient in gradients]


def _steps() -> Any:
    # The backend's module is the only place that imports the backend.
    return import_module(f"zscape.training.steps.{keras.backend.backend()}")


def _can_be_applied(gradients: list[Any], optimizer: keras.Optimizer) -> Any:
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        return ops.convert_to_tensor(optimizer.dynamic_scale) > _LEAST_SCALE
    # One number that is finite only where every gradient is, and the squares too that Adam is about to take.
    squares = sum(ops.sum(ops.square(ops.cast(each, "float32"))) for each in gradients if each is not None)
    return ops.logical_and(ops.isfinite(squares), ops.isfinite(ops.convert_to_tensor(optimizer.learning_rate)))
