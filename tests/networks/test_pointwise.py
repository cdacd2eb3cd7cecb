"""A strided 1x1 convolution against its definition; Keras' own serves for what it computes, not for its gradient."""

import keras
import numpy as np
import pytest

from zscape.networks.pointwise import PointwiseConv2D

IMAGES = np.random.default_rng(0).normal(size=(3, 7, 6, 4)).astype(np.float32)


def ready(step, filters=5):
    layer = PointwiseConv2D(filters, step)
    layer.build(IMAGES.shape)
    rng = np.random.default_rng(1)
    layer.set_weights([rng.normal(size=(1, 1, 4, filters)), rng.normal(size=filters)])
    return layer


@pytest.mark.parametrize("step", [1, 2, 3, 7])
def test_outputs_are_those_of_the_definition_and_of_keras(step):
    layer = ready(step)
    kernel, bias = layer.get_weights()
    found = keras.ops.convert_to_numpy(layer(IMAGES))
    np.testing.assert_allclose(found, IMAGES[:, ::step, ::step] @ kernel[0, 0] + bias, rtol=1e-5, atol=1e-5)
    theirs = keras.layers.Conv2D(5, 1, strides=step, padding="same")
    theirs.build(IMAGES.shape)
    theirs.set_weights([kernel, bias])
    np.testing.assert_allclose(found, keras.ops.convert_to_numpy(theirs(IMAGES)), rtol=1e-5, atol=1e-5)
    assert tuple(layer.compute_output_shape(IMAGES.shape)) == found.shape
    assert tuple(layer.compute_output_shape((None, None, 6, 4))) == (None, None, -(-6 // step), 5)


def test_gradients_are_those_of_the_definition():
    """A step of gradient descent on the mean squared error, through a 1x1 layer before it for the inputs' gradient."""
    first, layer = keras.layers.Conv2D(4, 1), ready(2)
    model = keras.Sequential([keras.Input(IMAGES.shape[1:]), first, layer])
    first.set_weights([np.eye(4)[None, None], np.zeros(4)])
    kernel, bias = (weight.astype(np.float64) for weight in layer.get_weights())
    target = np.random.default_rng(2).normal(size=(3, 4, 3, 5)).astype(np.float32)
    chosen = IMAGES[:, ::2, ::2].reshape(-1, 4).astype(np.float64)
    error = 2 * (chosen @ kernel[0, 0] + bias - target.reshape(-1, 5)) / target.size
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse", run_eagerly=True)
    model.train_on_batch(IMAGES, target)
    after, after_bias = layer.get_weights()
    np.testing.assert_allclose(after[0, 0], kernel[0, 0] - 0.1 * chosen.T @ error, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(after_bias, bias - 0.1 * error.sum(axis=0), rtol=1e-5, atol=1e-6)
    moved = np.eye(4) - 0.1 * chosen.T @ (error @ kernel[0, 0].T)
    np.testing.assert_allclose(first.get_weights()[0][0, 0], moved, rtol=1e-5, atol=1e-6)


def test_rebuilt_from_its_config():
    again = PointwiseConv2D.from_config(ready(3).get_config())
    assert (again.step, again.filters, again.kernel_size, again.strides) == (3, 5, (1, 1), (1, 1))
