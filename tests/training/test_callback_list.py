"""Callbacks of a training that begins in the middle of an epoch, and of one that a callback ends there."""

import types

import keras
import pytest

from zscape.training.callback_list import CallbacksFromMiddle


class Told(keras.callbacks.Callback):
    """Keeps what it is told, and may ask to stop after a step."""

    def __init__(self, stop_after=None):
        super().__init__()
        self.calls, self.stop_after = [], stop_after

    def on_train_begin(self, logs=None):
        self.calls.append("begin")

    def on_epoch_begin(self, epoch, logs=None):
        self.calls.append(f"epoch {epoch}")

    def on_train_batch_end(self, batch, logs=None):
        self.calls.append(batch)
        if batch == self.stop_after:
            self.model.stop_training = True

    def on_epoch_end(self, epoch, logs=None):
        self.calls.append(f"end {epoch}")


def go_through(callbacks, model, epoch, steps):
    """What Keras' `fit` does with callbacks in an epoch."""
    callbacks.on_epoch_begin(epoch)
    for step in range(steps):
        callbacks.on_train_batch_begin(step)
        callbacks.on_train_batch_end(step, {})
        if model.stop_training:
            break
    callbacks.on_epoch_end(epoch, {})


@pytest.fixture
def model():
    return types.SimpleNamespace(stop_training=False, history=None)


def test_steps_of_a_broken_epoch_have_their_true_numbers(model):
    told, restored = Told(), []
    callbacks = CallbacksFromMiddle([told], 2, lambda: restored.append(True), model, epochs=3, steps=4)
    callbacks.begin()
    callbacks.on_train_begin()
    go_through(callbacks, model, 1, 2)
    callbacks.on_train_begin()
    go_through(callbacks, model, 2, 4)
    assert told.calls == ["begin", "epoch 1", 2, 3, "end 1", "epoch 2", 0, 1, 2, 3, "end 2"] and restored == [True]


@pytest.mark.parametrize("stop_after", [0, 2, 3])
def test_an_epoch_is_never_cut_short(model, stop_after):
    told = Told(stop_after)
    callbacks = CallbacksFromMiddle([told], 0, list, model, epochs=3, steps=4)
    callbacks.begin()
    go_through(callbacks, model, 0, 4)
    assert told.calls == ["begin", "epoch 0", 0, 1, 2, 3, "end 0"]
    assert model.stop_training, "and then training ends"


def test_nobody_asks_to_stop(model):
    callbacks = CallbacksFromMiddle([Told()], 0, list, model, epochs=3, steps=4)
    callbacks.begin()
    go_through(callbacks, model, 0, 4)
    assert not model.stop_training
