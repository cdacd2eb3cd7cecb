"""Callbacks of a training that begins in the middle of an epoch."""

from collections.abc import Callable, Sequence
from typing import Any

import keras


class CallbacksFromMiddle(keras.callbacks.CallbackList):
    """Keras' list of callbacks for a training whose first epoch has been begun already.

    Keras' `fit` counts the steps of an epoch from 0 and knows whole epochs only, so that the rest of a broken epoch is
    a `fit` of its own, shorter, before that of the others. Callbacks see one training, and the true number of a step.

    A callback that asks in the middle of an epoch to stop training gets the rest of that epoch first: Keras would cut
    it short, and its record would tell of images that were not seen.

    Args:
        callbacks: as for `fit`.
        steps_done: steps of the first epoch that are done already.
        begin_epoch: called at the beginning of the first epoch, when Keras has set the metrics to zero.
        model: the model.
        params: `steps` per epoch, `epochs`.
    """

    def __init__(
        self,
        callbacks: Sequence[keras.callbacks.Callback],
        steps_done: int,
        begin_epoch: Callable[[], None],
        model: keras.Model,
        **params: Any,
    ) -> None:
        super().__init__(list(callbacks), add_history=True, model=model, **params)
        self._steps_done = steps_done
        self._begin_epoch = begin_epoch
        self._trained = model  # not `self.model`, which on JAX brings all weights up to date at every look
        self._stop = False

    def begin(self) -> None:
        """Tell the callbacks that training begins."""
        super().on_train_begin()

    def end(self) -> None:
        """Tell the callbacks that training has ended."""
        super().on_train_end()

    def on_train_begin(self, logs: Any = None) -> None:
        pass  # of one `fit`; there may be two

    def on_train_end(self, logs: Any = None) -> None:
        pass

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if self._steps_done:
            self._begin_epoch()
        super().on_epoch_begin(epoch, logs)

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        super().on_train_batch_begin(batch + self._steps_done, logs)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        super().on_train_batch_end(batch + self._steps_done, logs)
        self._stop = self._stop or self._trained.stop_training
        self._trained.stop_training = False

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._steps_done = 0
        super().on_epoch_end(epoch, logs)
        self._trained.stop_training = self._trained.stop_training or self._stop
