"""The layers of encoder and decoder as plain arithmetic.

`networks` builds exactly these layers; `plan` counts them without Keras.
"""

from dataclasses import dataclass, field
from math import prod
from typing import Any

from zscape.specs.model import ModelSpec
from zscape.specs.sizes import conv_size, output_padding, transposed_size

Shape = tuple[int, ...]
_Step = tuple[Shape, Shape, dict[str, Any]]  # shape reached, shape wanted (cropped to), options of the layer


@dataclass(frozen=True)
class LayerLayout:
    """One layer.

    Attributes:
        name: unique within its network.
        kind: conv, conv_transpose, dense, batch_norm, activation, dropout, flatten, reshape or crop.
        output_shape: without the batch axis.
        parameters: number of weights, moving statistics included.
        trainable: number of trainable weights.
        options: what `networks.layers` needs to build it.
    """

    name: str
    kind: str
    output_shape: Shape
    parameters: int = 0
    trainable: int = 0
    options: dict[str, Any] = field(default_factory=dict)


def encoder_layout(image_shape: tuple[int, int, int], model: ModelSpec) -> list[LayerLayout]:
    """Return the encoder's layers; the heads come last (`mu` and `log_var`, or `z`), both fed by what precedes them.

    Args:
        image_shape: (height, width, channels).
        model: the networks' specification.

    Raises:
        ValueError: when a kernel does not fit the map it is applied to.
    """
    layers: list[LayerLayout] = []
    shape: Shape = image_shape
    settings = zip(model.filters, model.kernels, model.strides, model.padding, strict=True)
    for number, (filters, kernel, stride, padding) in enumerate(settings, start=1):
        shape = (*_conv_map(shape, number, kernel, stride, padding), filters)
        channels_in = layers[-1].output_shape[-1] if layers else image_shape[2]
        options = {"kernel": kernel, "stride": stride, "padding": padding}
        layers.append(_weighted("conv", f"conv_{number}", shape, kernel**2 * channels_in, options))
        layers.extend(_after_convolution(shape, number, model))
    layers.append(LayerLayout("flatten", "flatten", (prod(shape),)))
    if model.bottleneck:
        options = {"activation": model.bottleneck_activation}
        layers.append(_weighted("dense", "bottleneck", (model.bottleneck,), prod(shape), options))
    features = layers[-1].output_shape[0]
    heads = ("mu", "log_var") if model.kind == "vae" else ("z",)
    linear = {"activation": "linear", "float32": True}
    return layers + [_weighted("dense", head, (model.z_dim,), features, linear) for head in heads]


def decoder_layout(image_shape: tuple[int, int, int], model: ModelSpec) -> list[LayerLayout]:
    """Return the decoder's layers, from z to logits of exactly the image's shape.

    Args:
        image_shape: (height, width, channels).
        model: the networks' specification.

    Raises:
        ValueError: when the decoder's own lists do not lead to the image's size or channels.
    """
    maps = map_shapes(image_shape, model)
    start = maps[-1]
    layers = [
        _weighted("dense", "dense", (prod(start),), model.z_dim, {"activation": model.decoder.dense_activation}),
        LayerLayout("reshape", "reshape", start),
    ]
    steps = _mirror_steps(model, maps) if model.decoder.filters is None else _own_steps(maps, model)
    for number, (shape, target, options) in enumerate(steps, start=1):
        last = number == len(steps)
        fan_in = options["kernel"] ** 2 * layers[-1].output_shape[-1]
        options["float32"] = last
        layers.append(_weighted("conv_transpose", f"conv_transpose_{number}", shape, fan_in, options))
        if shape != target:
            surplus = [size - to for size, to in zip(shape[:2], target[:2], strict=True)]
            layers.append(LayerLayout(f"crop_{number}", "crop", target, options={"surplus": surplus}))
        if not last:
            layers.extend(_after_convolution(target, number, model))
    return layers


