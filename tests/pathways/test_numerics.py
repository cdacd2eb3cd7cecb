"""Extreme encoders and decoders: losses and gradients stay finite, and where they matter they stay right."""

import keras
import numpy as np
import pytest
from keras import ops
from scipy import stats

from benchmarks.pathway_steps import GradientRecorder
from zscape.formulas.bounds import bound_log_var
from zscape.formulas.divergence import kl_parts
from zscape.pathways.build import build_model
from zscape.pathways.registry import PATHWAYS

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (6, 8, 8, 1), np.uint8)
EXTREMES = [50.0, -50.0, 1e4, -1e4, np.inf, -np.inf]
HALVES = ("mixed_bfloat16", "mixed_float16")


@pytest.fixture(scope="module")
def small(tiny_recipe):
    """Return a maker of models with one convolution each; settings by dotted name."""

    def make(settings=None, precision="float32"):
        return build_model(tiny_recipe({"model.filters": [3], "model.strides": [2], **(settings or {})}), precision)

    return make


def with_log_var(model, value):
    """Let the encoder give this log_var for every image."""
    head = model.encoder.get_layer("log_var")
    head.kernel.assign(np.zeros(head.kernel.shape))
    head.bias.assign(np.full(head.bias.shape, value))
    return model


def step(model, images=IMAGES, scale=None):
    """Make one training step; return its logs and the gradients by the weights' paths, in float64.

    The scale of float16's losses starts at 2^15, at which any gradient here is infinite, and the step is left out.
    """
    recorder = GradientRecorder()
    optimizer = recorder if scale is None else keras.optimizers.LossScaleOptimizer(recorder, initial_scale=scale)
    model.compile(optimizer=optimizer, run_eagerly=True, auto_scale_loss=False)
    logs = model.train_on_batch(images, return_dict=True)
    gradients = {
        weight.path: np.asarray(gradient.numpy(), np.float64)
        for weight, gradient in zip(model.trainable_weights, recorder.gradients, strict=True)
    }
    return {name: float(value) for name, value in logs.items()}, gradients


def of_head(gradients, name):
    (found,) = [array for path, array in gradients.items() if path.endswith(f"{name}/bias")]
    return found


@pytest.mark.parametrize("value", EXTREMES)
@pytest.mark.parametrize("precision", ["float32", *HALVES])
def test_any_log_var_has_a_finite_loss_and_gradient(small, precision, value):
    model = with_log_var(small(precision=precision), value)
    logs, gradients = step(model, scale=16.0 if precision == "mixed_float16" else None)
    expected = np.array([max(min(value, 10.0), -30.0)])
    per_dimension = float(-0.5 * (1 + expected - np.exp(expected))[0])
    assert logs["kl_log_var"] == pytest.approx(3 * per_dimension, rel=1e-3), "3 dimensions at a bound"
    assert all(np.isfinite(number) for name, number in logs.items() if not name.startswith("log_var"))
    assert logs["log_var_min"] == logs["log_var_max"] == pytest.approx(value), "logged before it is bounded"
    assert all(np.isfinite(array).all() for array in gradients.values())
    assert np.abs(of_head(gradients, "mu")).max() > 0, "the step was taken"
    assert np.abs(of_head(gradients, "log_var")).max() < 1e-8, "far outside the bounds nothing pulls"


@pytest.mark.parametrize("name", PATHWAYS)
@pytest.mark.parametrize("value", [1e4, -np.inf])
def test_on_every_pathway(small, name, value):
    model = with_log_var(small({"objective.kl_pathway": name}), value)
    logs, gradients = step(model)
    assert np.isfinite([logs["loss"], logs["reconstruction"], logs["kl"]]).all()
    assert all(np.isfinite(array).all() for array in gradients.values()) and of_head(gradients, "mu").any()


