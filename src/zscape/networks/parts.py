"""Encoder and decoder as Keras models."""

from collections.abc import Sequence
from typing import Any

import keras

from zscape.core.seeds import derive_seed
from zscape.networks.layers import build_layer
from zscape.specs.layer_layout import LayerLayout
from zscape.specs.layout import IMAGE, Z_POINT, decoder_layout, encoder_layout
from zscape.specs.model import ModelSpec


def build_encoder(image_shape: tuple[int, int, int], model: ModelSpec, seed: int = 0) -> keras.Model:
    """Return the encoder.

    ```
    image ─► block x n ─► flatten ─► (hidden) x h ─► (bottleneck) ─┬─► mu
                                                                   └─► log_var
    ```

    Input shape: (batch, height, width, channels), float32 in [0, 1].
    Output shape: [mu, log_var] for a VAE, z for an AE, each (batch, z_dim), float32. `log_var` is as the layer gives
    it; `VariationalAutoencoder` bounds it.

    Args:
        image_shape: (height, width, channels).
        model: the networks' specification.
        seed: root of the streams for initial weights and dropout.
    """
    image = keras.Input(image_shape, name=IMAGE)
    tensors = _apply(image, encoder_layout(image_shape, model), model, derive_seed(seed, "encoder"))
    outputs = [tensors["mu"], tensors["log_var"]] if model.kind == "vae" else tensors["z"]
    return keras.Model(image, outputs, name="encoder")


def build_decoder(image_shape: tuple[int, int, int], model: ModelSpec, seed: int = 0) -> keras.Model:
    """Return the decoder.

    ```
    z ─► (hidden) x h ─► dense ─► reshape ─► block x m ─► logits
    ```

    Input shape: (batch, z_dim), float32.
    Output shape: (batch, height, width, channels), float32 logits; the sigmoid belongs to the likelihood.

    Args:
        image_shape: (height, width, channels).
        model: the networks' specification.
        seed: root of the streams for initial weights and dropout.
    """
    z = keras.Input((model.z_dim,), name=Z_POINT)
    layouts = decoder_layout(image_shape, model)
    tensors = _apply(z, layouts, model, derive_seed(seed, "decoder"))
    return keras.Model(z, tensors[layouts[-1].name], name="decoder")


def _apply(start: Any, layouts: Sequence[LayerLayout], model: ModelSpec, seed: int) -> dict[str, Any]:
    """Build every layer and apply it to what it takes; return all outputs by the layers' names."""
    tensors, previous = {start.name: start}, start
    for layout in layouts:
        inputs = [tensors[name] for name in layout.inputs] or [previous]
        layer = build_layer(layout, model, seed)
        previous = tensors[layout.name] = layer(inputs if len(inputs) > 1 else inputs[0])
    return tensors
