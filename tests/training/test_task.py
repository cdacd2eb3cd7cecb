"""Training on something else than the images themselves: what the flows give, and what training makes of it."""

import shutil

import keras
import numpy as np
import pytest

from zscape.core.seeds import row_normals
from zscape.data.batches import Batches
from zscape.data.corrupt import corrupt_batch, corrupt_fixed
from zscape.networks.state import to_arrays
from zscape.pathways.build import build_model
from zscape.specs.task import RECONSTRUCT, TaskSpec
from zscape.training import fit as fit_module
from zscape.training.checkpoints import read_checkpoint, training_variables
from zscape.training.fit import fit
from zscape.training.flow import EvaluationFlow, TrainingFlow

DENOISE = TaskSpec(kind="denoise", noise=0.1, drop=0.5)
SMALL = {"model": {"filters": [3], "strides": [2], "z_dim": 2}}


def training_flow(store, task, first_step=0):
    return TrainingFlow(Batches(store.split("train"), 8, 1, shuffle=True), first_step, task)


def evaluation_flow(store, task, batch_size=8, z_dim=0, split="validation", seed=1):
    return EvaluationFlow(Batches(store.split(split), batch_size, seed, shuffle=False), seed, z_dim, task)


# flows


def test_training_gets_another_draw_at_every_step_and_clean_targets(tiny_store):
    flow, plain = training_flow(tiny_store, DENOISE), training_flow(tiny_store, RECONSTRUCT)
    for step in (11, 0, 3, 4):
        images, target = flow[step]
        np.testing.assert_array_equal(target, plain[step][0])
        np.testing.assert_array_equal(images, corrupt_batch(target, DENOISE, 1, step))
        assert images.dtype == target.dtype == np.uint8 and (images != target).mean() > 0.4
    resumed = training_flow(tiny_store, DENOISE, first_step=4)
    np.testing.assert_array_equal(resumed[7][0], flow[11][0])


def test_without_a_task_flows_are_what_they_were(tiny_store):
    train, validation = (Batches(tiny_store.split(name), 8, 1, shuffle=name == "train") for name in SPLITS)
    for step in range(6):
        (images,) = training_flow(tiny_store, RECONSTRUCT)[step]
        assert images.tobytes() == train.batch(step).images.tobytes()
        assert [entry.tobytes() for entry in TrainingFlow(train)[step]] == [images.tobytes()]
    for index in range(2):
        batch = validation.batch(index)
        (images,) = EvaluationFlow(validation, 1, 0)[index]
        assert images.tobytes() == batch.images.tobytes()
        (inputs,) = EvaluationFlow(validation, 1, 3)[index]
        assert inputs["images"].tobytes() == batch.images.tobytes()


SPLITS = ("train", "validation")


@pytest.mark.parametrize("batch_size", [1, 4, 9, 100])
@pytest.mark.parametrize("z_dim", [0, 3])
def test_evaluation_has_one_draw_per_image_whatever_the_batches(tiny_store, batch_size, z_dim):
    flow, split = evaluation_flow(tiny_store, DENOISE, batch_size, z_dim), tiny_store.split("validation")
    batches = [flow[index] for index in range(flow.num_batches)]
    inputs = [x["images"] if z_dim else x for x, _ in batches]
    np.testing.assert_array_equal(np.concatenate([target for _, target in batches]), split.images())
    expected = corrupt_fixed(split.images(), DENOISE, 1, "validation", split.ids)
    np.testing.assert_array_equal(np.concatenate(inputs), expected)
    if z_dim:  # the task takes nothing away from the draws of z
        epsilon = np.concatenate([x["epsilon"] for x, _ in batches])
        np.testing.assert_array_equal(epsilon, row_normals(1, ("evaluation noise", "validation"), split.ids, 3))


def test_evaluation_differs_between_splits_and_seeds(tiny_store):
    images = {
        evaluation_flow(tiny_store, DENOISE, split=split, seed=seed)[0][0][:1].tobytes()
        for split in ("validation", "test")
        for seed in (1, 2)
    }
    assert len(images) == 4


# training


