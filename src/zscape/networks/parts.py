"""Encoder and decoder as Keras models."""

import keras

from zscape.core.seeds import derive_seed
from zscape.networks.layers import build_layer
from zscape.specs.layout import decoder_layout, encoder_layout
from zscape.specs.model import ModelSpec


def build_encoder(image_shape: tuple[int, int, int], model: ModelSpec, seed: int = 0) -> keras.Model:
    """Return the encoder.

    ```
    image ─► [conv ─► (batch norm) ─► activation ─► (dropout)] x n ─► flatten ─► (bottleneck) ─┬─► mu
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
    layouts = encoder_layout(image_shape, model)
    heads = 2 if model.kind == "vae" else 1
    seed = derive_seed(seed, "encoder")
    image = keras.Input(image_shape, name="image")
    x = image
    for layout in layouts[:-heads]:
        x = build_layer(layout, model, seed)(x)
    outputs = [build_layer(layout, model, seed)(x) for layout in layouts[-heads:]]
    return keras.Model(image, outputs if heads == 2 else outputs[0], name="encoder")


def build_decoder(image_shape: tuple[int, int, int], model: ModelSpec, seed: int = 0) -> keras.Model:
    """Return the decoder.

    ```
    z ─► dense ─► reshape ─► [conv transpose ─► (batch norm) ─► activation ─► (dropout)] x m ─► conv transpose ─► logits
    ```

    Input shape: (batch, z_dim), float32.
    Output shape: (batch, height, width, channels), float32 logits; the sigmoid belongs to the likelihood.

    Args:
        image_shape: (height, width, channels).
        model: the networks' specification.
        seed: root of the streams for initial weights and dropout.
    """
    seed = derive_seed(seed, "decoder")
    z = keras.Input((model.z_dim,), name="z_point")
    x = z
    for layout in decoder_layout(image_shape, model):
        x = build_layer(layout, model, seed)(x)
    return keras.Model(z, x, name="decoder")
