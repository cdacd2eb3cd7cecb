"""All ways to bring the KL loss into training give the same losses, gradients, histories and weights."""

from typing import get_args

import keras
import numpy as np
import pytest

from benchmarks.pathway_steps import TERMS, agreement_recipe, difference, take_step
from zscape.data.batches import Batches
from zscape.networks.state import part_weights, to_arrays
from zscape.pathways.build import build_model
from zscape.pathways.registry import PATHWAYS
from zscape.specs.objective import KLPathway
from zscape.training.checkpoints import training_variables
from zscape.training.fit import fit

OTHERS = [name for name in PATHWAYS if name != "model"]
# Compiling fifteen trainings takes JAX minutes; what resume is made of is the same for all there.
RESUMED = list(PATHWAYS) if keras.backend.backend() == "tensorflow" else ["tape"]
TINY = {"model.batch_norm": True, "training.batch_size": 8}


def test_the_registry_is_what_a_recipe_can_say():
    assert set(PATHWAYS) == set(get_args(KLPathway))


@pytest.fixture(scope="module")
def reference():
    return {batch: take_step("model", batch) for batch in (1, 7, 128)}


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("batch", [1, 7, 128])
def test_losses_and_gradients_of_a_step(reference, name, batch):
    apart = difference(take_step(name, batch), reference[batch])
    assert apart.terms < 1e-6
    assert apart.gradient < 1e-6
    assert np.linalg.norm(reference[batch].gradient) > 1, "a gradient that could differ"


def test_the_gradient_is_that_of_the_loss(reference):
    # Along the gradient the loss must rise by its norm: central difference with the draws fixed.
    recipe, step = agreement_recipe("tape"), reference[7]
    model = build_model(recipe)
    draws = np.random.default_rng([7, 7])
    x, y = draws.random((2, 7, *recipe.image_shape)).astype(np.float32)
    epsilon = draws.standard_normal((7, recipe.model.z_dim)).astype(np.float32)
    unit, weights = step.gradient / np.linalg.norm(step.gradient), model.trainable_weights

    def loss_at(distance):
        at = 0
        for weight, value in zip(weights, start, strict=True):
            weight.assign(value + distance * unit[at : at + value.size].reshape(value.shape))
            at += value.size
        inputs = {"images": x, "epsilon": epsilon}
        loss = model.compute_loss(inputs, y, model(inputs, training=True), training=False)
        return float(keras.ops.convert_to_numpy(loss))

    start = [np.asarray(weight.numpy(), np.float64) for weight in weights]
    slope = (loss_at(3e-3) - loss_at(-3e-3)) / 6e-3
    assert slope == pytest.approx(np.linalg.norm(step.gradient), rel=2e-3)


@pytest.fixture(scope="module")
def trainings(tiny_recipe, tiny_store, tmp_path_factory):
    """Every pathway trained alike, through zscape's own `fit`, with short last batches."""

    def run(name):
        recipe = tiny_recipe({**TINY, "training.epochs": 3, "objective.kl_pathway": name})
        batches = Batches(tiny_store.split("train"), 8, 1, shuffle=True)
        validation = Batches(tiny_store.split("validation"), 8, 1, shuffle=False)
        model = build_model(recipe)
        result = fit(model, batches, validation, recipe.training, tmp_path_factory.mktemp(name))
        return model, result.history

    return {name: run(name) for name in PATHWAYS}


@pytest.mark.parametrize("name", OTHERS)
def test_the_same_history(trainings, name):
    for ours, theirs in zip(trainings[name][1], trainings["model"][1], strict=True):
        for part in ("train", "validation"):
            for term in (*TERMS, "kl_share", "beta", "log_var_min", "log_var_max"):
                assert ours[part][term] == pytest.approx(theirs[part][term], rel=1e-4), (part, term)
            assert ours[part]["loss"] == pytest.approx(ours[part]["reconstruction"] + ours[part]["weighted_kl"])


@pytest.mark.parametrize("name", OTHERS)
def test_weights_are_interchangeable(trainings, tiny_store, name, tmp_path):
    model, default = trainings[name][0], trainings["model"][0]
    for part in ("encoder", "decoder"):
        ours, theirs = (to_arrays(part_weights(getattr(m, part))) for m in (model, default))
        assert ours.keys() == theirs.keys()
    images = tiny_store.split("test").images(slice(None))
    model.save_weights(tmp_path / "whole.weights.h5")
    default.load_weights(tmp_path / "whole.weights.h5")
    np.testing.assert_array_equal(default.encode(images), model.encode(images))
    np.testing.assert_array_equal(default.reconstruct(images), model.reconstruct(images))


