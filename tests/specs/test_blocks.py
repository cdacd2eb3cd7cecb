"""The blocks of encoder and decoder: which layers, in which order, fed by which."""

import pytest

from zscape.specs.blocks import down_block, up_block
from zscape.specs.decoder_steps import UpStep
from zscape.specs.layer_layout import LayerLayout
from zscape.specs.model import ModelSpec

SOURCE = LayerLayout("before", "input", (8, 8, 4))
RESIDUAL = ModelSpec(block="residual", batch_norm=True, dropout=0.1)


def names(layers):
    return [layer.name for layer in layers]


def by_name(layers):
    return {layer.name: layer for layer in layers}


def feeds(layers, source):
    """Return where every layer's input comes from, implied ones written out."""
    before = [source, *layers]
    return {layer.name: layer.inputs or (before[place].name,) for place, layer in enumerate(layers)}


def down(shape, stride, model, source=SOURCE):
    return down_block(1, source, shape, 3, stride, "same", model)


def up(target, stride, model, last=False, source=SOURCE, reached=None, padding="same"):
    step = UpStep(source.output_shape[:2], target, 3, stride, padding, None, reached or target[:2])
    return up_block(1, source, step, model, last)


def test_residual_level_of_the_encoder():
    layers = down((4, 4, 6), 2, RESIDUAL)
    assert names(layers) == [
        "conv_1",
        "batch_norm_1",
        "activation_1",
        "conv_1b",
        "batch_norm_1b",
        "shortcut_1",
        "add_1",
        "activation_1b",
        "dropout_1b",
    ]
    taken = feeds(layers, SOURCE)
    assert taken["conv_1"] == taken["shortcut_1"] == ("before",)
    assert taken["add_1"] == ("batch_norm_1b", "shortcut_1")
    assert (taken["activation_1b"], taken["dropout_1b"]) == (("add_1",), ("activation_1b",))
    found = by_name(layers)
    assert found["conv_1b"].options == {"kernel": 3, "stride": 1, "padding": "same"}
    assert found["shortcut_1"].options == {"kernel": 1, "stride": 2, "padding": "same"}
    assert {layer.output_shape for layer in layers} == {(4, 4, 6)}


def test_parameters_of_a_residual_level_by_hand():
    found = by_name(down((4, 4, 6), 2, RESIDUAL))
    counts = {name: layer.parameters for name, layer in found.items() if layer.parameters}
    assert counts == {
        "conv_1": 9 * 4 * 6 + 6,
        "batch_norm_1": 4 * 6,
        "conv_1b": 9 * 6 * 6 + 6,
        "batch_norm_1b": 4 * 6,
        "shortcut_1": 4 * 6 + 6,
    }
    assert found["batch_norm_1"].trainable == 2 * 6


@pytest.mark.parametrize(("shape", "stride", "has_one"), [((8, 8, 4), 1, False), ((8, 8, 5), 1, True)])
def test_shortcut_has_a_layer_only_where_size_or_channels_change(shape, stride, has_one):
    plain = ModelSpec(block="residual")
    for layers in (down(shape, stride, plain), up(shape, stride, plain)):
        assert ("shortcut_1" in names(layers)) == has_one
        (ends,) = [layer.inputs for layer in layers if layer.kind == "add"]
        assert ends == ("conv_1b", "shortcut_1" if has_one else "before")


def test_one_pixel_that_stays_one_pixel_needs_no_shortcut_layer():
    point = LayerLayout("before", "input", (1, 1, 4))
    assert by_name(down((1, 1, 4), 2, ModelSpec(block="residual"), point))["add_1"].inputs == ("conv_1b", "before")


def test_residual_level_of_the_decoder_repeats_pixels_cuts_and_changes_channels():
    layers = up((15, 16, 3), 2, ModelSpec(block="residual"), reached=(16, 16))
    assert names(layers) == [
        "conv_transpose_1",
        "crop_1",
        "activation_1",
        "conv_1b",
        "upsample_shortcut_1",
        "crop_shortcut_1",
        "shortcut_1",
        "add_1",
        "activation_1b",
    ]
    taken, found = feeds(layers, SOURCE), by_name(layers)
    assert taken["upsample_shortcut_1"] == ("before",) and taken["crop_shortcut_1"] == ("upsample_shortcut_1",)
    assert taken["shortcut_1"] == ("crop_shortcut_1",) and taken["add_1"] == ("conv_1b", "shortcut_1")
    assert found["upsample_shortcut_1"].output_shape == (16, 16, 4)
    assert found["crop_shortcut_1"].options["surplus"] == [1, 0]
    assert found["shortcut_1"].parameters == 4 * 3 + 3


def test_equal_channels_need_pixels_repeated_and_no_convolution():
    layers = up((16, 16, 4), 2, ModelSpec(block="residual"))
    assert "shortcut_1" not in names(layers)
    assert by_name(layers)["add_1"].inputs == ("conv_1b", "upsample_shortcut_1")


@pytest.mark.parametrize("block", ["plain", "residual"])
def test_resize_repeats_pixels_before_it_convolves(block):
    layers = up((16, 16, 3), 2, ModelSpec(block=block, upsampling="resize"))
    assert names(layers)[:3] == ["upsample_1", "conv_1", "activation_1"]
    found = by_name(layers)
    assert found["upsample_1"].output_shape == (16, 16, 4) and found["upsample_1"].options == {"factor": 2}
    assert found["conv_1"].parameters == 9 * 4 * 3 + 3
    assert found["conv_1"].options == {"kernel": 3, "stride": 1, "padding": "same", "float32": False}


def test_resize_cuts_before_the_convolution_what_it_would_throw_away_after_it():
    same = up((15, 16, 3), 2, ModelSpec(upsampling="resize"))
    assert [(layer.name, layer.output_shape) for layer in same[:3]] == [
        ("upsample_1", (16, 16, 4)),
        ("crop_1", (15, 16, 4)),
        ("conv_1", (15, 16, 3)),
    ]
    # With padding valid the convolution itself takes two pixels more.
    valid = up((13, 14, 3), 2, ModelSpec(upsampling="resize"), padding="valid")
    assert [(layer.name, layer.output_shape) for layer in valid[:3]] == [
        ("upsample_1", (16, 16, 4)),
        ("crop_1", (15, 16, 4)),
        ("conv_1", (13, 14, 3)),
    ]


def test_stride_of_one_repeats_nothing():
    layers = up((8, 8, 3), 1, ModelSpec(upsampling="resize"))
    assert names(layers) == ["conv_1", "activation_1"]


@pytest.mark.parametrize("upsampling", ["transpose", "resize"])
@pytest.mark.parametrize("block", ["plain", "residual"])
def test_last_level_is_one_linear_layer_in_float32(block, upsampling):
    model = ModelSpec(block=block, upsampling=upsampling, batch_norm=True, dropout=0.1)
    layers = up((16, 16, 1), 2, model, last=True)
    assert [layer.kind for layer in layers] == (["upsample", "conv"] if upsampling == "resize" else ["conv_transpose"])
    assert layers[-1].options["float32"]