@pytest.mark.parametrize("value", [-20.0, -2.0, 0.5, 4.0])
def test_inside_the_bounds_log_var_keeps_its_gradient(small, value):
    """Without a decoder that looks at z the gradient is the KL's: -1/2 (1 - exp(log_var)), times beta."""
    model = with_log_var(small({"objective.weight": {"beta": 2.0}}), value)
    for layer in model.decoder.layers:
        if layer.weights:
            layer.kernel.assign(np.zeros(layer.kernel.shape))
    _, gradients = step(model)
    tails = 1e-3 + 3 * np.exp(-(10 - value))  # of the bounds
    np.testing.assert_allclose(of_head(gradients, "log_var"), -(1 - np.exp(value)), rtol=tails)


def test_the_bound_has_the_gradient_of_its_formula(small):
    """In float32 on this backend, against central differences in double precision, at the bounds too."""
    for value in (-30.0, -29.0, 0.0, 9.0, 10.0, 11.0):
        slope = (bound_log_var(value + 1e-5, -30, 10, np) - bound_log_var(value - 1e-5, -30, 10, np)) / 2e-5
        model = with_log_var(small({"objective.weight": {"beta": 1.0}}), value)
        for layer in model.decoder.layers:
            if layer.weights:
                layer.kernel.assign(np.zeros(layer.kernel.shape))
        _, gradients = step(model)
        of_kl = -0.5 * (1 - np.exp(bound_log_var(value, -30, 10, np)))
        np.testing.assert_allclose(of_head(gradients, "log_var"), of_kl * slope, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("logit", [40.0, -40.0])
@pytest.mark.parametrize("precision", ["float32", *HALVES])
def test_saturated_pixels(small, precision, logit):
    """On the right side they cost nothing; on the wrong one their own size, with a full gradient to come back by."""
    model = small({"objective.weight": {"beta": 0.0}}, precision)
    last = [layer for layer in model.decoder.layers if layer.weights][-1]
    last.kernel.assign(np.zeros(last.kernel.shape))
    last.bias.assign(np.full(last.bias.shape, logit))
    scale = 16.0 if precision == "mixed_float16" else None
    for white in (0, 1):
        logs, gradients = step(model, np.full((6, 8, 8, 1), 255 * white, np.uint8), scale)
        wrong = (logit > 0) != bool(white)
        (of_bias,) = [array for path, array in gradients.items() if path.endswith(last.bias.path)]
        assert logs["reconstruction"] == pytest.approx(64 * 40 if wrong else 0.0, rel=1e-6, abs=1e-12)
        np.testing.assert_allclose(of_bias, 64 * np.sign(logit) if wrong else 0.0, rtol=1e-5, atol=1e-12)


@pytest.mark.parametrize("precision", ["float32", *HALVES])
def test_draws_are_limited_to_5_elementwise(small, precision):
    model = small(precision=precision)
    epsilon = np.tile(np.array([-1e6, 7.0, 1.25], np.float32), (6, 1))
    mu, log_var = np.full((6, 3), 0.5, np.float32), np.full((6, 3), np.log(4), np.float32)
    z = ops.convert_to_numpy(model.sampling(mu, log_var, epsilon=epsilon))
    np.testing.assert_allclose(z, np.tile([0.5 - 10, 0.5 + 10, 0.5 + 2.5], (6, 1)), rtol=1e-6)


def test_the_kl_of_a_step_is_a_monte_carlo_estimate_s(small):
    """What training computes in float32, against draws of z and scipy's densities."""
    model = small()
    for name in ("mu", "log_var"):
        head = model.encoder.get_layer(name)
        head.kernel.assign(4 * np.asarray(head.kernel.numpy()))
    outputs = model(IMAGES)
    mu, log_var = (ops.convert_to_numpy(outputs[name]) for name in ("mu", "log_var"))
    kl = sum(ops.convert_to_numpy(part) for part in kl_parts(outputs["mu"], outputs["log_var"], ops))
    assert kl.dtype == np.float32 and kl.min() > 0.05
    sd = np.exp(log_var.astype(np.float64) / 2)
    z = mu + sd * RNG.standard_normal((100_000, *mu.shape))
    ratios = (stats.norm.logpdf(z, mu, sd) - stats.norm.logpdf(z)).sum(axis=2)
    error = ratios.std(axis=0) / np.sqrt(len(ratios))
    assert (np.abs(kl - ratios.mean(axis=0)) < 5 * error).all()
