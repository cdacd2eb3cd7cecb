"""Layers as ONNX nodes, against arrays made by hand; no backend has a part in it."""

import os
from typing import get_args

import numpy as np
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper
from scipy.special import erf, expit

from zscape.inference.onnx_layers import ACTIVATIONS, WRITERS, Graph, Tensor
from zscape.networks.layers import _BUILDERS
from zscape.specs.layer_layout import LayerLayout
from zscape.specs.model import Activation, ModelSpec
from zscape.specs.sizes import conv_size, output_padding, transposed_size

pytestmark = pytest.mark.skipif(
    os.environ.get("KERAS_BACKEND", "tensorflow") != "tensorflow", reason="uses no backend; once is enough"
)
RNG = np.random.default_rng(0)


def computed(layout, inputs, weights=None, **model):
    """Return what one layer gives in onnxruntime, channels first as it is inside of a network."""
    graph = Graph(weights or {})
    shapes = [array.shape[1:] for array in inputs]
    sources = [
        Tensor(f"input_{i}", (*shape[1:], shape[0]) if len(shape) == 3 else shape) for i, shape in enumerate(shapes)
    ]
    WRITERS[layout.kind](graph, layout, sources, ModelSpec(**model))
    assert graph.unused == {}
    ends = [
        helper.make_tensor_value_info(source.name, TensorProto.FLOAT, ["n", *shape])
        for source, shape in zip(sources, shapes, strict=True)
    ]
    end = helper.make_tensor_value_info(layout.name, TensorProto.FLOAT, None)
    made = helper.make_graph(graph.nodes, "layer", ends, [end], graph.constants)
    file = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    session = onnxruntime.InferenceSession(file.SerializeToString(), providers=["CPUExecutionProvider"])
    (output,) = session.run(None, {source.name: array for source, array in zip(sources, inputs, strict=True)})
    return output


def convolution(size, kernel, stride, padding):
    """Return TensorFlow's convolution of a size x size image as a matrix, (reached^2, size^2), element by element."""
    reached = conv_size(size, len(kernel), stride, padding)
    before = max((reached - 1) * stride + len(kernel) - size, 0) // 2 if padding == "same" else 0
    matrix = np.zeros((reached, reached, size, size))
    for row, column, i, j in np.ndindex(reached, reached, *kernel.shape):
        y, x = row * stride + i - before, column * stride + j - before
        if 0 <= y < size and 0 <= x < size:
            matrix[row, column, y, x] += kernel[i, j]
    return matrix.reshape(reached**2, size**2)


CASES = st.tuples(st.integers(1, 9), st.integers(1, 5), st.integers(1, 4), st.sampled_from(["same", "valid"]))


@given(CASES)
def test_convolution(case):
    size, kernel, stride, padding = case
    reached = conv_size(size, kernel, stride, padding)
    if reached < 1:
        return
    options = {"kernel": kernel, "stride": stride, "padding": padding}
    weights = {"conv_1/kernel": RNG.normal(size=(kernel, kernel, 1, 1)), "conv_1/bias": np.array([0.5])}
    image = RNG.normal(size=(2, 1, size, size)).astype(np.float32)
    found = computed(LayerLayout("conv_1", "conv", (reached, reached, 1), options=options), [image], dict(weights))
    matrix = convolution(size, weights["conv_1/kernel"][:, :, 0, 0], stride, padding)
    np.testing.assert_allclose(found.reshape(2, -1), image.reshape(2, -1) @ matrix.T + 0.5, atol=1e-5)


@given(CASES, st.integers(0, 3))
def test_transposed_convolution(case, shift):
    """It is the transpose of the convolution that leads from its output to its input."""
    size, kernel, stride, padding = case
    # With output_padding: any size that a convolution takes to `size`.
    reached = transposed_size(size, kernel, stride, padding) - min(shift, stride - 1)
    extras = output_padding((size,), (reached,), kernel, stride, padding)
    if conv_size(reached, kernel, stride, padding) != size or (extras is not None and not 0 <= extras[0] < stride):
        return
    options = {"kernel": kernel, "stride": stride, "padding": padding, "output_padding": extras}
    weights = {"up/kernel": RNG.normal(size=(kernel, kernel, 1, 1)), "up/bias": np.array([0.5])}
    image = RNG.normal(size=(2, 1, size, size)).astype(np.float32)
    layout = LayerLayout("up", "conv_transpose", (reached, reached, 1), options=options)
    found = computed(layout, [image], dict(weights))
    matrix = convolution(reached, weights["up/kernel"][:, :, 0, 0], stride, padding)
    np.testing.assert_allclose(found.reshape(2, -1), image.reshape(2, -1) @ matrix + 0.5, atol=1e-5)


