"""Batch normalisation against Keras' own, on whatever backend runs: one fast kernel, the same numbers.

Tolerances: float32 has 6e-8 of relative precision; sums over some hundred values and a division by a standard deviation
near 1 leave about 1e-6, in whichever order they are added up.
"""

import keras
import numpy as np
import pytest

from zscape.networks.batch_norm import BatchNorm

ON_TENSORFLOW = keras.backend.backend() == "tensorflow"
CLOSE = {"rtol": 2e-5, "atol": 5e-6}
MAPS, ROWS = (5, 6, 4, 3), (7, 3)
KINDS = [keras.layers.BatchNormalization, BatchNorm]


def maps(seed, shape=MAPS):
    """Channels of very different mean and spread, so that a wrong axis shows."""
    noise = np.random.default_rng(seed).normal(size=shape)
    return (noise * np.array([0.5, 1.0, 4.0]) + np.array([0.0, -2.0, 5.0])).astype(np.float32)


def numpy_of(tensor):
    return keras.ops.convert_to_numpy(tensor)


def give_weights(layer):
    """Weights that are neither 0 nor 1."""
    gamma, beta = np.float32([0.5, 1.5, 2.0]), np.float32([0.3, -0.7, 0.1])
    layer.set_weights([gamma, beta, np.float32([0.2, -1.0, 4.0]), np.float32([0.7, 1.3, 9.0])])
    return layer


def both(shape, **options):
    """Return Keras' layer and ours, built, with the same weights."""
    layers = [kind(**{"momentum": 0.8, "name": "norm", **options}) for kind in KINDS]
    for layer in layers:
        layer.build((None, *shape[1:]))
        give_weights(layer)
    return layers


@pytest.mark.parametrize("training", [True, False, None])
@pytest.mark.parametrize("shape", [MAPS, ROWS])
def test_outputs_are_those_of_keras(shape, training):
    theirs, ours = (numpy_of(layer(maps(0, shape), training=training)) for layer in both(shape))
    np.testing.assert_allclose(ours, theirs, **CLOSE)
    assert ours.dtype == np.float32 and ours.shape == shape


@pytest.mark.parametrize("shape", [MAPS, ROWS])
def test_outputs_are_those_of_the_definition(shape):
    (_, ours), images = both(shape), maps(0, shape).astype(np.float64)
    gamma, beta, mean, variance = (weight.astype(np.float64) for weight in ours.get_weights())
    axes = tuple(range(len(shape) - 1))
    drawn = gamma * (images - images.mean(axes)) / np.sqrt(images.var(axes) + 1e-3) + beta
    fixed = gamma * (images - mean) / np.sqrt(variance + 1e-3) + beta
    np.testing.assert_allclose(numpy_of(ours(images.astype(np.float32), training=False)), fixed, **CLOSE)
    np.testing.assert_allclose(numpy_of(ours(images.astype(np.float32), training=True)), drawn, **CLOSE)


@pytest.mark.parametrize("shape", [MAPS, ROWS, (2, 1, 1, 3)])
def test_moving_statistics_after_several_batches(shape):
    """Keras keeps the variance with 1 / n; with 1 / (n - 1), as kernels give it, 2 values would come out doubled."""
    theirs, ours = both(shape)
    mean, variance = (weight.astype(np.float64) for weight in ours.get_weights()[2:])
    axes = tuple(range(len(shape) - 1))
    for seed in range(4):
        for layer in (theirs, ours):
            layer(maps(seed, shape), training=True)
        batch = maps(seed, shape).astype(np.float64)
        mean, variance = 0.8 * mean + 0.2 * batch.mean(axes), 0.8 * variance + 0.2 * batch.var(axes)
    for found, keras_own, defined in zip(
        ours.get_weights()[2:], theirs.get_weights()[2:], (mean, variance), strict=True
    ):
        np.testing.assert_allclose(found, keras_own, **CLOSE)
        np.testing.assert_allclose(found, defined, **CLOSE)


