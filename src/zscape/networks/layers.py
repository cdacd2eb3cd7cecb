"""Keras layers from the layout that `specs.layout` computes."""

from collections.abc import Callable
from typing import Any

import keras

from zscape.core.seeds import derive_seed
from zscape.networks.batch_norm import BatchNorm
from zscape.networks.pointwise import PointwiseConv2D
from zscape.specs.layer_layout import LayerLayout
from zscape.specs.model import ModelSpec


def build_layer(layout: LayerLayout, model: ModelSpec, seed: int) -> keras.Layer:
    """Return the layer that `layout` describes, its name included.

    Args:
        layout: one layer of `encoder_layout` or `decoder_layout`.
        model: activation, momentum, dropout rate.
        seed: root of the streams for initial weights and dropout; the layer's name tells them apart.
    """
    return _BUILDERS[layout.kind](layout, model, seed)


def _initial(layout: LayerLayout, model: ModelSpec, seed: int) -> keras.Initializer:
    own = derive_seed(seed, "weights", layout.name)
    # Self-normalisation needs variance 1 / fan_in (Klambauer et al. 2017, "Self-Normalizing Neural Networks").
    return keras.initializers.LecunNormal(own) if model.activation == "selu" else keras.initializers.GlorotUniform(own)


def _dtype(layout: LayerLayout) -> str | None:
    """Heads and logits stay in float32 whatever the policy: the losses are computed from them."""
    return "float32" if layout.options.get("float32") else None


def _activation(name: str, model: ModelSpec) -> Callable[[Any], Any]:
    if name == "leaky_relu":
        return lambda x: keras.ops.leaky_relu(x, negative_slope=model.leaky_slope)
    return keras.activations.get(name)


def _conv(layout: LayerLayout, model: ModelSpec, seed: int) -> keras.Layer:
    options = layout.options
    arguments = {
        "filters": layout.output_shape[-1],
        "padding": options["padding"],
        "kernel_initializer": _initial(layout, model, seed),
        "dtype": _dtype(layout),
        "name": layout.name,
    }
    kernel, stride = options["kernel"], options["stride"]
    if layout.kind == "conv_transpose":
        extras = options["output_padding"]
        return keras.layers.Conv2DTranspose(kernel_size=kernel, strides=stride, output_padding=extras, **arguments)
    if kernel == 1 and stride > 1:
        return PointwiseConv2D(step=stride, **arguments)
    return keras.layers.Conv2D(kernel_size=kernel, strides=stride, **arguments)


def _dense(layout: LayerLayout, model: ModelSpec, seed: int) -> keras.Layer:
    return keras.layers.Dense(
        layout.output_shape[-1],
        activation=_activation(layout.options["activation"], model),
        kernel_initializer=_initial(layout, model, seed),
        dtype=_dtype(layout),
        name=layout.name,
    )


def _activate(layout: LayerLayout, model: ModelSpec, seed: int) -> keras.Layer:
    if model.activation == "leaky_relu":
        return keras.layers.LeakyReLU(negative_slope=model.leaky_slope, name=layout.name)
    return keras.layers.Activation(model.activation, name=layout.name)


def _dropout(layout: LayerLayout, model: ModelSpec, seed: int) -> keras.Layer:
    # AlphaDropout keeps the mean and variance that SELU normalises to.
    kind = keras.layers.AlphaDropout if model.activation == "selu" else keras.layers.Dropout
    return kind(model.dropout, seed=derive_seed(seed, "dropout", layout.name), name=layout.name)


def _batch_norm(layout: LayerLayout, model: ModelSpec, seed: int) -> keras.Layer:
    return BatchNorm(momentum=model.batch_norm_momentum, name=layout.name)


def _reshape(layout: LayerLayout, model: ModelSpec, seed: int) -> keras.Layer:
    return keras.layers.Reshape(layout.output_shape, dtype=_dtype(layout), name=layout.name)


def _crop(layout: LayerLayout, model: ModelSpec, seed: int) -> keras.Layer:
    bottom, right = layout.options["surplus"]
    return keras.layers.Cropping2D(((0, bottom), (0, right)), dtype=_dtype(layout), name=layout.name)


_BUILDERS: dict[str, Callable[[LayerLayout, ModelSpec, int], keras.Layer]] = {
    "conv": _conv,
    "conv_transpose": _conv,
    "dense": _dense,
    "batch_norm": _batch_norm,
    "activation": _activate,
    "dropout": _dropout,
    "flatten": lambda layout, model, seed: keras.layers.Flatten(name=layout.name),
    "reshape": _reshape,
    "upsample": lambda layout, model, seed: keras.layers.UpSampling2D(layout.options["factor"], name=layout.name),
    "crop": _crop,
    "add": lambda layout, model, seed: keras.layers.Add(name=layout.name),
}
