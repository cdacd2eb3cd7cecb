"""Training: repeatable, resumable, stopped in time, and the history it leaves."""

import shutil

import keras
import numpy as np
import pytest

from zscape.core.errors import TrainingStopped
from zscape.inference.encode import encode_split
from zscape.inference.evaluate import evaluate_split
from zscape.networks.state import part_weights, to_arrays
from zscape.pathways.build import build_model
from zscape.training.checkpoint_files import read_checkpoint

SMALL = {"model": {"filters": [3], "strides": [2], "z_dim": 2}}
STILL = {"training.learning_rate": 1e-30}  # Adam's steps do nothing: only callbacks move the weights


def assert_same_bytes(one, other):
    assert list(one) == list(other)
    assert [name for name in one if one[name].tobytes() != other[name].tobytes()] == []


def without_times(history):
    return [{k: v for k, v in record.items() if k not in ("seconds", "images_per_second")} for record in history]


def weights(model):
    return {**to_arrays(part_weights(model.encoder)), **to_arrays(part_weights(model.decoder))}


def test_same_seed_same_bytes(straight, halfway):
    assert_same_bytes(halfway.snapshots[1], straight.snapshots[1])
    assert without_times(halfway.result.history) == without_times(straight.result.history[:2])


def test_training_changes_everything_that_can_change(straight):
    first, last = straight.snapshots[0], straight.snapshots[-1]
    same = [name for name in first if first[name].tobytes() == last[name].tobytes()]
    assert same == ["optimizer/001_learning_rate"]


def test_resumed_training_is_the_uninterrupted_one(train, halfway, straight, tmp_path):
    folder = tmp_path / "checkpoints"
    shutil.copytree(halfway.folder, folder)
    resumed = train(straight.recipe, folder)
    assert len(resumed.snapshots) == 2, "two epochs were left to do"
    assert_same_bytes(resumed.snapshots[-1], straight.snapshots[-1])
    assert without_times(resumed.result.history) == without_times(straight.result.history)
    assert resumed.result.history[:2] == halfway.result.history, "what was measured stays as it was measured"
    assert [line.split()[1] for line in resumed.lines[1:] if " step " not in line] == ["3/4", "4/4"]


def test_finished_training_is_only_loaded(train, straight):
    again = train(straight.recipe, straight.folder)
    assert again.snapshots == [] and again.result == straight.result
    assert_same_bytes(weights(again.model), weights(straight.model))


def test_checkpoints_last_and_best(straight):
    last, best = (read_checkpoint(straight.folder / f"{name}.safetensors") for name in ("last", "best"))
    assert last.epoch == 4 and last.history == straight.result.history
    assert_same_bytes(last.arrays, {name: straight.snapshots[-1][name] for name in last.arrays})
    assert best.epoch == straight.result.best_epoch
    losses = [record["validation"]["loss"] for record in straight.result.history]
    assert straight.result.best_epoch == 1 + int(np.argmin(losses))
    assert_same_bytes(best.arrays, {name: straight.snapshots[best.epoch - 1][name] for name in best.arrays})
    assert straight.result.kept_epoch == 4, "without early stopping the last epoch is kept"


def test_history_adds_up(straight):
    for number, record in enumerate(straight.result.history, start=1):
        assert record["epoch"] == number and record["step"] == 4 * number  # 28 images in batches of 8
        assert record["seconds"] > 0 and record["images_per_second"] == pytest.approx(28 / record["seconds"])
        assert record["learning_rate"] == pytest.approx(2e-3)
        for terms in (record["train"], record["validation"]):
            assert terms["beta"] == 2.5
            assert terms["kl"] == pytest.approx(terms["kl_mu"] + terms["kl_log_var"], rel=1e-12)
            assert terms["weighted_kl"] == pytest.approx(2.5 * terms["kl"], rel=1e-12)
            assert terms["loss"] == pytest.approx(terms["reconstruction"] + 2.5 * terms["kl"], rel=1e-12)
            assert terms["kl_share"] == pytest.approx(terms["weighted_kl"] / terms["loss"], rel=1e-12)
            assert terms["log_var_min"] < terms["log_var_max"]
        # Keras hands over the training logs before validation and reads them after it.
        assert record["train"]["log_var_min"] != record["validation"]["log_var_min"]


