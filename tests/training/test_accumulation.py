"""Accumulated gradients: one change of the weights by the mean gradient of several batches."""

import keras
import numpy as np
import pytest

from tests.training.test_fit import SMALL
from tests.training.test_guard import Given
from zscape.networks.state import to_arrays
from zscape.pathways.build import build_model
from zscape.training.checkpoints import training_variables
from zscape.training.fit import compile_model
from zscape.training.guard import gradients_of, install_guard
from zscape.training.learning_rate import rate_table

RATE, CLIP = 2e-3, 0.05


def with_draws(images, seed):
    """A VAE's input that brings its draws, so that they are those of the large batch."""
    return {"images": images, "epsilon": np.random.default_rng(seed).normal(size=(len(images), 2)).astype(np.float32)}


def joined(batches):
    if isinstance(batches[0], dict):
        return {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}
    return np.concatenate(batches)


class Adam:
    """Kingma & Ba's algorithm 1 in NumPy, with the gradient's norm bounded before."""

    def __init__(self, weights):
        self.weights = [weight.astype(np.float64) for weight in weights]
        self.m = [np.zeros_like(weight) for weight in self.weights]
        self.v = [np.zeros_like(weight) for weight in self.weights]
        self.t = 0

    def step(self, gradients):
        self.t += 1
        norm = np.sqrt(sum(np.square(g.astype(np.float64)).sum() for g in gradients))
        assert norm > 2 * CLIP, "clipping has something to do"
        for i, gradient in enumerate(gradients):
            g = gradient.astype(np.float64) * min(1.0, CLIP / norm)
            self.m[i] += 0.1 * (g - self.m[i])
            self.v[i] += 0.001 * (g**2 - self.v[i])
            rate = RATE * np.sqrt(1 - 0.999**self.t) / (1 - 0.9**self.t)
            self.weights[i] -= rate * self.m[i] / (np.sqrt(self.v[i]) + 1e-7)


@pytest.mark.parametrize(
    "settings",
    [
        {"model.kind": "ae", "objective.reconstruction": "mse"},
        {"model.kind": "vae", "objective.weight": {"beta": 2.5}},
    ],
    ids=["ae-mse", "vae-bce"],
)
def test_three_small_batches_are_a_large_one(tiny_recipe, settings):
    """Twice in a row, with two bad batches between, which leave no trace."""
    settings = {**SMALL, **settings, "training.accumulate": 3, "training.clip_norm": CLIP}
    recipe = tiny_recipe(settings)
    images = np.random.default_rng(1).random((6, 4, 8, 8, 1)).astype(np.float32)
    variational = recipe.model.kind == "vae"
    batches = [with_draws(each, n) if variational else each for n, each in enumerate(images)]
    bad = joined([batches[0]])
    (bad["images"] if variational else bad)[1, 2, 2, 0] = np.nan

    model = build_model(recipe)
    compile_model(model, recipe.training)
    guard = install_guard(model, "skip")
    flow = Given([batches[0], bad, *batches[1:4], bad, *batches[4:]])
    keras.Model.fit(model, flow, epochs=1, shuffle=False, verbose=0)
    assert guard.counts() == (2, 5)

    reference = build_model(recipe)
    compile_model(reference, recipe.training)
    reference.optimizer.build(reference.trainable_variables)
    reference(batches[0])
    adam = Adam([variable.numpy() for variable in reference.trainable_variables])
    start = [weight.copy() for weight in adam.weights]
    for large in (joined(batches[:3]), joined(batches[3:])):
        adam.step(gradients_of(reference, (large,)))
        for variable, weight in zip(reference.trainable_variables, adam.weights, strict=True):
            variable.assign(weight.astype(np.float32))
    for variable, expected, before in zip(model.trainable_variables, adam.weights, start, strict=True):
        assert np.abs(expected - before).max() > 0.1 * RATE, "two steps of Adam"
        np.testing.assert_allclose(variable.numpy(), expected, atol=0.01 * RATE)
    assert not any(array.any() for name, array in accumulators(model).items()), "they begin anew"


def test_with_scaled_losses(tiny_recipe):
    """float16: gradients are unscaled before they are added up; a batch whose gradients overflow is not counted.

    It counts as a step of the schedule, though.
    """
    recipe = tiny_recipe({**SMALL, "model.kind": "ae", "training.accumulate": 3})
    images = list(np.random.default_rng(1).random((3, 4, 8, 8, 1)).astype(np.float32))
    model = build_model(recipe, "mixed_float16")
    compile_model(model, recipe.training)
    optimizer = model.optimizer
    assert isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
    install_guard(model, "stop")
    with rate_table(model, 4) as table:
        table.fill(np.asarray([1e-3, 2e-3, 3e-3, 4e-3]), 0)
        check_scaled(model, optimizer, images)
    assert "rate_table" not in vars(model)


def check_scaled(model, optimizer, images):
    before = to_arrays(training_variables(model))
    optimizer.dynamic_scale.assign(2.0**60)
    keras.Model.fit(model, Given(images[:1]), epochs=1, shuffle=False, verbose=0)
    assert not any(array.any() for array in accumulators(model).values())
    assert float(keras.ops.convert_to_numpy(optimizer.learning_rate)) == np.float32(1e-3)
    sums = []
    for scale in (2.0**10, 2.0**12):
        optimizer.dynamic_scale.assign(scale)
        keras.Model.fit(model, Given(images[:1]), epochs=1, shuffle=False, verbose=0)
        sums.append(accumulators(model))
    for name, once in sums[0].items():
        np.testing.assert_allclose(sums[1][name], 2 * once, rtol=0.02, atol=0.02 * np.abs(once).max())
        assert once.any()
    now = to_arrays(training_variables(model))
    moved = [name for name in now if not np.array_equal(now[name], before[name]) and "optimizer" not in name]
    assert moved == [], "two of three"
    keras.Model.fit(model, Given(images[:1]), epochs=1, shuffle=False, verbose=0)
    assert not any(array.any() for array in accumulators(model).values())
    assert int(keras.ops.convert_to_numpy(optimizer.iterations)) == 1
    assert float(keras.ops.convert_to_numpy(optimizer.learning_rate)) == np.float32(4e-3), "one rate for every batch"


def accumulators(model):
    names = to_arrays(training_variables(model))
    return {name: array for name, array in names.items() if name.endswith("gradient_accumulator")}
