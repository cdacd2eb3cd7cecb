"""The plan: the parameter counts that the specification states, to the unit, and memory by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zscape.core.errors import InputError
from zscape.specs.plan import plan_recipe
from zscape.specs.recipe import Recipe, parse_recipe


def plan_of(shape, **model):
    return plan_recipe(parse_recipe({"data": {"size": shape[:2], "channels": shape[2]}, "model": model}))


def face_plan(**model):
    return plan_of((96, 96, 3), filters=[32, 64, 128, 256], kernels=3, strides=2, **model)


# From the table of the specification: settings, encoder with and without BatchNorm, decoder with and without.
FACES = [
    ({"z_dim": 512}, (9_828_544, 9_826_624), (5_116_867, 5_115_971)),
    ({"z_dim": 256}, (5_109_440, 5_107_520), (2_757_571, 2_756_675)),
    ({"z_dim": 256, "bottleneck": 256}, (2_881_472, 2_879_552), (2_757_571, 2_756_675)),
    ({"z_dim": 256, "bottleneck": 384}, (4_126_784, 4_124_864), (2_757_571, 2_756_675)),
    ({"z_dim": 200}, (4_077_136, 4_075_216), (2_241_475, 2_240_579)),
    ({"z_dim": 256, "kind": "ae"}, (2_749_888, 2_747_968), (2_757_571, 2_756_675)),
]


@pytest.mark.parametrize("batch_norm", [True, False])
@pytest.mark.parametrize(("model", "encoder", "decoder"), FACES)
def test_parameter_counts_for_faces(model, encoder, decoder, batch_norm):
    plan = face_plan(batch_norm=batch_norm, **model)
    which = 0 if batch_norm else 1
    assert (plan.encoder.parameters, plan.decoder.parameters) == (encoder[which], decoder[which])
    assert plan.total == encoder[which] + decoder[which]


def test_autoencoder_without_batch_norm_has_the_total_of_the_articles():
    assert face_plan(z_dim=256, kind="ae").total == 5_504_643


@pytest.mark.parametrize("own", [None, {"filters": [64, 32, 1], "kernels": 3, "strides": [2, 2, 1]}])
@pytest.mark.parametrize(("z_dim", "encoder", "decoder"), [(2, 117_764, 111_361), (12, 243_224, 174_081)])
def test_parameter_counts_for_mnist(z_dim, encoder, decoder, own):
    model = {"filters": [32, 64, 128], "strides": [1, 2, 2], "z_dim": z_dim, "decoder": own or {}}
    plan = plan_of((28, 28, 1), **model)
    assert (plan.encoder.parameters, plan.decoder.parameters) == (encoder, decoder)


@pytest.mark.parametrize("own", [None, {"filters": [128, 64, 64, 3], "kernels": [3, 3, 5, 5], "strides": 2}])
def test_parameter_counts_of_the_large_autoencoder_of_the_articles(own):
    """z of 1,600 dimensions for faces; its decoder is the mirror, stated or not."""
    model = {"kind": "ae", "filters": [64, 64, 128, 128], "kernels": [5, 5, 3, 3], "strides": 2, "z_dim": 1600}
    plan = plan_of((96, 96, 3), **model, decoder=own or {})
    assert (plan.encoder.parameters, plan.decoder.parameters) == (7_703_168, 7_706_051)


def test_parameter_counts_of_the_keras_example():
    """keras.io/examples/generative/vae: its summaries, layer by layer."""
    plan = plan_of(
        (28, 28, 1),
        filters=[32, 64],
        kernels=3,
        strides=2,
        activation="relu",
        z_dim=2,
        bottleneck=16,
        bottleneck_activation="relu",
        decoder={"filters": [64, 32, 1], "strides": [2, 2, 1], "dense_activation": "relu"},
    )
    counts = [[layer.parameters for layer in part.layers if layer.parameters] for part in (plan.encoder, plan.decoder)]
    assert counts == [[320, 18_496, 50_192, 34, 34], [9_408, 36_928, 18_464, 289]]
    assert (plan.encoder.parameters, plan.decoder.parameters) == (69_076, 65_089)


def conv(kernel, start, end):
    return kernel * kernel * start * end + end


def residual(kernel, start, end, changes, norm):
    """Two convolutions, each with its four vectors of a norm, and a 1x1 convolution where the shortcut must change."""
    return conv(kernel, start, end) + conv(kernel, end, end) + 8 * end * norm + changes * conv(1, start, end)


@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(2, 5), st.integers(1, 2)), min_size=1, max_size=4),
    st.integers(1, 3),
    st.booleans(),
    st.sampled_from(["transpose", "resize"]),
)
def test_parameters_of_residual_networks(levels, channels, norm, upsampling):
    """Against the definition, level by level; 16 pixels can be halved four times without a remainder."""
    filters, kernels, strides = (list(values) for values in zip(*levels, strict=True))
    model = {"filters": filters, "kernels": kernels, "strides": strides, "block": "residual", "batch_norm": norm}
    plan = plan_of((16, 16, channels), **model, upsampling=upsampling, z_dim=5)
    starts, last = [channels, *filters[:-1]], 16
    encoder = decoder = 0
    for number, (start, end, kernel, stride) in enumerate(zip(starts, filters, kernels, strides, strict=True)):
        last //= stride
        encoder += residual(kernel, start, end, start != end or stride > 1, norm)
        # Upwards, repeated pixels need no weights: only other channels do. The way to the image is a plain layer.
        decoder += residual(kernel, end, start, start != end, norm) if number else conv(kernel, end, start)
    flat = last * last * filters[-1]
    assert plan.encoder.parameters == encoder + 2 * (flat * 5 + 5)
    assert plan.decoder.parameters == decoder + 5 * flat + flat


def test_parameters_of_networks_without_convolutions():
    plan = plan_of((8, 8, 1), filters=[], dense=[20, 10], z_dim=3, batch_norm=True)
    hidden = (64 + 1) * 20 + (20 + 1) * 10
    assert plan.encoder.parameters == hidden + 4 * 30 + 2 * (10 + 1) * 3
    assert plan.decoder.parameters == (3 + 1) * 10 + (10 + 1) * 20 + 4 * 30 + (20 + 1) * 64


def test_moving_statistics_are_parameters_but_not_trained():
    with_norm, without = face_plan(z_dim=256, batch_norm=True), face_plan(z_dim=256)
    encoder_maps, decoder_maps = 32 + 64 + 128 + 256, 128 + 64 + 32
    assert with_norm.encoder.trainable - without.encoder.trainable == 2 * encoder_maps
    assert with_norm.decoder.parameters - with_norm.decoder.trainable == 2 * decoder_maps
    assert without.encoder.trainable == without.encoder.parameters


def test_parameters_of_the_layers_add_up():
    plan = face_plan(z_dim=256, batch_norm=True, dropout=0.1, bottleneck=128)
    for network in (plan.encoder, plan.decoder):
        assert sum(layer.parameters for layer in network.layers) == network.parameters
        names = [layer.name for layer in network.layers]
        assert len(set(names)) == len(names)


def test_unknown_size_of_images_is_named():
    recipe = parse_recipe({"data": {"source": "folder", "path": "somewhere"}})
    with pytest.raises(InputError, match=r"not known before the data are read \(source 'folder'\).*data\.size=96"):
        plan_recipe(recipe)


def test_default_recipe_can_be_planned():
    assert plan_recipe(Recipe()).image_shape == (8, 8, 1)