def test_inference_moves_nothing():
    _, ours = both(MAPS)
    before = ours.get_weights()
    for training in (False, None):
        ours(maps(0), training=training)
    assert all(np.array_equal(a, b) for a, b in zip(before, ours.get_weights(), strict=True))


def test_frozen_layer_uses_its_statistics_and_keeps_them():
    theirs, ours = both(MAPS)
    before = ours.get_weights()
    for layer in (theirs, ours):
        layer.trainable = False
    found, expected = (numpy_of(layer(maps(0), training=True)) for layer in (ours, theirs))
    np.testing.assert_allclose(found, expected, **CLOSE)
    np.testing.assert_allclose(found, numpy_of(ours(maps(0), training=False)), **CLOSE)
    assert all(np.array_equal(a, b) for a, b in zip(before, ours.get_weights(), strict=True))
    assert ours.trainable_weights == []


def test_weights_have_the_names_and_number_of_keras():
    theirs, ours = both(MAPS)
    assert [weight.name for weight in ours.weights] == [weight.name for weight in theirs.weights]
    assert [weight.path for weight in ours.weights] == [weight.path for weight in theirs.weights]
    assert ours.count_params() == theirs.count_params() == 12
    assert len(ours.trainable_weights) == len(ours.non_trainable_weights) == 2
    assert isinstance(ours, keras.layers.BatchNormalization)


def test_one_pixel_has_no_spread_and_gives_beta():
    """n - 1 is 0 there: neither 0 / 0 nor a variance other than 0."""
    theirs, ours = both((1, 1, 1, 3))
    pixel = maps(0, (1, 1, 1, 3))
    found, expected = (numpy_of(layer(pixel, training=True)) for layer in (ours, theirs))
    # Without spread, what rounding leaves of x - mean is divided by sqrt(0.001).
    np.testing.assert_allclose(found[0, 0, 0], [0.3, -0.7, 0.1], atol=1e-4)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, **CLOSE)
    np.testing.assert_allclose(ours.get_weights()[3], 0.8 * np.float32([0.7, 1.3, 9.0]), rtol=1e-6)


def model_around(kind, shape, jit=False, steps_of=0.05):
    """Return conv -> norm -> conv (or dense layers) with one optimizer step of plain gradient descent to come."""
    flat = len(shape) == 2
    first = keras.layers.Dense(3) if flat else keras.layers.Conv2D(3, 3, padding="same")
    last = keras.layers.Dense(2) if flat else keras.layers.Conv2D(2, 3)
    model = keras.Sequential([keras.Input(shape[1:]), first, kind(momentum=0.8), keras.layers.ReLU(), last])
    rng = np.random.default_rng(7)
    model.set_weights([0.5 + 0.5 * rng.random(weight.shape, np.float32) for weight in model.get_weights()])
    model.compile(optimizer=keras.optimizers.SGD(steps_of), loss="mse", jit_compile=jit)
    return model


def trained_weights(kind, shape, jit=False):
    """Return the weights before and after two steps, the second on what the first one left."""
    model = model_around(kind, shape, jit)
    before = [weight.copy() for weight in model.get_weights()]
    for seed in (1, 2):
        images = maps(seed, shape)
        target = np.random.default_rng(seed).normal(size=(len(images), *model.output_shape[1:])).astype(np.float32)
        model.train_on_batch(images, target)
    return before, model.get_weights()


