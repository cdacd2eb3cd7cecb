"""The learning rate of every step: as computed by others, as the optimizer has it, and across a break."""

import shutil
from itertools import pairwise

import keras
import numpy as np
import pytest

from tests.training.test_fit import SMALL, assert_same_bytes, without_times
from zscape.core.errors import InputError
from zscape.networks.state import to_arrays
from zscape.specs.training import TrainingSpec
from zscape.training.checkpoint_files import read_checkpoint
from zscape.training.checkpoints import training_variables
from zscape.training.learning_rate import Rates


def rates_of(schedule, history=(), back_offs=0, steps=7, **others):
    return Rates(TrainingSpec(schedule=schedule, **others), steps, 1.0).of_epoch(list(history), back_offs)


def losses(*values):
    terms = [{"loss": value, "beta": 1.0} for value in values]
    return [{"epoch": n, "train": one, "validation": one} for n, one in enumerate(terms, start=1)]


def test_cosine_with_a_warm_up_is_that_of_keras():
    schedule = {"kind": "cosine", "final_fraction": 0.05, "warm_up": {"steps": 10, "initial_fraction": 0.25}}
    found = [rates_of(schedule, losses(*range(epoch)), epochs=6, learning_rate=3e-3) for epoch in range(6)]
    expected = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=0.25 * 3e-3, decay_steps=6 * 7 - 10, alpha=0.05, warmup_target=3e-3, warmup_steps=10
    )
    by_keras = [float(keras.ops.convert_to_numpy(expected(step))) for step in range(42)]
    np.testing.assert_allclose(np.concatenate(found), by_keras, rtol=1e-5)


@pytest.mark.parametrize("mode", ["min", "max"])
def test_plateaus_are_those_of_keras(mode):
    sign = -1.0 if mode == "max" else 1.0
    values = [sign * value for value in (5, 4, 4, 3.95, 3.9, 3.7, 3.7, 3.7, 3.7, 3.7, 3, 3, 3)]
    history = losses(*values)
    schedule = {"kind": "plateau", "factor": 0.5, "patience": 2, "min_delta": 0.15, "mode": mode}
    found = [rates_of(schedule, history[:n], epochs=20, learning_rate=0.8)[0] for n in range(1, len(history) + 1)]

    class Model:
        optimizer = keras.optimizers.SGD(0.8)

    theirs = keras.callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=2, min_delta=0.15, mode=mode)
    theirs.set_model(Model())
    theirs.on_train_begin()
    expected = []
    for epoch, value in enumerate(values):
        theirs.on_epoch_end(epoch, {"loss": value})
        expected.append(float(keras.ops.convert_to_numpy(Model.optimizer.learning_rate)))
    assert found == pytest.approx(expected, rel=1e-6) and found[-1] == pytest.approx(0.05)


def test_steps_and_back_offs():
    schedule = {"kind": "step", "milestones": [1, 3], "factor": 0.1}
    found = [rates_of(schedule, losses(*range(n)), 2, epochs=5, learning_rate=0.4) for n in range(5)]
    assert [rates.tolist() for rates in found] == [pytest.approx([0.1 * f] * 7) for f in (1, 0.1, 0.1, 0.01, 0.01)]


def test_a_plateau_is_not_waited_for_in_a_warm_up():
    schedule = {"kind": "plateau", "patience": 1, "factor": 0.5, "warm_up": {"steps": 8}}
    found = [rates_of(schedule, losses(*[2.0] * n), epochs=5, learning_rate=1.0)[-1] for n in range(5)]
    assert found == [6 / 8, 1.0, 1.0, 0.5, 0.25], "8 steps end in the second epoch of 7"


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {"schedule": {"warm_up": {"steps": 15}}},
            "training.schedule.warm_up takes 15 steps, but the training has 14, and it would not end: state fewer, or "
            "more training.epochs.",
        ),
        (
            {"schedule": {"kind": "cosine", "warm_up": {"steps": 14}}},
            "training.schedule.warm_up takes 14 steps, but the training has 14, and the cosine comes after it: state "
            "fewer, or more training.epochs.",
        ),
        (
            {"accumulate": 15},
            "training.accumulate is 15, but the training has 14 steps: the weights would never change. State less, or "
            "more training.epochs.",
        ),
    ],
)
def test_longer_than_the_training(settings, sentence):
    with pytest.raises(InputError) as error:
        Rates(TrainingSpec(epochs=2, **settings), 7, 1.0)
    assert str(error.value) == sentence
    Rates(TrainingSpec(epochs=3, **settings), 7, 1.0)


