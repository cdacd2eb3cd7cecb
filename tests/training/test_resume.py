"""Broken off at any step and taken up again: bit for bit the training without a break, on every backend."""

import os
import signal

import keras
import pytest

from tests.training.conftest import HARD
from zscape.core.errors import InputError
from zscape.networks.state import to_arrays
from zscape.training.checkpoint_files import read_checkpoint, write_checkpoint
from zscape.training.checkpoints import training_variables
from zscape.training.interrupts import TrainingInterrupted


class Broken(Exception):
    """What stands for the end of the process."""


class AtStep(keras.callbacks.Callback):
    """Does something to the model after a number of steps of one `fit`, once."""

    def __init__(self, number, action):
        super().__init__()
        self.left, self.action = number, action

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if self.left == 0:
            self.action(self.model)


def end(model):
    raise Broken


def terminate(model):
    os.kill(os.getpid(), signal.SIGTERM)


def without_times(history):
    return [{k: v for k, v in record.items() if k not in ("seconds", "images_per_second")} for record in history]


def assert_same_training(one, other):
    mine, theirs = (to_arrays(training_variables(training.model)) for training in (one, other))
    assert list(mine) == list(theirs)
    assert [name for name in mine if mine[name].tobytes() != theirs[name].tobytes()] == []
    assert without_times(one.result.history) == without_times(other.result.history)
    assert one.result.best_epoch == other.result.best_epoch


def test_broken_off_within_epochs(train, straight, tiny_recipe, tmp_path):
    """4 epochs of 4 steps: SIGTERM in step 6, the process gone after step 11, which was not saved."""
    recipe = tiny_recipe({**HARD, "training.epochs": 4, "training.checkpoint_every": 3})
    sentence = (
        r"^Stopped by SIGTERM in epoch 2, after step 2 of 4; a checkpoint holds it, and the same command with --out "
        r".* goes on there\.$"
    )
    with pytest.raises(TrainingInterrupted, match=sentence) as stopped:
        train(recipe, tmp_path / "checkpoints", callbacks=[AtStep(6, terminate)])
    assert stopped.value.exit_code == 143 and str(tmp_path) in str(stopped.value)
    first = read_checkpoint(tmp_path / "checkpoints" / "last.safetensors")
    assert (first.step, first.epoch, first.steps_into_epoch) == (6, 1, 2)
    with pytest.raises(Broken):
        train(recipe, tmp_path / "checkpoints", callbacks=[AtStep(5, end)])
    second = read_checkpoint(tmp_path / "checkpoints" / "last.safetensors")
    assert (second.step, second.epoch, second.steps_into_epoch) == (9, 2, 1)
    # The newest is damaged: the one before, at the end of epoch 2, is taken.
    (tmp_path / "checkpoints" / "last.safetensors").write_bytes(b"x")
    resumed = train(recipe, tmp_path / "checkpoints")
    assert_same_training(resumed, straight)
    assert [line.split()[1] for line in resumed.lines[1:] if " step " not in line] == ["3/4", "4/4"]
    assert resumed.result.history[1]["seconds"] > 0.9 * first.seconds > 0, "the time before the break counts too"


def test_signal_while_an_epoch_ends(train, tiny_recipe, tmp_path):
    """It takes effect when the epoch has its record."""
    recipe = tiny_recipe({"model.filters": [3], "model.strides": [2], "model.kind": "ae"})
    with pytest.raises(TrainingInterrupted, match=r"^Stopped by SIGTERM after epoch 1; a checkpoint holds it"):
        train(recipe, tmp_path, callbacks=[AtStep(4, terminate)])
    last = read_checkpoint(tmp_path / "last.safetensors")
    assert (last.step, last.steps_into_epoch) == (4, 0)
    assert len(last.history) == 1 and last.history[0]["validation"]["loss"] > 0


def test_checkpoint_of_another_backend_is_taken_and_said(train, halfway, straight, capsys, tmp_path):
    checkpoint = read_checkpoint(halfway.folder / "last.safetensors")
    object.__setattr__(checkpoint, "backend", "theano")
    write_checkpoint(tmp_path / "last.safetensors", checkpoint)
    resumed = train(halfway.recipe, tmp_path)
    assert resumed.snapshots == []
    said = capsys.readouterr().err
    assert said.startswith("The checkpoint was written on theano; training goes on on ")
    assert said.endswith("the result is not bit for bit that of either.\n")


def test_best_is_made_good_where_the_process_ended_before_it(train, halfway, tmp_path):
    assert halfway.result.best_epoch == 2
    (tmp_path / "last.safetensors").write_bytes((halfway.folder / "last.safetensors").read_bytes())
    train(halfway.recipe, tmp_path)
    assert read_checkpoint(tmp_path / "best.safetensors").epoch == 2


def test_none_can_be_read(train, halfway, tmp_path):
    (tmp_path / "last.safetensors").write_bytes(b"x")
    with pytest.raises(InputError, match=r"last\.safetensors is not a checkpoint .* No older one can be read either"):
        train(halfway.recipe, tmp_path)
