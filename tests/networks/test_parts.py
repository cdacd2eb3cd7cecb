"""Encoder and decoder: layers, initialisers, seeds."""

import keras
import numpy as np
import pytest

from zscape.networks.batch_norm import BatchNorm
from zscape.networks.parts import build_decoder, build_encoder
from zscape.networks.state import part_variables, part_weights, to_arrays
from zscape.specs.model import ModelSpec

SHAPE = (8, 8, 1)


def spec(**settings):
    return ModelSpec.model_validate({"filters": [3, 4], "strides": [1, 2], "z_dim": 3, **settings})


def layers_of(kind, *parts):
    return [layer for part in parts for layer in part.layers if isinstance(layer, kind)]


def both(**settings):
    return build_encoder(SHAPE, spec(**settings)), build_decoder(SHAPE, spec(**settings))


def test_inputs_and_outputs():
    encoder, decoder = both()
    assert encoder.input_shape == (None, *SHAPE) and decoder.output_shape == (None, *SHAPE)
    assert encoder.output_shape == [(None, 3), (None, 3)] and decoder.input_shape == (None, 3)
    assert build_encoder(SHAPE, spec(kind="ae")).output_shape == (None, 3)


def test_settings_reach_every_layer():
    encoder, decoder = both(
        kernels=[2, 3], padding=["valid", "same"], batch_norm=True, batch_norm_momentum=0.8, dropout=0.25
    )
    first, second = layers_of(keras.layers.Conv2D, encoder)
    assert (first.kernel_size, first.strides, first.padding) == ((2, 2), (1, 1), "valid")
    assert (second.kernel_size, second.strides, second.padding) == ((3, 3), (2, 2), "same")
    assert [layer.momentum for layer in layers_of(keras.layers.BatchNormalization, encoder, decoder)] == [0.8] * 3
    assert [layer.rate for layer in layers_of(keras.layers.Dropout, encoder, decoder)] == [0.25] * 3
    slopes = [layer.negative_slope for layer in layers_of(keras.layers.LeakyReLU, encoder, decoder)]
    assert np.allclose(slopes, 0.3) and len(slopes) == 3


def test_no_dropout_layer_without_a_rate():
    assert not layers_of(keras.layers.Dropout, *both())


@pytest.mark.parametrize("activation", ["leaky_relu", "relu", "selu", "gelu", "silu"])
def test_activation_is_the_one_asked_for(activation):
    encoder, decoder = both(activation=activation, leaky_slope=0.1)
    x = np.linspace(-2, 2, 9, dtype=np.float32)
    expected = {
        "leaky_relu": np.where(x < 0, 0.1 * x, x),
        "relu": np.maximum(x, 0),
        "selu": 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(x)),  # Klambauer et al. 2017
        "silu": x / (1 + np.exp(-x)),
    }
    found = [part.get_layer(f"activation_{n}") for part, n in ((encoder, 1), (encoder, 2), (decoder, 1))]
    for layer in found:
        wanted = expected.get(activation, keras.ops.convert_to_numpy(keras.activations.get("gelu")(x)))
        np.testing.assert_allclose(keras.ops.convert_to_numpy(layer(x)), wanted, atol=1e-6)


def test_hidden_layers_are_activated_and_mirrored():
    encoder, decoder = both(dense=[6, 5], batch_norm=True)
    assert [encoder.get_layer(f"hidden_{n}").units for n in (1, 2)] == [6, 5]
    assert [decoder.get_layer(f"hidden_{n}").units for n in (1, 2)] == [5, 6]
    x = np.array([[-1.0, 2.0]], np.float32)
    for part in (encoder, decoder):
        assert np.allclose(part.get_layer("activation_hidden_1")(x), [[-0.3, 2]])
        assert np.allclose(part.get_layer("hidden_1").activation(x), x), (
            "the norm stands between weights and activation"
        )


def test_norms_are_the_fast_ones():
    norms = layers_of(keras.layers.BatchNormalization, *both(batch_norm=True, dense=[5], block="residual"))
    assert len(norms) == 2 * 2 + 1 + 2 + 1 and {type(layer) for layer in norms} == {BatchNorm}


def test_selu_brings_its_initialiser_and_its_dropout():
    encoder, decoder = both(activation="selu", dropout=0.1)
    weighted = layers_of((keras.layers.Conv2D, keras.layers.Conv2DTranspose, keras.layers.Dense), encoder, decoder)
    assert len(weighted) == 7
    assert {type(layer.kernel_initializer) for layer in weighted} == {keras.initializers.LecunNormal}
    assert {type(layer.kernel_initializer) for layer in both()[0].layers if hasattr(layer, "kernel_initializer")} == {
        keras.initializers.GlorotUniform
    }
    assert [layer.rate for layer in layers_of(keras.layers.AlphaDropout, encoder, decoder)] == [0.1] * 3
    assert not layers_of(keras.layers.Dropout, encoder, decoder)


def test_dense_activations():
    encoder, decoder = both(bottleneck=4, bottleneck_activation="relu", decoder={"dense_activation": "leaky_relu"})
    x = np.array([-1.0, 2.0], np.float32)
    assert np.allclose(encoder.get_layer("bottleneck").activation(x), [0, 2])
    assert np.allclose(decoder.get_layer("dense").activation(x), [-0.3, 2])
    for head in ("mu", "log_var"):
        assert np.allclose(encoder.get_layer(head).activation(x), x)


def test_dropout_drops_its_share_in_training_only():
    dropout = build_encoder(SHAPE, spec(dropout=0.25)).get_layer("dropout_1")
    ones = np.ones((4, 50, 50, 3), np.float32)
    assert np.array_equal(keras.ops.convert_to_numpy(dropout(ones)), ones)
    dropped = np.mean(keras.ops.convert_to_numpy(dropout(ones, training=True)) == 0)
    assert abs(dropped - 0.25) < 4 * np.sqrt(0.25 * 0.75 / ones.size)  # four standard deviations


def as_bytes(part):
    return {name: array.tobytes() for name, array in to_arrays(part_weights(part)).items()}


@pytest.mark.parametrize("build", [build_encoder, build_decoder])
def test_same_seed_same_bytes_other_seed_other_weights(build):
    one, two, other = (as_bytes(build(SHAPE, spec(), seed)) for seed in (1, 1, 2))
    assert one == two
    kernels = [name for name in one if name.endswith("/kernel")]
    assert kernels and all(one[name] != other[name] for name in kernels)


def test_equal_layers_begin_with_different_weights():
    settings = {"filters": [4, 4, 4], "strides": 1, "z_dim": 3}
    encoder = as_bytes(build_encoder((8, 8, 4), ModelSpec.model_validate(settings), 1))
    assert len({encoder[f"conv_{n}/kernel"] for n in (1, 2, 3)}) == 3
    assert encoder["mu/kernel"] != encoder["log_var/kernel"]


def test_dropout_streams_differ_between_layers_parts_and_seeds():
    def states(seed):
        parts = build_encoder(SHAPE, spec(dropout=0.1), seed), build_decoder(SHAPE, spec(dropout=0.1), seed)
        named = [to_arrays(part_variables(part)) for part in parts]
        return [tuple(array) for arrays in named for name, array in arrays.items() if name.startswith("dropout")]

    assert len(states(1)) == 3
    assert len({*states(1), *states(2)}) == 6
    assert states(1) == states(1)