class Watched(keras.callbacks.Callback):
    """The optimizer's rate after every step; spoils the decoder once, and copies the checkpoints once."""

    def __init__(self, folder=None, spoil_after=None):
        super().__init__()
        self.rates, self.folder, self.spoil_after, self.epoch = [], folder, spoil_after, 0

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        self.rates.append(float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate)))
        if len(self.rates) == self.spoil_after:
            kernel = self.model.decoder.layers[-1].kernel
            kernel.assign(np.full(tuple(kernel.shape), np.nan, np.float32))
        if self.folder is not None and (self.epoch, batch) == (1, 1):
            shutil.copytree(self.folder, self.folder.parent / "copy")


def test_schedule_accumulation_and_back_off_across_a_break(train, tiny_recipe, tmp_path, capsys):
    """Bit for bit. 4 epochs of 4 steps, the weights change every 3; the warm-up ends in epoch 2; no epoch but the first
    improves; in epoch 1 the guard goes back to the start, from where all rates are halved; broken off in step 6."""
    warm_up = {"steps": 6, "initial_fraction": 0.25}
    schedule = {"kind": "plateau", "patience": 1, "min_delta": 1e6, "factor": 0.5, "warm_up": warm_up}
    recipe = tiny_recipe(
        {
            **SMALL,
            "model.kind": "vae",
            "training.epochs": 4,
            "training.schedule": schedule,
            "training.accumulate": 3,
            "training.clip_norm": 1.0,
            "training.guard": "back_off",
            "training.checkpoint_every": 5,
        }
    )
    watched = Watched(tmp_path / "checkpoints", spoil_after=2)
    straight = train(recipe, tmp_path / "checkpoints", validate=False, callbacks=[watched])
    assert capsys.readouterr().err.splitlines() == [
        "Epoch 1, step 3 of 4: the weights decoder/conv_transpose_1/kernel are not finite. Back to step 0, with half "
        "the learning rate: 0.00025."
    ]
    shares = [0.25 + 0.75 * min(step / 6, 1) for step in range(12)] + [0.5] * 4
    assert watched.rates[:2] == [np.float32(2e-3 * share) for share in shares[:2]]
    rates = [np.float32(1e-3 * share) for share in shares]
    assert watched.rates[-16:] == rates
    assert [record["learning_rate"] for record in straight.result.history] == rates[3::4]
    assert int(keras.ops.convert_to_numpy(straight.model.optimizer.iterations)) == 16 // 3

    middle = read_checkpoint(tmp_path / "copy" / "last.safetensors")
    assert (middle.step, middle.steps_into_epoch, middle.back_offs) == (5, 1, 1)
    sums = [array for name, array in middle.arrays.items() if name.endswith("gradient_accumulator")]
    assert sums and all(array.any() for array in sums), "two of three"
    again = Watched()
    resumed = train(recipe, tmp_path / "copy", validate=False, callbacks=[again])
    assert again.rates == rates[5:]
    one, other = (to_arrays(training_variables(each.model)) for each in (resumed, straight))
    assert_same_bytes(one, other)
    assert without_times(resumed.result.history) == without_times(straight.result.history)
    assert "rate_table" not in vars(straight.model) and "train_step" not in vars(straight.model)


def test_a_step_of_its_own_takes_its_rates_and_accumulates(train, tiny_recipe, tmp_path):
    recipe = tiny_recipe(
        {
            **SMALL,
            "model.kind": "vae",
            "objective.kl_pathway": "tape",
            "training.epochs": 2,
            "training.accumulate": 3,
            "training.schedule": {"kind": "cosine", "final_fraction": 0.5},
        }
    )

    class Kernels(Watched):
        kernels = ()

        def on_train_batch_end(self, batch, logs=None):
            super().on_train_batch_end(batch, logs)
            self.kernels = [*self.kernels, self.model.decoder.layers[-1].kernel.numpy().copy()]

    watched = Kernels()
    training = train(recipe, tmp_path / "checkpoints", validate=False, callbacks=[watched])
    share = 0.5 + 0.25 * (1 + np.cos(np.pi * np.arange(8) / 8))
    assert watched.rates == np.float32(2e-3 * share).tolist()
    assert [record["learning_rate"] for record in training.result.history] == [watched.rates[3], watched.rates[7]]
    kernels = watched.kernels
    changed = [not np.array_equal(one, other) for one, other in pairwise(kernels)]
    assert changed == [False, True, False, False, True, False, False]