def map_shapes(image_shape: tuple[int, int, int], model: ModelSpec) -> list[tuple[int, int, int]]:
    """Return the shapes of the encoder's maps: the image first, then one per convolution."""
    shapes = [image_shape]
    settings = zip(model.filters, model.kernels, model.strides, model.padding, strict=True)
    for number, (filters, kernel, stride, padding) in enumerate(settings, start=1):
        shapes.append((*_conv_map(shapes[-1], number, kernel, stride, padding), filters))
    return shapes


def _conv_map(shape: Shape, number: int, kernel: int, stride: int, padding: str) -> tuple[int, int]:
    height, width = (conv_size(size, kernel, stride, padding) for size in shape[:2])
    if height < 1 or width < 1:
        raise ValueError(
            f"convolution {number} of the encoder has a kernel of {kernel} with padding valid, which does not fit "
            f"its input of {shape[0]}x{shape[1]} pixels: use fewer layers, smaller kernels or padding same"
        )
    return height, width


def _weighted(kind: str, name: str, output_shape: Shape, fan_in: int, options: dict[str, Any]) -> LayerLayout:
    parameters = (fan_in + 1) * output_shape[-1]  # + 1: the bias
    return LayerLayout(name, kind, output_shape, parameters, parameters, options)


def _after_convolution(shape: Shape, number: int, model: ModelSpec) -> list[LayerLayout]:
    layers = []
    if model.batch_norm:
        layers.append(LayerLayout(f"batch_norm_{number}", "batch_norm", shape, 4 * shape[-1], 2 * shape[-1]))
    layers.append(LayerLayout(f"activation_{number}", "activation", shape))
    if model.dropout:
        layers.append(LayerLayout(f"dropout_{number}", "dropout", shape))
    return layers


def _mirror_steps(model: ModelSpec, maps: list[tuple[int, int, int]]) -> list[_Step]:
    """Walk the encoder backwards: every transposed convolution returns to the map its convolution started from."""
    steps = []
    for level in reversed(range(len(model.filters))):
        kernel, stride, padding = model.kernels[level], model.strides[level], model.padding[level]
        sizes, target = maps[level + 1][:2], maps[level]
        extras = output_padding(sizes, target[:2], kernel, stride, padding)
        plain = tuple(transposed_size(size, kernel, stride, padding) for size in sizes)
        reached = target[:2] if extras is not None else plain
        options = {"kernel": kernel, "stride": stride, "padding": padding, "output_padding": extras}
        steps.append(((*reached, target[2]), target, options))
    return steps


def _own_steps(maps: list[tuple[int, int, int]], model: ModelSpec) -> list[_Step]:
    decoder, image_shape = model.decoder, maps[0]
    assert decoder.filters and decoder.kernels and decoder.strides and decoder.padding  # by DecoderSpec
    steps, current = [], maps[-1][:2]
    settings = zip(decoder.filters, decoder.kernels, decoder.strides, decoder.padding, strict=True)
    for filters, kernel, stride, padding in settings:
        current = tuple(transposed_size(size, kernel, stride, padding) for size in current)
        options = {"kernel": kernel, "stride": stride, "padding": padding, "output_padding": None}
        steps.append(((*current, filters), (*current, filters), options))
    _check_own_end(steps[-1][0], image_shape, decoder.strides[-1])
    return [*steps[:-1], (steps[-1][0], image_shape, steps[-1][2])]


def _check_own_end(reached: Shape, image_shape: tuple[int, int, int], last_stride: int) -> None:
    if reached[2] != image_shape[2]:
        raise ValueError(f"decoder.filters ends in {reached[2]}, but the images have {image_shape[2]} channels")
    surplus = [size - target for size, target in zip(reached[:2], image_shape[:2], strict=True)]
    if any(not 0 <= extra < last_stride for extra in surplus):
        raise ValueError(
            f"the decoder's layers lead to {reached[0]}x{reached[1]} pixels, but the images have "
            f"{image_shape[0]}x{image_shape[1]}: change decoder.strides"
        )
