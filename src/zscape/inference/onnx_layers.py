"""Layers as ONNX nodes: what `networks.layers` builds in Keras, from the same layout and the same weights.

Inside a network maps are (batch, channels, height, width), as ONNX knows them; layouts say (height, width, channels).
No Keras here: a network is written by arithmetic, whatever backend it was trained on (docs/decisions/0009).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from zscape.specs.layer_layout import LayerLayout, Shape
from zscape.specs.model import ModelSpec

_EPSILON = 1e-3  # of keras.layers.BatchNormalization
# Klambauer et al. 2017, "Self-Normalizing Neural Networks", as Keras has them.
_SELU = {"alpha": 1.6732632423543772, "gamma": 1.0507009873554805}


@dataclass(frozen=True)
class Tensor:
    """What a layer gives.

    Attributes:
        name: in the graph.
        shape: as the layout says it, without the batch axis.
    """

    name: str
    shape: Shape


class Graph:
    """Nodes and constants of one network, as they are collected.

    Args:
        weights: by "layer/variable", float32; each is to be used once.
    """

    def __init__(self, weights: Mapping[str, np.ndarray]) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.unused = dict(weights)

    def add(self, operation: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        """Append a node that is called like its output, and return that name."""
        self.nodes.append(helper.make_node(operation, list(inputs), [output], name=output, **attributes))
        return output

    def constant(self, name: str, values: Any) -> str:
        """Append an array that does not change and return its name; float32, and int64 for whole numbers."""
        array = np.asarray(values)
        array = array.astype(np.int64 if array.dtype.kind == "i" else np.float32)
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def weight(self, layer: str, name: str, axes: tuple[int, ...] | None = None) -> str:
        """Append a layer's weight, its axes in another order on demand, and return its name."""
        array = self.unused.pop(f"{layer}/{name}")
        return self.constant(f"{layer}/{name}", array if axes is None else array.transpose(axes))


def write_layers(graph: Graph, start: Mapping[str, Tensor], layouts: Sequence[LayerLayout], model: ModelSpec) -> Tensor:
    """Append the nodes of all layers and return what the last one gives.

    Args:
        graph: takes them.
        start: what the first layer takes, by the name that layouts call it.
        layouts: layers of `encoder_layout` or `decoder_layout`.
        model: activation and slope.
    """
    tensors = dict(start)
    (previous,) = start.values()
    for layout in layouts:
        sources = [tensors[name] for name in layout.inputs] or [previous]
        WRITERS[layout.kind](graph, layout, sources, model)
        previous = tensors[layout.name] = Tensor(layout.name, layout.output_shape)
    return previous


def channels_first(graph: Graph, source: str, output: str) -> str:
    """Append the turn from (batch, height, width, channels) to (batch, channels, height, width)."""
    return graph.add("Transpose", [source], output, perm=[0, 3, 1, 2])


def channels_last(graph: Graph, source: str, output: str) -> str:
    """Append the turn back."""
    return graph.add("Transpose", [source], output, perm=[0, 2, 3, 1])


def _conv(graph: Graph, layout: LayerLayout, sources: Sequence[Tensor], model: ModelSpec) -> None:
    kernel, stride = layout.options["kernel"], layout.options["stride"]
    sizes = zip(sources[0].shape[:2], layout.output_shape[:2], strict=True)
    # "same" pads as much as the last place of the kernel needs; with "valid" it needs nothing.
    missing = [max((reached - 1) * stride + kernel - size, 0) for size, reached in sizes]
    weights = graph.weight(layout.name, "kernel", (3, 2, 0, 1)), graph.weight(layout.name, "bias")
    graph.add(
        "Conv",
        [sources[0].name, *weights],
        layout.name,
        kernel_shape=[kernel, kernel],
        strides=[stride, stride],
        pads=_pads(missing),
    )


def _conv_transpose(graph: Graph, layout: LayerLayout, sources: Sequence[Tensor], model: ModelSpec) -> None:
    kernel, stride = layout.options["kernel"], layout.options["stride"]
    sizes = zip(sources[0].shape[:2], layout.output_shape[:2], strict=True)
    # What the kernels reach beyond the map is cut off, half of it (rounded down) at its beginning, as "same" pads the
    # convolution whose gradient this is; what they do not reach is added at its end.
    surplus = [(size - 1) * stride + kernel - reached for size, reached in sizes]
    weights = graph.weight(layout.name, "kernel", (3, 2, 0, 1)), graph.weight(layout.name, "bias")
    graph.add(
        "ConvTranspose",
        [sources[0].name, *weights],
        layout.name,
        kernel_shape=[kernel, kernel],
        strides=[stride, stride],
        pads=_pads([max(extra, 0) for extra in surplus]),
        output_padding=[max(-extra, 0) for extra in surplus],
    )