@pytest.mark.parametrize("shape", [MAPS, ROWS])
def test_gradients_are_those_of_keras(shape):
    """The weights around a norm after steps of gradient descent; those before it need the gradient of its input."""
    before, theirs = trained_weights(keras.layers.BatchNormalization, shape)
    _, ours = trained_weights(BatchNorm, shape)
    for expected, found in zip(theirs, ours, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    # All but the first bias, which a norm takes away again, have moved by far more than the tolerance.
    moved = [np.abs(end - start).max() for start, end in zip(before, theirs, strict=True)]
    assert all(by > 1e-3 for place, by in enumerate(moved) if place != 1) and moved[1] < 1e-5


def test_other_forms_are_keras_own():
    """Without gamma or beta, or along another axis, the fused kernel does not apply."""
    for options in ({"center": False}, {"scale": False}, {"axis": 1}, {"axis": 3}, {"epsilon": 0.1}):
        layers = [kind(**options) for kind in KINDS]
        theirs, ours = (numpy_of(layer(maps(0), training=True)) for layer in layers)
        np.testing.assert_allclose(ours, theirs, **CLOSE)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
@pytest.mark.parametrize("shape", [MAPS, ROWS])
def test_sixteen_bits(shape, policy):
    """Inputs and outputs in 16 bits, statistics in float32: 2^-8 and 2^-11 of relative precision at each rounding."""
    layer = both(shape, dtype=policy)[1]
    exact = both(shape)[1]
    step = {"mixed_bfloat16": 2.0**-8, "mixed_float16": 2.0**-11}[policy]
    for training in (True, False):
        images = keras.ops.cast(maps(0, shape), layer.compute_dtype)
        found = layer(images, training=training)
        assert keras.backend.standardize_dtype(found.dtype) == policy.removeprefix("mixed_")
        values = numpy_of(keras.ops.cast(found, "float32"))
        expected = numpy_of(exact(numpy_of(keras.ops.cast(images, "float32")), training=training))
        assert np.isfinite(values).all()
        np.testing.assert_allclose(values, expected, rtol=2 * step, atol=8 * step)
    for found, expected in zip(layer.weights, exact.get_weights(), strict=True):
        assert keras.backend.standardize_dtype(found.dtype) == "float32"
        np.testing.assert_allclose(numpy_of(found), expected, rtol=1e-3, atol=1e-4)


def test_rebuilt_from_its_config():
    layer = BatchNorm(momentum=0.8, epsilon=0.01, name="norm")
    again = BatchNorm.from_config(layer.get_config())
    assert (again.momentum, again.epsilon, again.name) == (0.8, 0.01, "norm")


@pytest.mark.skipif(not ON_TENSORFLOW, reason="the kernel is TensorFlow's")
def test_tensorflows_fused_kernel_is_used_in_training_only():
    """In inference TensorFlow would merge it with its neighbours and compute other numbers (docs/decisions/0004)."""
    import tensorflow as tf

    def kernels(kind, shape, training, trainable=True):
        layer = kind(trainable=trainable)
        layer.build((None, *shape[1:]))
        call = tf.function(lambda images: layer(images, training=training))
        graph = call.get_concrete_function(tf.TensorSpec((None, *shape[1:]), tf.float32)).graph
        return {operation.type for operation in graph.get_operations()}

    assert "FusedBatchNormV3" in kernels(BatchNorm, MAPS, True)
    assert "FusedBatchNormV3" not in kernels(keras.layers.BatchNormalization, MAPS, True)
    assert "FusedBatchNormV3" not in kernels(BatchNorm, ROWS, True), "flat inputs are Keras' own"
    assert "FusedBatchNormV3" not in kernels(BatchNorm, MAPS, False)
    assert "FusedBatchNormV3" not in kernels(BatchNorm, MAPS, True, trainable=False)


@pytest.mark.skipif(not ON_TENSORFLOW, reason="elsewhere the layer is Keras' own")
def test_compiled_by_xla():
    _, expected = trained_weights(keras.layers.BatchNormalization, MAPS)
    _, found = trained_weights(BatchNorm, MAPS, jit=True)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.skipif(not ON_TENSORFLOW, reason="elsewhere the layer is Keras' own")
def test_short_last_batch_in_a_graph_counts_its_own_pixels():
    """The graph is traced once for batches of any size, so n must not be a constant in it."""
    import tensorflow as tf

    theirs, ours = both((None, 2, 1, 3))
    for layer in (theirs, ours):
        step = tf.function(lambda images, layer=layer: layer(images, training=True))
        step = step.get_concrete_function(tf.TensorSpec((None, 2, 1, 3), tf.float32))
        for size in (4, 1):
            step(tf.constant(maps(size, (size, 2, 1, 3))))
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, **CLOSE)
