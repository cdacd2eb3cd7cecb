"""Encoder and decoder as ONNX models, and what they give in onnxruntime."""

from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, checker, helper

from zscape.inference.onnx_layers import Graph, Tensor, channels_first, channels_last, write_layers
from zscape.specs.decoder_steps import MapShape
from zscape.specs.layout import IMAGE, Z_POINT, decoder_layout, encoder_layout
from zscape.specs.model import ModelSpec

OPSET = 17
"""Version of ONNX' operations; onnxruntime knows it since 1.12 (2022)."""

_IR_VERSION = 8  # of the file's own layout; what goes with the opset
_BATCH = 64  # images that onnxruntime is given at once


def onnx_encoder(
    image_shape: MapShape, model: ModelSpec, weights: Mapping[str, np.ndarray], notes: Mapping[str, str]
) -> onnx.ModelProto:
    """Return the encoder up to mu (an AE's z): nothing is drawn, and log_var is left out.

    Input: `image`, float32 (batch, height, width, channels), in [0, 1].
    Output: `mu`, float32 (batch, z_dim).

    Args:
        image_shape: (height, width, channels).
        model: the networks' specification.
        weights: of the encoder, by "layer/variable", as `networks.state.part_weights` names them.
        notes: go into the model's metadata.
    """
    graph = Graph({name: array for name, array in weights.items() if not name.startswith("log_var/")})
    start = channels_first(graph, "image", "image/channels_first")
    layouts = [layout for layout in encoder_layout(image_shape, model) if layout.name != "log_var"]
    head = write_layers(graph, {IMAGE: Tensor(start, image_shape)}, layouts, model)
    if head.name != "mu":
        graph.add("Identity", [head.name], "mu")
    return _model(graph, "encoder", ("image", image_shape), ("mu", head.shape), notes)


def onnx_decoder(
    image_shape: MapShape, model: ModelSpec, output: str, weights: Mapping[str, np.ndarray], notes: Mapping[str, str]
) -> onnx.ModelProto:
    """Return the decoder, with the step from its logits to the mean image.

    Input: `z`, float32 (batch, z_dim).
    Output: `image`, float32 (batch, height, width, channels), in [0, 1].

    Args:
        image_shape: (height, width, channels).
        model: the networks' specification.
        output: "sigmoid" or "linear" (which is cut off at 0 and 1), as `objective.output` has it.
        weights: of the decoder, by "layer/variable".
        notes: go into the model's metadata.
    """
    graph = Graph(weights)
    start = {Z_POINT: Tensor("z", (model.z_dim,))}
    last = write_layers(graph, start, decoder_layout(image_shape, model), model)
    logits = channels_last(graph, last.name, "logits")
    OUTPUTS[output](graph, logits)
    return _model(graph, "decoder", ("z", (model.z_dim,)), ("image", last.shape), notes)


def _sigmoid(graph: Graph, logits: str) -> None:
    graph.add("Sigmoid", [logits], "image")


def _clip(graph: Graph, logits: str) -> None:
    graph.add("Clip", [logits, graph.constant("black", 0.0), graph.constant("white", 1.0)], "image")


OUTPUTS = {"sigmoid": _sigmoid, "linear": _clip}
"""How logits become the mean image, by `objective.output`."""


def run_network(path: Path, inputs: np.ndarray) -> np.ndarray:
    """Return what a model in a file gives in onnxruntime, on the processor.

    Args:
        path: an .onnx file with one input and one output.
        inputs: (n, ...).
    """
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors: it warns of graphics cards that it does not find
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    batches = [inputs[start : start + _BATCH] for start in range(0, len(inputs), _BATCH)]
    return np.concatenate([np.asarray(session.run(None, {name: batch})[0]) for batch in batches])


def _model(
    graph: Graph,
    part: str,
    source: tuple[str, Sequence[int]],
    target: tuple[str, Sequence[int]],
    notes: Mapping[str, str],
) -> onnx.ModelProto:
    if graph.unused:
        raise ValueError(f"weights of the {part} that no layer takes: {', '.join(graph.unused)}")
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", *shape]) for name, shape in (source, target)
    ]
    made = helper.make_model(
        helper.make_graph(graph.nodes, part, ends[:1], ends[1:], graph.constants),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=_IR_VERSION,
        producer_name="zscape",
        producer_version=metadata.version("zscape"),
    )
    helper.set_model_props(made, dict(notes))
    checker.check_model(made, full_check=True)
    return made
