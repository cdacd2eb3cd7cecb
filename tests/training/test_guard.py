"""The guard: what is not finite changes nothing, and is named."""

import re

import keras
import numpy as np
import pytest

from tests.training.conftest import HARD
from tests.training.test_fit import SMALL, assert_same_bytes
from tests.training.test_resume import AtStep, assert_same_training
from zscape.core.errors import InputError, TrainingStopped
from zscape.networks.state import to_arrays
from zscape.pathways.build import build_model
from zscape.training.checkpoint_files import read_checkpoint
from zscape.training.checkpoints import metric_variables, training_variables
from zscape.training.diagnosis import diagnose
from zscape.training.guard import install_guard, remove_guard


class Given(keras.utils.PyDataset):
    """Batches as they are given."""

    def __init__(self, batches):
        super().__init__(workers=1, use_multiprocessing=False)
        self._batches = batches

    def __len__(self):
        return len(self._batches)

    def __getitem__(self, index):
        return (self._batches[index],)


@pytest.fixture(scope="module")
def batches():
    """Five batches of float images; those at 2 and 4 have one value that is no number."""
    images = np.random.default_rng(1).random((5, 6, 8, 8, 1)).astype(np.float32)
    images[2, 3, 0, 0, 0], images[4, 0, 5, 5, 0] = np.nan, np.inf
    return list(images)


@pytest.fixture(scope="module")
def trained_on(tiny_recipe, batches):
    """Return a function that trains one epoch of batches, by their positions; without a guard it is Keras' own step."""

    def run(positions, choice, settings=None):
        model = build_model(tiny_recipe({**HARD, **(settings or {})}), "float32", steps_per_epoch=4)
        model.compile(optimizer=keras.optimizers.Adam(2e-3, name="adam"))
        guard = None if choice is None else install_guard(model, choice)
        flow = Given([batches[position] for position in positions])
        keras.Model.fit(model, flow, epochs=1, shuffle=False, verbose=0)
        # All but the loss tracker of Keras' own step, whose number zscape does not show.
        metrics = {name: v for name, v in metric_variables(model).items() if not name.startswith("loss/")}
        return model, guard, to_arrays({**training_variables(model), **metrics})

    return run


WARM_UP = {"objective.schedule": {"kind": "linear", "epochs": 1}}


@pytest.fixture(scope="module")
def two_good(trained_on):
    return trained_on([0, 1], "stop", WARM_UP)


def test_a_guarded_step_is_keras_own(trained_on, two_good):
    assert_same_bytes(two_good[2], trained_on([0, 1], None, WARM_UP)[2])


def test_a_bad_step_changes_nothing_and_nothing_does_after_it(trained_on, two_good):
    """Weights, optimizer, batch norm, random streams, warm-up and sums are those of before the step."""
    _, guard, state = trained_on([0, 1, 2, 3, 4], "stop", WARM_UP)
    assert_same_bytes(state, two_good[2])
    assert guard.counts() == (1, 2), "one bad step, the third"
    assert two_good[1].counts() == (0, 0)


def test_skipped_steps_are_as_if_they_had_not_been(trained_on):
    _, guard, state = trained_on([0, 2, 1, 4, 3], "skip", WARM_UP)
    assert_same_bytes(state, trained_on([0, 1, 3], "skip", WARM_UP)[2])
    assert guard.counts() == (2, 3)


