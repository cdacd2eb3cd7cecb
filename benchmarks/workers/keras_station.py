"""Keras' `fit`, stopped before every epoch until the harness says so: an epoch is one piece of work."""

import math
from typing import Any

import keras

from benchmarks.workers.task import Line, Watch

EPOCHS = 10**6  # more than anybody waits for


class EndOfWork(Exception):
    """The harness has closed the line."""


class Station(keras.callbacks.Callback):
    """Waits before an epoch, and times its steps but the first.

    The first epoch of all is the warm-up. An answer is sent when the next epoch begins: by then checkpoints and
    whatever else belongs to the end of an epoch are done, so that the worker is idle while others work.

    Args:
        line: to the harness.
    """

    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line = line
        self._loss = 0.0
        self._watch = Watch()
        self._taken: dict[str, float] = {}

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if epoch == 1:
            count = sum(math.prod(weight.shape) for weight in self.model.trainable_weights)
            self._line.say(parameters=count, loss=self._loss, keras=keras.__version__)
        elif epoch > 1:
            self._line.say(**self._taken)
        if epoch and not self._line.wait():
            raise EndOfWork

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        loss = float((logs or {})["loss"])  # a number, so the step is done on asynchronous backends too
        if batch == 0:
            self._watch = Watch()
            self._loss = self._loss or loss
        if batch == self.params["steps"] - 1:
            self._taken = self._watch.taken()
