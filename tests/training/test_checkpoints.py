"""Checkpoints: whole or not at all, and read with care."""

import errno
import os
from pathlib import Path

import keras
import numpy as np
import pytest
from safetensors.numpy import save_file

from tests.training.golden import golden_recipe
from zscape.core.errors import InputError, TrainingStopped
from zscape.networks.state import to_arrays
from zscape.pathways.build import build_model
from zscape.training.checkpoint_files import read_checkpoint
from zscape.training.checkpoints import (
    metric_variables,
    restore,
    restore_metrics,
    save_checkpoint,
    training_variables,
)

GOLDEN = Path(__file__).parents[1] / "golden"
HISTORY = [{"epoch": 1, "step": 12, "train": {"loss": 0.1 + 0.2}}]


@pytest.fixture(scope="module")
def ready(tiny_recipe):
    """Return a maker of compiled models whose optimizer has its slots."""

    def make(settings=None):
        model = build_model(tiny_recipe({"model.batch_norm": True, "model.dropout": 0.1, **(settings or {})}))
        model.compile(optimizer=keras.optimizers.Adam(1e-3, name="adam"))
        model.optimizer.build(model.trainable_variables)
        return model

    return make


@pytest.fixture(scope="module")
def model(ready):
    model = ready()
    rng = np.random.default_rng(0)
    for variable in training_variables(model).values():  # values that no other model has by itself
        dtype = keras.backend.standardize_dtype(variable.dtype)
        variable.assign((100 * rng.random(tuple(variable.shape))).astype(dtype))
    return model


@pytest.fixture
def path(model, tmp_path):
    path = tmp_path / "checkpoints" / "last.safetensors"
    save_checkpoint(path, model, 3, HISTORY)
    return path


def test_round_trip_into_another_model(model, ready, path):
    checkpoint = read_checkpoint(path)
    assert checkpoint.epoch == 3 and checkpoint.history == HISTORY and checkpoint.step == 12
    assert checkpoint.backend == keras.backend.backend()
    other = ready({"training.seed": 5})
    restore(checkpoint, other)
    before, after = to_arrays(training_variables(model)), to_arrays(training_variables(other))
    assert list(before) == list(after)
    assert all(before[name].tobytes() == after[name].tobytes() for name in before)


def test_everything_that_training_changes_is_in_it(model):
    names = set(training_variables(model))
    assert len(names) == len(model.variables) + len(model.optimizer.variables)
    assert "sampling/noise" in names
    assert sum(name.endswith("seed_generator_state") for name in names) == 3, "one stream for each dropout"


def test_restored_before_the_optimizer_has_slots(model, tiny_recipe, path):
    other = build_model(tiny_recipe({"model.batch_norm": True, "model.dropout": 0.1}))
    other.compile(optimizer=keras.optimizers.Adam(1e-3, name="adam"))
    restore(read_checkpoint(path), other)
    assert int(other.optimizer.iterations) == int(model.optimizer.iterations) != 0


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"model.z_dim": 4}, r"The checkpoint does not belong to this network: .* has shape .*, expected"),
        ({"model.kind": "ae"}, r"The checkpoint does not belong to this network: missing .*, not expected .*"),
        (
            {"model.filters": [3, 4, 5], "model.strides": 1},
            "does not belong to this network: missing decoder/batch_norm_2",
        ),
        ({"model.batch_norm": False}, "not expected .*batch_norm"),
    ],
)
def test_another_network_is_refused_and_left_alone(ready, path, settings, sentence):
    other = ready(settings)
    before = to_arrays(training_variables(other))
    with pytest.raises(InputError, match=sentence):
        restore(read_checkpoint(path), other)
    after = to_arrays(training_variables(other))
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_a_missing_or_extra_tensor_is_refused(model, path):
    checkpoint = read_checkpoint(path)
    kernel = checkpoint.arrays.pop("encoder/conv_1/kernel")
    with pytest.raises(InputError, match="missing encoder/conv_1/kernel, not expected nothing"):
        restore(checkpoint, model)
    checkpoint.arrays.update({"encoder/conv_1/kernel": kernel, "encoder/conv_9/kernel": kernel})
    with pytest.raises(InputError, match="missing nothing, not expected encoder/conv_9/kernel"):
        restore(checkpoint, model)


