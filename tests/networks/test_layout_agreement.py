"""What the plan says is what Keras builds: over random networks, shapes, sizes and options."""

from math import prod

import keras
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from zscape.core.errors import InputError
from zscape.networks.parts import build_decoder, build_encoder
from zscape.specs.plan import plan_recipe
from zscape.specs.recipe import parse_recipe
from zscape.specs.sizes import conv_size, output_padding, transposed_size

SIZES = st.one_of(st.integers(5, 16), st.sampled_from([28, 37, 45]))
DENSE = st.lists(st.integers(1, 6), max_size=2)
# JAX compiles every layer for every shape, so each example costs seconds there.
ON_JAX = keras.backend.backend() == "jax"


@st.composite
def recipes(draw):
    block, upsampling = draw(st.sampled_from(["plain", "residual"])), draw(st.sampled_from(["transpose", "resize"]))
    layers = draw(st.integers(0, 3 if block == "plain" else 2))
    # Both ways through a residual block must meet, and enlarging cannot undo what padding valid took off.
    only_same = block == "residual" or upsampling == "resize"

    def per_layer(values):
        return draw(st.lists(values, min_size=layers, max_size=layers))

    model = {
        "block": block,
        "upsampling": upsampling,
        "dense": draw(DENSE),
        "kind": draw(st.sampled_from(["ae", "vae"])),
        "filters": per_layer(st.integers(1, 3)),
        "kernels": per_layer(st.integers(1, 5)),
        "strides": per_layer(st.integers(1, 3)),
        "padding": per_layer(st.sampled_from(["same"] if only_same else ["same", "valid"])),
        "z_dim": draw(st.integers(1, 3)),
        "bottleneck": draw(st.none() | st.integers(1, 4)),
        "batch_norm": draw(st.booleans()),
        "dropout": draw(st.sampled_from([0.0, 0.2])),
        "activation": draw(st.sampled_from(["leaky_relu", "selu"])),
        "decoder": draw(st.sampled_from([{}, {"dense": []}, {"dense": [3]}])),
    }
    height, width, channels = draw(SIZES), draw(SIZES), draw(st.integers(1, 3))
    values = {"data": {"size": [height, width], "channels": channels}, "model": model}
    try:
        return parse_recipe(values)
    except InputError as error:
        assert "does not fit" in str(error) or "leaves holes" in str(error)
        assume(False)
        raise


def assert_built_as_planned(recipe):
    plan = plan_recipe(recipe)
    encoder = build_encoder(recipe.image_shape, recipe.model)
    decoder = build_decoder(recipe.image_shape, recipe.model)
    for part, planned in ((encoder, plan.encoder), (decoder, plan.decoder)):
        assert part.count_params() == planned.parameters
        assert sum(int(np.prod(weight.shape)) for weight in part.trainable_weights) == planned.trainable
        built = {layer.name: layer for layer in part.layers if not isinstance(layer, keras.layers.InputLayer)}
        assert set(built) == {layer.name for layer in planned.layers}
        for layer in planned.layers:
            assert built[layer.name].output.shape[1:] == layer.output_shape, layer
            assert built[layer.name].count_params() == layer.parameters, layer
    assert decoder.output_shape[1:] == recipe.image_shape
    # Run, because shapes are promised by one piece of Keras' code and made by another.
    codes = encoder(np.zeros((1, *recipe.image_shape), np.float32))
    z = codes[0] if recipe.model.kind == "vae" else codes
    assert tuple(decoder(z).shape) == (1, *recipe.image_shape)


@settings(max_examples=5 if ON_JAX else 32)
@given(recipes())
def test_mirror_decoder(recipe):
    assert_built_as_planned(recipe)


@settings(max_examples=3 if ON_JAX else 12)
@given(st.data(), SIZES, SIZES, st.sampled_from(["plain", "residual"]), st.sampled_from(["transpose", "resize"]))
def test_own_decoder_lists(data, height, width, block, upsampling):
    """One layer more than the encoder or fewer, whose last stride is all of the encoder's together: it always fits."""
    strides = data.draw(st.lists(st.integers(1, 3), min_size=1, max_size=2))
    inner = data.draw(st.lists(st.integers(1, 2), max_size=2))
    channels = data.draw(st.integers(1, 3))
    decoder = {
        "filters": [*inner, channels],
        # A transposed convolution with a kernel of 1 would leave holes, which is refused.
        "kernels": data.draw(st.integers(1 if upsampling == "resize" or prod(strides) == 1 else 2, 5)),
        "strides": [1] * len(inner) + [prod(strides)],
    }
    model = {"filters": [2] * len(strides), "strides": strides, "z_dim": 2, "decoder": decoder}
    model |= {"block": block, "upsampling": upsampling}
    assert_built_as_planned(parse_recipe({"data": {"size": [height, width], "channels": channels}, "model": model}))


def test_resize_with_an_unpadded_kernel_in_the_decoders_own_lists():
    """4x4 pixels after the encoder, 3 of 4 x 4 (kernel 2), 12 of 13 x 13: 1 row is cut, the columns fit."""
    values = {"filters": [2], "strides": 3, "upsampling": "resize", "decoder": {"filters": [3, 1], "kernels": [2, 1]}}
    values["decoder"] |= {"strides": [1, 4], "padding": ["valid", "same"]}
    assert_built_as_planned(parse_recipe({"data": {"size": [11, 12], "channels": 1}, "model": values}))