def _pads(totals: Sequence[int]) -> list[int]:
    """Return [top, left, bottom, right]; of an odd number the larger half comes last."""
    return [total // 2 for total in totals] + [total - total // 2 for total in totals]


def _dense(graph: Graph, layout: LayerLayout, sources: Sequence[Tensor], model: ModelSpec) -> None:
    name, activation = layout.name, layout.options["activation"]
    linear = name if activation == "linear" else f"{name}/linear"
    graph.add("Gemm", [sources[0].name, graph.weight(name, "kernel"), graph.weight(name, "bias")], linear)
    if activation != "linear":
        ACTIVATIONS[activation](graph, linear, name, model)


def _activation(graph: Graph, layout: LayerLayout, sources: Sequence[Tensor], model: ModelSpec) -> None:
    ACTIVATIONS[model.activation](graph, sources[0].name, layout.name, model)


def _batch_norm(graph: Graph, layout: LayerLayout, sources: Sequence[Tensor], model: ModelSpec) -> None:
    names = ("gamma", "beta", "moving_mean", "moving_variance")
    weights = [graph.weight(layout.name, name) for name in names]
    graph.add("BatchNormalization", [sources[0].name, *weights], layout.name, epsilon=_EPSILON)


def _dropout(graph: Graph, layout: LayerLayout, sources: Sequence[Tensor], model: ModelSpec) -> None:
    graph.add("Identity", [sources[0].name], layout.name)


def _flatten(graph: Graph, layout: LayerLayout, sources: Sequence[Tensor], model: ModelSpec) -> None:
    last = channels_last(graph, sources[0].name, f"{layout.name}/channels_last")
    graph.add("Flatten", [last], layout.name, axis=1)


def _reshape(graph: Graph, layout: LayerLayout, sources: Sequence[Tensor], model: ModelSpec) -> None:
    shape = graph.constant(f"{layout.name}/shape", [0, *layout.output_shape])  # 0: the batch, as it comes
    last = graph.add("Reshape", [sources[0].name, shape], f"{layout.name}/channels_last")
    channels_first(graph, last, layout.name)


def _upsample(graph: Graph, layout: LayerLayout, sources: Sequence[Tensor], model: ModelSpec) -> None:
    factor = float(layout.options["factor"])
    scales = graph.constant(f"{layout.name}/scales", [1.0, 1.0, factor, factor])
    how = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    graph.add("Resize", [sources[0].name, "", scales], layout.name, **how)


def _crop(graph: Graph, layout: LayerLayout, sources: Sequence[Tensor], model: ModelSpec) -> None:
    limits = {"starts": [0, 0], "ends": list(layout.output_shape[:2]), "axes": [2, 3]}
    constants = [graph.constant(f"{layout.name}/{name}", values) for name, values in limits.items()]
    graph.add("Slice", [sources[0].name, *constants], layout.name)


def _add(graph: Graph, layout: LayerLayout, sources: Sequence[Tensor], model: ModelSpec) -> None:
    graph.add("Add", [source.name for source in sources], layout.name)


def _leaky_relu(graph: Graph, source: str, output: str, model: ModelSpec) -> None:
    graph.add("LeakyRelu", [source], output, alpha=model.leaky_slope)


def _relu(graph: Graph, source: str, output: str, model: ModelSpec) -> None:
    graph.add("Relu", [source], output)


def _selu(graph: Graph, source: str, output: str, model: ModelSpec) -> None:
    graph.add("Selu", [source], output, **_SELU)


def _gelu(graph: Graph, source: str, output: str, model: ModelSpec) -> None:
    """Write x / 2 (1 + erf(x / sqrt 2)); ONNX has an operation for it from opset 20 on only."""
    scaled = graph.add("Mul", [source, graph.constant(f"{output}/root_half", math.sqrt(0.5))], f"{output}/scaled")
    error = graph.add("Erf", [scaled], f"{output}/erf")
    raised = graph.add("Add", [error, graph.constant(f"{output}/one", 1.0)], f"{output}/raised")
    half = graph.add("Mul", [source, graph.constant(f"{output}/half", 0.5)], f"{output}/halved")
    graph.add("Mul", [half, raised], output)


def _silu(graph: Graph, source: str, output: str, model: ModelSpec) -> None:
    graph.add("Mul", [source, graph.add("Sigmoid", [source], f"{output}/sigmoid")], output)


ACTIVATIONS: dict[str, Callable[[Graph, str, str, ModelSpec], None]] = {
    "leaky_relu": _leaky_relu,
    "relu": _relu,
    "selu": _selu,
    "gelu": _gelu,
    "silu": _silu,
}
"""Every activation that a recipe can name, but for "linear"."""

WRITERS: dict[str, Callable[[Graph, LayerLayout, Sequence[Tensor], ModelSpec], None]] = {
    "conv": _conv,
    "conv_transpose": _conv_transpose,
    "dense": _dense,
    "batch_norm": _batch_norm,
    "activation": _activation,
    "dropout": _dropout,
    "flatten": _flatten,
    "reshape": _reshape,
    "upsample": _upsample,
    "crop": _crop,
    "add": _add,
}
"""Every kind of layer; the same kinds as `networks.layers` builds."""