def test_sums_of_an_epoch(ready):
    one, other = ready(), ready()
    for variable in metric_variables(one).values():
        variable.assign(np.float32(0.1))
    arrays = to_arrays(metric_variables(one))
    assert {"kl_mu/total", "kl_mu/count", "reconstruction/total", "log_var_max/extreme"} <= set(arrays)
    assert len(arrays) == len(one.metrics_variables)
    restore_metrics(arrays, other)
    assert to_arrays(metric_variables(other)) == arrays
    with pytest.raises(InputError, match=r"What the checkpoint has summed up does not belong to .*: missing kl_mu/"):
        restore_metrics({name: array for name, array in arrays.items() if name != "kl_mu/total"}, other)


def test_a_state_that_is_not_finite_replaces_nothing(ready, path):
    old, spoiled = path.read_bytes(), ready()
    variable = training_variables(spoiled)["encoder/batch_norm_1/moving_mean"]
    variable.assign(np.full(tuple(variable.shape), np.inf, np.float32))
    with pytest.raises(TrainingStopped, match="encoder/batch_norm_1/moving_mean is not finite any more; training stop"):
        save_checkpoint(path, spoiled, 4, HISTORY)
    assert path.read_bytes() == old


@pytest.mark.parametrize("number", [1, 2])
def test_checkpoints_of_every_format_are_taken_up(number):
    """On every backend, whichever wrote them."""
    checkpoint = read_checkpoint(GOLDEN / f"checkpoint-{number}.safetensors")
    model = build_model(golden_recipe(2), steps_per_epoch=2)
    model.compile(optimizer=keras.optimizers.Adam(1e-3, name="adam"))
    restore(checkpoint, model)
    after = to_arrays(training_variables(model))
    assert all(np.array_equal(after[name], array) for name, array in checkpoint.arrays.items())
    if number == 2:
        restore_metrics(checkpoint.metrics, model)
        assert float(model.trackers.means["reconstruction"].count) == 4, "one step of four images into the epoch"


def test_missing(tmp_path):
    with pytest.raises(InputError, match=r"There is no checkpoint .*last"):
        read_checkpoint(tmp_path / "last.safetensors")


@pytest.mark.parametrize("keep", [0, 4, 100, 0.5, -1])
def test_cut_off(path, keep):
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep) if isinstance(keep, float) else keep])
    with pytest.raises(InputError, match=r"is not a checkpoint of zscape, or is damaged \("):
        read_checkpoint(path)


@pytest.mark.parametrize("metadata", [None, {"other": "1"}, {"zscape": "{}"}, {"zscape": "[1]"}, {"zscape": "{"}])
def test_foreign_safetensors(tmp_path, metadata):
    path = tmp_path / "foreign.safetensors"
    save_file({"x": np.zeros(3)}, path, metadata=metadata)
    with pytest.raises(InputError, match="is not a checkpoint of zscape, or is damaged"):
        read_checkpoint(path)


def test_other_files(tmp_path):
    path = tmp_path / "page.safetensors"
    path.write_bytes(b"<html><body>Not found</body></html>" * 20)
    with pytest.raises(InputError, match="is not a checkpoint of zscape, or is damaged"):
        read_checkpoint(path)


def test_format_of_another_version(tmp_path):
    path = tmp_path / "new.safetensors"
    save_file({"x": np.zeros(3)}, path, metadata={"zscape": '{"format": 99, "epoch": 1, "history": []}'})
    with pytest.raises(InputError, match="has checkpoint format 99; this version of zscape reads 1 to 2"):
        read_checkpoint(path)


@pytest.mark.parametrize("function", ["fsync", "replace"])
def test_full_disk_leaves_the_old_checkpoint_whole(model, path, monkeypatch, function):
    old = path.read_bytes()

    def full(*arguments, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, function, full)
        with pytest.raises(OSError, match="No space left"):
            save_checkpoint(path, model, 4, [])
    assert path.read_bytes() == old
    assert [entry.name for entry in path.parent.iterdir()] == [path.name], "nothing half-written lies around"
    assert read_checkpoint(path).epoch == 3
