"""The layout of the networks: lists that do not lead to the image, crops, order of the layers."""

import pytest

from zscape.specs.layout import decoder_layout, encoder_layout, map_shapes
from zscape.specs.model import ModelSpec


def kinds(layouts):
    return [layout.kind for layout in layouts]


def test_order_of_the_layers():
    model = ModelSpec(filters=(4, 6), batch_norm=True, dropout=0.1, bottleneck=5)
    block = ["conv", "batch_norm", "activation", "dropout"]
    assert kinds(encoder_layout((8, 8, 1), model)) == [*block, *block, "flatten", "dense", "dense", "dense"]
    # The output layer has no norm, activation or dropout: it gives logits.
    up = ["conv_transpose", "batch_norm", "activation", "dropout"]
    assert kinds(decoder_layout((8, 8, 1), model)) == ["dense", "reshape", *up, "conv_transpose"]


def test_heads_and_logits_are_linear_and_float32():
    for kind, heads in (("vae", ["mu", "log_var"]), ("ae", ["z"])):
        layouts = encoder_layout((8, 8, 1), ModelSpec(kind=kind))[-len(heads) :]
        assert [layout.name for layout in layouts] == heads
        assert all(layout.options == {"activation": "linear", "float32": True} for layout in layouts)
    *others, last = [layer for layer in decoder_layout((8, 8, 1), ModelSpec()) if layer.kind == "conv_transpose"]
    assert last.options["float32"] and not any(layer.options["float32"] for layer in others)


def test_maps_of_an_odd_size():
    model = ModelSpec(filters=(4, 5, 6), strides=(1, 2, 2), padding=("valid", "same", "valid"), kernels=(5, 3, 3))
    assert map_shapes((45, 37, 3), model) == [(45, 37, 3), (41, 33, 4), (21, 17, 5), (10, 8, 6)]


def test_own_decoder_may_overshoot_by_less_than_its_last_stride_and_is_cropped():
    model = ModelSpec.model_validate({"filters": [4, 6], "strides": 2, "decoder": {"filters": [5, 1], "strides": 2}})
    *_, last, crop = decoder_layout((11, 12, 1), model)  # 3x3 -> 6x6 -> 12x12
    assert (last.kind, last.output_shape) == ("conv_transpose", (12, 12, 1))
    assert (crop.kind, crop.output_shape, crop.options["surplus"]) == ("crop", (11, 12, 1), [1, 0])
    with pytest.raises(ValueError, match="lead to 12x12 pixels, but the images have 10x12"):
        decoder_layout((10, 12, 1), model)


@pytest.mark.parametrize(
    ("decoder", "sentence"),
    [
        (
            {"filters": [5, 1], "strides": [2, 1]},
            r"lead to 4x4 pixels, but the images have 8x8: change decoder\.strides",
        ),
        ({"filters": [5, 1], "strides": [2, 3]}, r"lead to 12x12 pixels, but the images have 8x8"),
        ({"filters": [5, 3], "strides": 2}, r"decoder\.filters ends in 3, but the images have 1 channel$"),
    ],
)
def test_own_decoder_that_misses_the_image_names_both(decoder, sentence):
    model = ModelSpec.model_validate({"filters": [4, 6], "strides": 2, "decoder": decoder})
    with pytest.raises(ValueError, match=sentence):
        decoder_layout((8, 8, 1), model)


def test_kernel_larger_than_its_map_names_layer_and_sizes():
    model = ModelSpec(filters=(4, 6), kernels=(3, 5), padding=("valid", "valid"))
    with pytest.raises(ValueError, match=r"convolution 2 of the encoder has a kernel of 5 .* its input of 3x3 pixels"):
        encoder_layout((8, 8, 1), model)


def test_hidden_layers_stand_before_the_bottleneck_and_are_mirrored():
    model = ModelSpec(filters=(4,), strides=(2,), kernels=(3,), padding=("same",), dense=(20, 10), bottleneck=5)
    encoder, decoder = encoder_layout((8, 8, 1), model), decoder_layout((8, 8, 1), model)
    wanted = ["conv_1", "flatten", "hidden_1", "hidden_2", "bottleneck", "mu", "log_var"]
    assert [layer.name for layer in encoder if layer.kind in ("conv", "flatten", "dense")] == wanted
    assert [layer.output_shape for layer in encoder if layer.kind == "dense"] == [(20,), (10,), (5,), (12,), (12,)]
    assert [layer.output_shape for layer in decoder if layer.kind == "dense"] == [(10,), (20,), (64,)]


def test_decoder_may_have_hidden_layers_of_its_own_or_none():
    for own, sizes in (((7,), [(7,), (64,)]), ((), [(64,)]), (None, [(10,), (20,), (64,)])):
        values = {"filters": [4], "dense": [20, 10], "decoder": {"dense": own}}
        decoder = decoder_layout((8, 8, 1), ModelSpec.model_validate(values))
        assert [layer.output_shape for layer in decoder if layer.kind == "dense"] == sizes


def test_hidden_layers_have_norm_activation_and_dropout_as_convolutions_have():
    model = ModelSpec.model_validate({"filters": [], "dense": [20], "batch_norm": True, "dropout": 0.1})
    block = ["dense", "batch_norm", "activation", "dropout"]
    assert kinds(encoder_layout((8, 8, 1), model)) == ["flatten", *block, "dense", "dense"]
    assert kinds(decoder_layout((8, 8, 1), model)) == [*block, "dense", "reshape"]


def test_without_convolutions_the_dense_layer_gives_the_logits():
    *_, dense, reshape = decoder_layout((8, 8, 3), ModelSpec(filters=(), kernels=(), strides=(), padding=()))
    assert dense.options == {"activation": "linear", "float32": True} and dense.output_shape == (192,)
    assert (reshape.kind, reshape.output_shape) == ("reshape", (8, 8, 3))
    own = ModelSpec.model_validate({"filters": [], "decoder": {"filters": [1]}})
    dense, reshape, conv = decoder_layout((8, 8, 1), own)
    assert not dense.options["float32"] and conv.options["float32"]


@pytest.mark.parametrize("upsampling", ["transpose", "resize"])
def test_every_layer_is_fed_by_one_that_stands_before_it(upsampling):
    model = ModelSpec.model_validate(
        {"filters": [3, 4, 4], "strides": [2, 2, 1], "block": "residual", "upsampling": upsampling, "dense": [6]}
    )
    for start, layers in (("image", encoder_layout((9, 8, 1), model)), ("z_point", decoder_layout((9, 8, 1), model))):
        before = [start]
        for layer in layers:
            assert set(layer.inputs) <= set(before), layer
            before.append(layer.name)
        assert len(set(before)) == len(before), "names are unique"