def test_what_is_said(two_good, batches):
    """Each time of a model in which one thing is broken; it is left as it is."""
    model = two_good[0]
    before = to_arrays(training_variables(model))
    nearest = "decoder/conv_transpose_2/"
    said = diagnose(model, (batches[2],))
    assert said.startswith(
        "reconstruction and kl_mu and kl_log_var of the loss are not finite, nor is the gradient of "
    )
    assert f"gradient of {nearest}" in said and "log_var from" not in said
    assert_same_bytes(to_arrays(training_variables(model)), before)
    model.optimizer.learning_rate = np.inf
    assert diagnose(model, (batches[0],)) == "the learning rate is not a finite number"
    model.optimizer.learning_rate = 2e-3
    last = model.decoder.get_layer("conv_transpose_2").kernel
    kept = last.numpy()
    last.assign(np.full(tuple(last.shape), 1e25, np.float32))
    said = diagnose(model, (batches[0],))
    assert re.match(r"the gradient, of norm \d\.\d+e\+2\d, has squares that are not finite in float32 \(log_var", said)
    last.assign(kept)
    kernel = model.encoder.get_layer("conv_2").kernel
    kernel.assign(np.full(tuple(kernel.shape), np.nan, np.float32))
    assert diagnose(model, (batches[0],)) == "the weights encoder/conv_2/kernel are not finite"


def test_float16_skips_steps_by_design(tiny_recipe, batches):
    """Gradients that overflow at the first loss scales: the scale falls, the guard has nothing to say."""
    model = build_model(tiny_recipe(HARD), "mixed_float16")
    optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(2e-3), initial_scale=2.0**60)
    model.compile(optimizer=optimizer)
    guard = install_guard(model, "stop")
    keras.Model.fit(model, Given(batches[:2]), epochs=1, shuffle=False, verbose=0)
    assert float(optimizer.dynamic_scale) == 2.0**58 and int(optimizer.iterations) == 0, "both steps were skipped"
    assert guard.counts() == (0, 0)
    optimizer.dynamic_scale.assign(2.0**-17)
    keras.Model.fit(model, Given(batches[:1]), epochs=1, shuffle=False, verbose=0)
    assert guard.counts()[0] == 1, "no scale is small enough"


def test_a_step_of_its_own_is_not_guarded(tiny_recipe):
    model = build_model(tiny_recipe({"objective.kl_pathway": "tape"}))
    assert install_guard(model, "stop") is None
    with pytest.raises(
        InputError, match=r"training\.guard: skip needs Keras' own training step, which kl_pathway tape"
    ):
        install_guard(model, "skip")


def test_removed(two_good):
    model = two_good[0]
    assert "train_step" in vars(model)
    remove_guard(model)
    assert model.train_step.__func__ is keras.Model.train_step
    remove_guard(model)


def infinite_rate(model):
    model.optimizer.learning_rate = np.inf


def no_number_among_the_weights(model):
    kernel = model.decoder.get_layer("conv_transpose_2").kernel
    values = kernel.numpy().copy()
    values.flat[3] = np.nan
    kernel.assign(values)


def huge_rate(model):
    model.optimizer.learning_rate = 1e30


def test_the_checkpoint_kept_is_good(train, straight, tiny_recipe, tmp_path):
    """A weight, then the rate is broken, after steps 6 and 11: going on each time ends as if nothing had been."""
    recipe = tiny_recipe({**HARD, "training.epochs": 4, "training.checkpoint_every": 4})
    with pytest.raises(
        TrainingStopped,
        match=r"^Epoch 2, step 3 of 4: the weights decoder/conv_transpose_2/kernel are not finite\. Training stopped "
        r"before this step changed anything; the newest checkpoint is that of step 4\. Try a lower",
    ):
        train(recipe, tmp_path, callbacks=[AtStep(6, no_number_among_the_weights)])
    with pytest.raises(TrainingStopped, match=r"the newest checkpoint is that of step 8\. Try a lower"):
        train(recipe, tmp_path, callbacks=[AtStep(6, huge_rate)])
    assert_same_training(train(recipe, tmp_path), straight)