def test_history_learns(straight):
    losses = [record["train"]["loss"] for record in straight.result.history]
    assert losses[-1] < losses[0]


def test_history_is_one_pass_over_all_images(train, tiny_recipe, tiny_store, tmp_path):
    """With weights that stand still: short last batches count as what they are, validation has its fixed draws."""
    recipe = tiny_recipe({**SMALL, **STILL, "training.epochs": 1})
    training = train(recipe, tmp_path)
    (record,) = training.result.history
    model = training.model
    for name in ("train", "validation"):
        split = tiny_store.split(name)
        expected = evaluate_split(model, split, encode_split(model, split), recipe.training.seed).terms
        parts = ("kl_mu", "kl_log_var") + (("reconstruction", "loss") if name == "validation" else ())
        for part in parts:  # training draws its own z
            assert record[name][part] == pytest.approx(getattr(expected, part), rel=1e-5), (name, part)


class FromEpoch(keras.callbacks.Callback):
    """Does something to the decoder's last kernel at the start of every epoch from `first` on."""

    def __init__(self, first, change):
        super().__init__()
        self.first, self.change = first, change

    def on_epoch_begin(self, epoch, logs=None):
        if epoch + 1 >= self.first:
            kernel = self.model.decoder.layers[-1].kernel
            kernel.assign(self.change(keras.ops.convert_to_numpy(kernel)))


def test_early_stopping_keeps_the_best_networks(train, tiny_recipe, tiny_store, tmp_path):
    """An autoencoder that is spoiled from epoch 3 on."""
    settings = {**SMALL, **STILL, "training.epochs": 9, "training.early_stopping": {"patience": 2}, "model.kind": "ae"}
    recipe = tiny_recipe(settings)
    training = train(recipe, tmp_path, callbacks=[FromEpoch(3, lambda kernel: 40 * kernel)])
    history, best = training.result.history, training.result.best_epoch
    assert best == 1, "an equal loss is no improvement"
    assert len(history) == 3 and training.result.kept_epoch == best
    kept = weights(training.model)
    assert all(
        np.allclose(array, kept[name], rtol=0, atol=1e-20) for name, array in weights(build_model(recipe)).items()
    )
    assert history[2]["validation"]["loss"] > history[0]["validation"]["loss"]
    again = train(recipe, tmp_path)
    assert again.snapshots == [] and again.result == training.result, "a stopped training stays stopped"
    assert_same_bytes(weights(again.model), weights(training.model))
    # The epoch's mean over 8 + 8 + 8 + 4 images is that of one pass over all.
    split = tiny_store.split("train")
    expected = evaluate_split(training.model, split, encode_split(training.model, split), 1).terms
    assert history[0]["train"]["loss"] == pytest.approx(expected.loss, rel=1e-5)
    assert history[0]["train"]["kl"] == history[0]["train"]["weighted_kl"] == history[0]["train"]["kl_share"] == 0
    assert "log_var_min" not in history[0]["train"]


def test_weights_that_are_not_finite_stop_and_the_epoch_before_is_kept(train, tiny_recipe, tmp_path):
    recipe = tiny_recipe({**SMALL, "model.kind": "ae", "training.epochs": 3})
    sentence = (
        r"^Epoch 2, step 1 of 4: the weights decoder/conv_transpose_1/kernel are not finite\. Training stopped before "
        r"this step changed anything; the newest checkpoint is that of step 4\. Try a lower training\.learning_rate or "
        r"training\.clip_norm, which make another run \(another --out, or --fresh\); or training\.guard=skip or "
        r"back_off, with which the same command goes on\.$"
    )
    with pytest.raises(TrainingStopped, match=sentence):
        train(recipe, tmp_path, callbacks=[FromEpoch(2, lambda kernel: kernel * np.nan)])
    checkpoint = read_checkpoint(tmp_path / "last.safetensors")
    assert checkpoint.epoch == 1 and len(checkpoint.history) == 1
    assert all(np.isfinite(array).all() for array in checkpoint.arrays.values())


def test_training_without_validation_images(train, tiny_recipe, tmp_path):
    recipe = tiny_recipe({**SMALL, "model.kind": "ae", "training.epochs": 1})
    training = train(recipe, tmp_path, validate=False)
    assert training.result.history[0]["validation"] is None