def test_channels_of_a_convolution_and_of_its_transpose():
    """A kernel of one pixel is a matrix between channels: which axis of the kernel is which."""
    image, matrix = RNG.normal(size=(2, 3, 4, 5)).astype(np.float32), RNG.normal(size=(3, 2))
    options = {"kernel": 1, "stride": 1, "padding": "same", "output_padding": None}
    expected = np.einsum("nchw,cd->ndhw", image, matrix)
    for kind, kernel in (("conv", matrix), ("conv_transpose", matrix.T)):
        weights = {"a/kernel": kernel[None, None], "a/bias": np.zeros(2)}
        found = computed(LayerLayout("a", kind, (4, 5, 2), options=options), [image], weights)
        np.testing.assert_allclose(found, expected, atol=1e-5)


ORACLES = {
    "leaky_relu": lambda x: np.where(x < 0, 0.15 * x, x),
    "relu": lambda x: np.maximum(x, 0),
    "selu": lambda x: 1.0507009873554805 * np.where(x < 0, 1.6732632423543772 * np.expm1(x), x),
    "gelu": lambda x: x / 2 * (1 + erf(x / np.sqrt(2))),
    "silu": lambda x: x * expit(x),
}


@pytest.mark.parametrize("name", ORACLES)
def test_activation(name):
    x = np.linspace(-6, 6, 121, dtype=np.float32).reshape(11, 11)
    expected = ORACLES[name](x.astype(np.float64))
    model = {"activation": name, "leaky_slope": 0.15}
    alone = computed(LayerLayout("activation_1", "activation", (11,)), [x], **model)
    np.testing.assert_allclose(alone, expected, atol=2e-6)
    weights = {"b/kernel": np.eye(11), "b/bias": np.zeros(11)}
    dense = computed(LayerLayout("b", "dense", (11,), options={"activation": name}), [x], weights, **model)
    np.testing.assert_allclose(dense, expected, atol=2e-6)


def test_the_other_layers():
    maps, rows = RNG.normal(size=(2, 3, 4, 5)).astype(np.float32), RNG.normal(size=(2, 6)).astype(np.float32)
    last = maps.transpose(0, 2, 3, 1)
    enlarged = LayerLayout("u", "upsample", (12, 15, 3), options={"factor": 3})
    np.testing.assert_array_equal(computed(enlarged, [maps]), maps.repeat(3, axis=2).repeat(3, axis=3))
    np.testing.assert_array_equal(computed(LayerLayout("c", "crop", (3, 2, 3)), [maps]), maps[:, :, :3, :2])
    np.testing.assert_array_equal(computed(LayerLayout("f", "flatten", (60,)), [maps]), last.reshape(2, 60))
    shaped = computed(LayerLayout("r", "reshape", (1, 2, 3)), [rows])
    np.testing.assert_array_equal(shaped, rows.reshape(2, 1, 2, 3).transpose(0, 3, 1, 2))
    np.testing.assert_array_equal(computed(LayerLayout("s", "add", (4, 5, 3)), [maps, maps[::-1]]), maps + maps[::-1])
    np.testing.assert_array_equal(computed(LayerLayout("d", "dropout", (6,)), [rows]), rows)
    matrix = RNG.normal(size=(6, 2))
    options = {"activation": "linear"}
    dense = computed(
        LayerLayout("k", "dense", (2,), options=options), [rows], {"k/kernel": matrix, "k/bias": np.array([1.0, 2.0])}
    )
    np.testing.assert_allclose(dense, rows @ matrix + [1, 2], atol=1e-5)


@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (2, 3)])
def test_batch_norm(shape):
    values = RNG.normal(size=shape).astype(np.float32)
    gamma, beta, mean = RNG.normal(size=(3, 3))
    variance = np.array([0.0, 0.5, 2.0])
    weights = {"b/gamma": gamma, "b/beta": beta, "b/moving_mean": mean, "b/moving_variance": variance}
    found = computed(LayerLayout("b", "batch_norm", (*shape[2:], 3)), [values], weights)
    along = (3,) + (1,) * (len(shape) - 2)
    gamma, beta, mean, variance = (array.reshape(along) for array in (gamma, beta, mean, variance))
    expected = gamma * (values - mean) / np.sqrt(variance + 1e-3) + beta  # Keras' epsilon
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_every_layer_and_activation_can_be_written():
    assert set(WRITERS) == set(_BUILDERS)
    assert set(ACTIVATIONS) == set(get_args(Activation)) == set(ORACLES)