@pytest.mark.parametrize("name", PATHWAYS)
def test_targets_of_their_own(tiny_recipe, tiny_store, name):
    """Images and targets from arrays and from a flow: the loss is that of the target, in training and validation."""
    recipe = tiny_recipe({**TINY, "objective.kl_pathway": name})
    x = tiny_store.split("train").images(slice(None))[:12]
    y = 255 - x[::-1]
    epsilon = np.random.default_rng(0).standard_normal((12, 3)).astype(np.float32)
    inputs = {"images": x, "epsilon": epsilon}

    class Flow(keras.utils.PyDataset):
        def __init__(self):
            super().__init__(workers=1)

        @property
        def num_batches(self):
            return 2

        def __getitem__(self, index):
            rows = slice(8 * index, 8 * index + 8)
            return {key: value[rows] for key, value in inputs.items()}, y[rows]

    model = build_model(recipe)
    model.compile(optimizer=keras.optimizers.SGD(0.0))
    prediction = model(inputs, training=False)
    parts = {k: np.asarray(v).mean() for k, v in expected_parts(model, y, prediction).items()}
    for results in (
        model.evaluate(inputs, y, batch_size=8, verbose=0, return_dict=True),
        model.evaluate(Flow(), verbose=0, return_dict=True),
    ):
        for part, value in parts.items():
            assert results[part] == pytest.approx(value, rel=1e-5), part
        assert results["loss"] == pytest.approx(sum(parts.values()), rel=1e-5)
    # In training BatchNorm sees batches: the same from arrays and from the flow, and another loss without the target.
    fitted = [
        model.fit(*data, batch_size=8, shuffle=False, verbose=0).history["loss"][0]
        for data in ((inputs, y), (Flow(),), (inputs,))
    ]
    assert fitted[0] == pytest.approx(fitted[1], rel=1e-6)
    assert abs(fitted[2] / fitted[0] - 1) > 1e-3


def expected_parts(model, y, prediction):
    from zscape.formulas.divergence import kl_parts
    from zscape.formulas.likelihoods.bernoulli import bernoulli_nll

    arrays = {
        key: np.asarray(keras.ops.convert_to_numpy(prediction[key]), np.float64) for key in ("mu", "log_var", "logits")
    }
    kl_mu, kl_log_var = kl_parts(arrays["mu"], arrays["log_var"], np)
    return {"reconstruction": bernoulli_nll(y / 255.0, arrays["logits"], np), "kl_mu": kl_mu, "kl_log_var": kl_log_var}


@pytest.mark.parametrize("name", RESUMED)
def test_resume_and_warm_up(tiny_recipe, tiny_store, name, tmp_path):
    """Two epochs and two more are four, to the byte, with the position of the warm-up in the checkpoint."""
    split = tiny_store.split("train")
    batches = Batches(split, 8, 1, shuffle=True)

    def run(epochs, folder):
        recipe = tiny_recipe(
            {
                **TINY,
                "training.epochs": epochs,
                "objective.kl_pathway": name,
                "objective.weight": {"beta": 2.0},
                "objective.schedule": {"kind": "linear", "epochs": 2},
            }
        )
        model = build_model(recipe, steps_per_epoch=batches.steps_per_epoch)
        return model, fit(model, batches, batches, recipe.training, folder).history

    whole, history = run(3, tmp_path / "whole")
    run(2, tmp_path / "parts")
    resumed, again = run(3, tmp_path / "parts")
    one, other = (to_arrays(training_variables(model)) for model in (whole, resumed))
    assert one["kl_weight/step"] == 2 * batches.steps_per_epoch
    assert [key for key in one if one[key].tobytes() != other[key].tobytes()] == []
    assert [r["train"]["loss"] for r in again] == [r["train"]["loss"] for r in history]
    # Step s of 4 + 4 has weight 2 s / 8; images of the steps: 8, 8, 8, 4.
    sizes = np.array([8, 8, 8, 4])
    betas = [float((2.0 * np.arange(start, start + 4) / 8 * sizes).sum() / 28) for start in (0, 4)]
    assert [r["train"]["beta"] for r in history] == pytest.approx([*betas, 2.0], rel=1e-6)
    assert [r["validation"]["beta"] for r in history] == pytest.approx([1.0, 2.0, 2.0])
    for record in history:
        for part in ("train", "validation"):
            terms = record[part]
            assert terms["loss"] == pytest.approx(terms["reconstruction"] + terms["weighted_kl"], rel=1e-12)
            if part == "validation":
                assert terms["weighted_kl"] == pytest.approx(terms["beta"] * terms["kl"], rel=1e-5)
    first = history[0]["train"]
    assert first["weighted_kl"] != pytest.approx(first["beta"] * first["kl"], rel=1e-3), "a mean of products"