@pytest.mark.parametrize("decoder", [{}, {"filters": [3, 1], "kernels": 3}])
def test_networks_of_dense_layers_alone(decoder):
    values = {"filters": [], "dense": [6], "z_dim": 2, "batch_norm": True, "decoder": decoder}
    assert_built_as_planned(parse_recipe({"data": {"size": [5, 4], "channels": 1}, "model": values}))


def numpy_of(tensor):
    return keras.ops.convert_to_numpy(tensor)


def test_enlarging_repeats_pixels_and_a_residual_block_adds_its_two_ways():
    """Against arrays put together by hand: what `inputs` of a layout promise is how the layers are wired."""
    values = {"filters": [2, 3], "strides": [1, 2], "z_dim": 2, "block": "residual", "upsampling": "resize"}
    recipe = parse_recipe({"data": {"size": [5, 4], "channels": 1}, "model": values})
    decoder = build_decoder(recipe.image_shape, recipe.model, seed=3)
    names = ["reshape", "upsample_1", "crop_1", "conv_1b", "shortcut_1", "add_1", "activation_1b"]
    inner = keras.Model(decoder.input, {name: decoder.get_layer(name).output for name in names})
    outputs = {name: numpy_of(value) for name, value in inner(np.float32([[0.3, -1.2], [2.0, 0.5]])).items()}
    repeated = outputs["reshape"].repeat(2, axis=1).repeat(2, axis=2)
    assert np.array_equal(outputs["upsample_1"], repeated) and np.array_equal(outputs["crop_1"], repeated[:, :5])
    kernel, bias = (numpy_of(weight) for weight in decoder.get_layer("shortcut_1").weights)
    shortcut = repeated[:, :5] @ kernel[0, 0] + bias
    np.testing.assert_allclose(outputs["shortcut_1"], shortcut, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(outputs["add_1"], outputs["conv_1b"] + shortcut, rtol=1e-5, atol=1e-6)
    leaky = np.where(outputs["add_1"] < 0, 0.3 * outputs["add_1"], outputs["add_1"])
    np.testing.assert_allclose(outputs["activation_1b"], leaky, rtol=1e-6)


@pytest.mark.parametrize("size", [[7, 6], [8, 5]])
def test_shortcut_of_the_encoder_takes_every_other_pixel(size):
    values = {"filters": [5], "strides": 2, "z_dim": 2, "block": "residual"}
    recipe = parse_recipe({"data": {"size": size, "channels": 3}, "model": values})
    encoder = build_encoder(recipe.image_shape, recipe.model, seed=3)
    inner = keras.Model(encoder.input, [encoder.get_layer(name).output for name in ("conv_1b", "shortcut_1", "add_1")])
    images = np.random.default_rng(0).random((2, *recipe.image_shape), np.float32)
    main, shortcut, added = (numpy_of(output) for output in inner(images))
    kernel, bias = (numpy_of(weight) for weight in encoder.get_layer("shortcut_1").weights)
    expected = images[:, ::2, ::2] @ kernel[0, 0] + bias
    np.testing.assert_allclose(shortcut, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(added, main + expected, rtol=1e-5, atol=1e-6)


def test_decoder_of_the_keras_example():
    values = {"filters": [3, 4], "strides": 2, "decoder": {"filters": [4, 3, 1], "strides": [2, 2, 1]}}
    assert_built_as_planned(parse_recipe({"data": {"source": "mnist"}, "model": values}))


def test_cropped_own_decoder():
    values = {"filters": [2], "strides": 2, "decoder": {"filters": [3], "strides": 2, "padding": "same"}}
    assert_built_as_planned(parse_recipe({"data": {"size": [45, 37], "channels": 3}, "model": values}))


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5])
def test_sizes_are_those_of_keras(kernel, stride, padding):
    conv = keras.layers.Conv2D(1, kernel, strides=stride, padding=padding)
    transposed = keras.layers.Conv2DTranspose(1, kernel, strides=stride, padding=padding)
    for size in range(kernel, 15):
        small = conv_size(size, kernel, stride, padding)
        plain = transposed_size(small, kernel, stride, padding)
        assert tuple(conv.compute_output_shape((1, size, size, 1))) == (1, small, small, 1)
        assert tuple(transposed.compute_output_shape((1, small, small, 1))) == (1, plain, plain, 1)
        extras = output_padding((small,) * 2, (size,) * 2, kernel, stride, padding)
        if extras is not None:
            padded = keras.layers.Conv2DTranspose(1, kernel, strides=stride, padding=padding, output_padding=extras)
            assert tuple(padded.compute_output_shape((1, small, small, 1))) == (1, size, size, 1)


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5])
def test_transposed_convolutions_run_to_their_sizes(kernel, stride, padding):
    """Run, because TensorFlow aborts on some paddings that Keras lets through."""
    for target in ((7, 8), (9, 9), (10, 12)):
        small = tuple(conv_size(size, kernel, stride, padding) for size in target)
        extras = output_padding(small, target, kernel, stride, padding)
        layer = keras.layers.Conv2DTranspose(1, kernel, strides=stride, padding=padding, output_padding=extras)
        reached = layer(np.zeros((1, *small, 1), np.float32)).shape[1:3]
        plain = tuple(transposed_size(size, kernel, stride, padding) for size in small)
        assert tuple(reached) == (plain if extras is None else target)