def test_back_off(train, tiny_recipe, tmp_path, capsys):
    recipe = tiny_recipe({**SMALL, "training.epochs": 3, "training.guard": "back_off"})
    training = train(recipe, tmp_path, callbacks=[AtStep(6, infinite_rate)])
    said = capsys.readouterr().err.splitlines()
    assert said == [
        "Epoch 2, step 3 of 4: the learning rate is not a finite number. Back to step 4, with half the learning rate: "
        "0.001."
    ]
    rates = [record["learning_rate"] for record in training.result.history]
    assert rates == pytest.approx([2e-3, 1e-3, 1e-3])
    assert sum("in nats per image" in line for line in training.lines) == 1, "said once"
    assert read_checkpoint(tmp_path / "last.safetensors").back_offs == 1


def test_back_off_has_an_end(train, tiny_recipe, tmp_path, capsys):
    """A fault that does not go away with the rate; there is a checkpoint of the beginning to go back to."""

    class Always(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            if batch == 1:
                self.model.optimizer.learning_rate = np.inf

    recipe = tiny_recipe({**SMALL, "training.epochs": 1, "training.guard": "back_off"})
    with pytest.raises(
        TrainingStopped, match=r"Epoch 1, step 2 of 4: .* was halved 8 times before, which did not help"
    ):
        train(recipe, tmp_path, callbacks=[Always()])
    assert "Back to step 0, with half the learning rate: 7.81" in capsys.readouterr().err
    last = read_checkpoint(tmp_path / "last.safetensors")
    assert last.step == 0 and last.arrays["optimizer/001_learning_rate"] == np.float32(2e-3 / 2**8)


def test_back_off_sees_where_the_rate_is_not_the_cause(train, tiny_recipe, tmp_path, capsys):
    """The weights themselves are out of bounds, in the checkpoint too: the first step after it always fails."""

    def explode(model):
        kernel = model.decoder.get_layer("conv_transpose_1").kernel
        kernel.assign(np.full(tuple(kernel.shape), 1e25, np.float32))

    settings = {**SMALL, "training.epochs": 3, "training.guard": "back_off", "training.checkpoint_every": 1}
    with pytest.raises(
        TrainingStopped,
        match=r"The first step after the checkpoint of step 6 fails with any learning rate: its weights are the cause",
    ):
        train(tiny_recipe(settings), tmp_path, callbacks=[AtStep(6, explode)])
    assert capsys.readouterr().err.count("Back to step 6, with half the learning rate") == 2


def test_skipped_steps_are_in_the_history(train, tiny_recipe, tmp_path):
    recipe = tiny_recipe({**SMALL, "training.epochs": 2, "training.guard": "skip"})

    class Sometimes(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.epoch = epoch

        def on_train_batch_begin(self, batch, logs=None):
            if self.epoch == 0:
                self.model.optimizer.learning_rate = np.inf if batch in (1, 2) else 2e-3

    history = train(recipe, tmp_path, callbacks=[Sometimes()]).result.history
    assert history[0]["skipped_steps"] == 2 and "skipped_steps" not in history[1]
    assert history[0]["step"] == 4 and np.isfinite(history[0]["train"]["loss"])


def test_an_epoch_without_a_good_step_stops(train, tiny_recipe, tmp_path):
    recipe = tiny_recipe({**SMALL, "training.epochs": 2, "training.guard": "skip"})
    with pytest.raises(
        TrainingStopped,
        match=r"^Epoch 1: 4 of 4 steps had no finite loss and gradient and were skipped; .* this epoch is not kept",
    ):
        train(recipe, tmp_path, callbacks=[FromTheStart()])


class FromTheStart(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.model.optimizer.learning_rate = np.inf


def test_clipped_gradients(train, tiny_recipe, tmp_path):
    """Adam's first moment is a mean of the gradients: its norm shows that theirs was bounded."""
    training = train(tiny_recipe({**SMALL, "training.epochs": 1, "training.clip_norm": 1e-3}), tmp_path)
    moments = [array for name, array in training.snapshots[0].items() if name.endswith("momentum")]
    norm = np.sqrt(sum(np.square(array.astype(np.float64)).sum() for array in moments))
    assert 1e-4 < norm <= 1e-3 * (1 - 0.9**4) * 1.001
