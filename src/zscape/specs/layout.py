"""The layers of encoder and decoder as plain arithmetic.

`networks` builds exactly these layers; `plan` counts them without Keras.
"""

from math import prod

from zscape.specs.blocks import down_block, up_block
from zscape.specs.decoder_steps import MapShape, up_steps
from zscape.specs.layer_layout import LayerLayout, Shape, after_weights, weighted
from zscape.specs.model import ModelSpec
from zscape.specs.sizes import conv_size

IMAGE, Z_POINT = "image", "z_point"
"""Names of the encoder's and the decoder's input."""


def encoder_layout(image_shape: MapShape, model: ModelSpec) -> list[LayerLayout]:
    """Return the encoder's layers; the heads come last (`mu` and `log_var`, or `z`), both fed by what precedes them.

    Args:
        image_shape: (height, width, channels).
        model: the networks' specification.

    Raises:
        ValueError: when a kernel does not fit the map it is applied to.
    """
    layers: list[LayerLayout] = []
    source = LayerLayout(IMAGE, "input", image_shape)
    settings = zip(map_shapes(image_shape, model)[1:], model.kernels, model.strides, model.padding, strict=True)
    for number, (shape, kernel, stride, padding) in enumerate(settings, start=1):
        layers.extend(down_block(number, source, shape, kernel, stride, padding, model))
        source = layers[-1]
    layers.append(LayerLayout("flatten", "flatten", (prod(source.output_shape),)))
    layers.extend(_hidden(model.dense, layers[-1].output_shape, model))
    if model.bottleneck:
        options = {"activation": model.bottleneck_activation}
        layers.append(weighted("dense", "bottleneck", (model.bottleneck,), layers[-1].output_shape[0], options))
    features = layers[-1]
    heads = ("mu", "log_var") if model.kind == "vae" else ("z",)
    linear = {"activation": "linear", "float32": True}
    fan_in, inputs = features.output_shape[0], (features.name,)
    return layers + [weighted("dense", head, (model.z_dim,), fan_in, linear, inputs) for head in heads]


def decoder_layout(image_shape: MapShape, model: ModelSpec) -> list[LayerLayout]:
    """Return the decoder's layers, from z to logits of exactly the image's shape.

    Args:
        image_shape: (height, width, channels).
        model: the networks' specification.

    Raises:
        ValueError: when the decoder's own lists do not lead to the image's size or channels.
    """
    maps = map_shapes(image_shape, model)
    steps = up_steps(maps, model)
    sizes = model.decoder.dense if model.decoder.dense is not None else tuple(reversed(model.dense))
    layers = _hidden(sizes, (model.z_dim,), model)
    fan_in = layers[-1].output_shape[0] if layers else model.z_dim
    # Without a convolution after it, this layer gives the logits.
    options = {"activation": model.decoder.dense_activation, "float32": not steps}
    layers.append(weighted("dense", "dense", (prod(maps[-1]),), fan_in, options))
    layers.append(LayerLayout("reshape", "reshape", maps[-1], options={"float32": not steps}))
    for number, step in enumerate(steps, start=1):
        layers.extend(up_block(number, layers[-1], step, model, last=number == len(steps)))
    return layers


def map_shapes(image_shape: MapShape, model: ModelSpec) -> list[MapShape]:
    """Return the shapes of the encoder's maps: the image first, then one per convolution.

    Raises:
        ValueError: when a kernel does not fit the map it is applied to.
    """
    shapes = [image_shape]
    settings = zip(model.filters, model.kernels, model.strides, model.padding, strict=True)
    for number, (filters, kernel, stride, padding) in enumerate(settings, start=1):
        shapes.append((*_conv_map(shapes[-1], number, kernel, stride, padding), filters))
    return shapes


def _hidden(sizes: tuple[int, ...], shape: Shape, model: ModelSpec) -> list[LayerLayout]:
    layers: list[LayerLayout] = []
    for number, size in enumerate(sizes, start=1):
        layers.append(weighted("dense", f"hidden_{number}", (size,), shape[0], {"activation": "linear"}))
        layers.extend(after_weights((size,), f"hidden_{number}", model))
        shape = (size,)
    return layers


def _conv_map(shape: Shape, number: int, kernel: int, stride: int, padding: str) -> tuple[int, int]:
    height, width = (conv_size(size, kernel, stride, padding) for size in shape[:2])
    if height < 1 or width < 1:
        raise ValueError(
            f"convolution {number} of the encoder has a kernel of {kernel} with padding valid, which does not fit "
            f"its input of {shape[0]}x{shape[1]} pixels: use fewer layers, smaller kernels or padding same"
        )
    return height, width