class Snapshots(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.arrays = []

    def on_epoch_end(self, epoch, logs=None):
        self.arrays.append({name: array.copy() for name, array in to_arrays(training_variables(self.model)).items()})


def trained(recipe, store, folder, task, contrast=1.0):
    model, spec, snapshots = build_model(recipe), recipe.training, Snapshots()
    last = [layer for layer in model.decoder.layers if layer.weights][-1]
    last.kernel.assign(contrast * last.kernel)  # untrained logits are near 0, where all images cost the same
    train, validation = (Batches(store.split(name), spec.batch_size, spec.seed, name == "train") for name in SPLITS)
    result = fit(model, train, validation, spec, folder, [snapshots], task=task)
    return model, without_times(result.history), snapshots.arrays


def without_times(history):
    return [{k: v for k, v in record.items() if k not in ("seconds", "images_per_second")} for record in history]


def assert_same_bytes(one, other):
    assert list(one) == list(other)
    assert [name for name in one if one[name].tobytes() != other[name].tobytes()] == []


class FormerTrainingFlow(keras.utils.PyDataset):
    """The flow of training as it was before there were tasks."""

    def __init__(self, batches, first_step, task):
        super().__init__()
        self.batches, self.first_step = batches, first_step

    @property
    def num_batches(self):
        return None

    def __getitem__(self, index):
        return (self.batches.batch(self.first_step + index).images,)


class FormerEvaluationFlow(keras.utils.PyDataset):
    """The flow of validation as it was before there were tasks."""

    def __init__(self, batches, seed, z_dim, task):
        super().__init__()
        self.batches, self.seed, self.z_dim = batches, seed, z_dim

    @property
    def num_batches(self):
        return self.batches.steps_per_epoch

    def __getitem__(self, index):
        batch = self.batches.batch(index)
        epsilon = row_normals(self.seed, ("evaluation noise", "validation"), batch.ids, self.z_dim)
        return ({"images": batch.images, "epsilon": epsilon},)


def test_a_training_without_a_task_is_to_the_byte_what_it_was(tiny_recipe, tiny_store, tmp_path, monkeypatch):
    recipe = tiny_recipe({**SMALL, "training.epochs": 1})
    _, history, snapshots = trained(recipe, tiny_store, tmp_path / "now", RECONSTRUCT)
    monkeypatch.setattr(fit_module, "TrainingFlow", FormerTrainingFlow)
    monkeypatch.setattr(fit_module, "EvaluationFlow", FormerEvaluationFlow)
    _, former_history, former_snapshots = trained(recipe, tiny_store, tmp_path / "former", RECONSTRUCT)
    assert repr(history) == repr(former_history) and len(history) == 1
    assert_same_bytes(snapshots[-1], former_snapshots[-1])


def test_a_resumed_training_is_the_uninterrupted_one(tiny_recipe, tiny_store, tmp_path):
    def recipe(epochs):
        return tiny_recipe({**SMALL, "model.kind": "ae", "training.epochs": epochs})

    _, history, snapshots = trained(recipe(2), tiny_store, tmp_path / "straight", DENOISE)
    trained(recipe(1), tiny_store, tmp_path / "short", DENOISE)
    shutil.copytree(tmp_path / "short", tmp_path / "resumed")
    assert read_checkpoint(tmp_path / "resumed" / "last.safetensors").epoch == 1
    _, resumed_history, resumed = trained(recipe(2), tiny_store, tmp_path / "resumed", DENOISE)
    assert len(resumed) == 1 and repr(resumed_history) == repr(history)
    assert_same_bytes(resumed[-1], snapshots[-1])


def test_loss_is_that_of_the_output_for_the_corrupted_image_against_the_clean_one(tiny_recipe, tiny_store, tmp_path):
    """An autoencoder whose weights stand still, so that all can be said with NumPy."""
    recipe = tiny_recipe({**SMALL, "model.kind": "ae", "training.learning_rate": 1e-30})
    model, history, _ = trained(recipe, tiny_store, tmp_path, DENOISE, contrast=100.0)

    def nats(inputs, target):
        logits = model.decode_logits(model.encode(inputs)).astype(np.float64)
        p, target = 1 / (1 + np.exp(-logits)), target / 255.0
        return -(target * np.log(p) + (1 - target) * np.log(1 - p)).sum(axis=(1, 2, 3))

    flow = training_flow(tiny_store, DENOISE)
    for epoch, record in enumerate(history):
        losses = np.concatenate([nats(*flow[4 * epoch + step]) for step in range(4)])
        assert record["train"]["reconstruction"] == pytest.approx(losses.mean(), rel=1e-5)
    assert history[0]["train"]["reconstruction"] != history[1]["train"]["reconstruction"], "fresh noise every epoch"
    assert history[0]["validation"] == pytest.approx(history[1]["validation"], rel=1e-7), "the same noise every time"
    split = tiny_store.split("validation")
    inputs = corrupt_fixed(split.images(), DENOISE, 1, "validation", split.ids)
    assert history[0]["validation"]["loss"] == pytest.approx(nats(inputs, split.images()).mean(), rel=1e-5)
    assert history[0]["validation"]["loss"] != pytest.approx(nats(inputs, inputs).mean(), rel=1e-4)
    assert history[0]["validation"]["loss"] != pytest.approx(nats(split.images(), split.images()).mean(), rel=1e-5)
