"""What `model.*` accepts, and the sentence for every combination that makes no network."""

import pytest

from zscape.core.errors import InputError
from zscape.specs.model import ModelSpec
from zscape.specs.recipe import parse_recipe


def recipe_of(model):
    return parse_recipe({"data": {"size": 8, "channels": 1}, "model": model})


RESIDUAL = "model: block: residual needs padding: same, so that both ways through a block give one size."
RESIZE = "model: upsampling: resize mirrors an encoder with padding: same only; use that, or give decoder.filters."
LOGITS = (
    "model: decoder.dense_activation must be linear without convolutions: that layer gives the logits; hidden layers "
    "are given as model.dense."
)


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ({"block": "residual", "padding": "valid"}, RESIDUAL),
        ({"block": "residual", "padding": ["same", "valid"]}, RESIDUAL),
        ({"block": "residual", "decoder": {"filters": [2, 1], "strides": 2, "padding": "valid"}}, RESIDUAL),
        ({"block": "residual", "upsampling": "resize", "padding": "valid"}, RESIDUAL),
        ({"upsampling": "resize", "padding": "valid"}, RESIZE),
        ({"upsampling": "resize", "padding": ["valid", "same"]}, RESIZE),
        ({"filters": [], "decoder": {"dense_activation": "relu"}}, LOGITS),
        ({"filters": [], "dense": [4], "decoder": {"dense_activation": "selu"}}, LOGITS),
        (
            {"decoder": {"strides": 2}},
            "model.decoder: decoder.strides needs decoder.filters; without it the encoder is mirrored.",
        ),
        (
            {"decoder": {"kernels": [3, 3], "padding": "same"}},
            "model.decoder: decoder.kernels needs decoder.filters; without it the encoder is mirrored.",
        ),
        ({"decoder": {"filters": []}}, "model.decoder.filters: must have at least 1 entry; received []."),
        ({"dense": [4, 0]}, "model.dense: must be at least 1 (entry 2); received 0."),
        ({"filters": None}, "model.filters: must be a list; received None."),
        (
            {"kernels": [3, 3, 5]},
            "model.kernels: has 3 entries where model.filters has 2: give one entry per layer, or a single one for "
            "all.",
        ),
        (
            {"kernels": [3]},
            "model.kernels: has 1 entry where model.filters has 2: give one entry per layer, or a single one for all.",
        ),
        (
            {"decoder": {"filters": [2, 1], "strides": [2, 2, 1]}},
            "model.decoder.strides: has 3 entries where model.decoder.filters has 2: give one entry per layer, or a "
            "single one for all.",
        ),
    ],
)
def test_what_makes_no_network_is_refused_in_a_sentence(model, sentence):
    with pytest.raises(InputError) as refusal:
        recipe_of(model)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize(("key", "value"), [("block", "dense"), ("upsampling", "bilinear"), ("padding", "full")])
def test_unknown_words_are_named_with_the_known_ones(key, value):
    known = {"block": ("plain", "residual"), "upsampling": ("transpose", "resize"), "padding": ("same", "valid")}[key]
    with pytest.raises(InputError, match=rf"^model\.{key}: .*{value}") as refusal:
        recipe_of({key: value})
    assert all(word in str(refusal.value) for word in known)


@pytest.mark.parametrize(
    "model",
    [
        # Beside each refused combination, the nearest one that is a network.
        {"block": "residual", "padding": "same", "decoder": {"filters": [2, 1], "strides": 2}},
        {"block": "plain", "padding": "valid"},
        {"upsampling": "resize", "padding": "same"},
        # The encoder is not mirrored, so what it does needs no way back: 8 -> 3 -> 1 -> 4 -> 8.
        {"upsampling": "resize", "padding": "valid", "decoder": {"filters": [2, 1], "strides": [4, 2]}},
        {"filters": [], "decoder": {"filters": [1], "dense_activation": "relu"}},
        {"filters": [4], "decoder": {"dense_activation": "relu"}},
    ],
)
def test_neighbours_of_what_is_refused_are_networks(model):
    assert recipe_of(model).image_shape == (8, 8, 1)


def test_one_number_serves_every_layer():
    model = ModelSpec.model_validate({"filters": [4, 5, 6], "kernels": 5, "strides": [1, 2, 2], "padding": "valid"})
    assert (model.kernels, model.strides, model.padding) == ((5, 5, 5), (1, 2, 2), ("valid",) * 3)
    own = ModelSpec.model_validate({"decoder": {"filters": [3, 2, 1]}}).decoder
    assert (own.kernels, own.strides, own.padding) == ((3, 3, 3), (1, 1, 1), ("same",) * 3)


@pytest.mark.parametrize("stated", [{}, {"kernels": 5, "strides": 1, "padding": "valid"}, {"strides": [2, 2]}])
def test_without_convolutions_their_settings_have_no_object(stated):
    """So that `model.filters=[]` is all it takes to try a recipe without convolutions."""
    model = ModelSpec.model_validate({"filters": [], **stated})
    assert model.filters == model.kernels == model.strides == model.padding == ()


def test_written_and_read_again_it_is_the_same():
    models = [
        {"filters": [], "dense": [7, 5]},
        {"block": "residual", "upsampling": "resize", "batch_norm": True},
        {"decoder": {"filters": [4, 1], "strides": [4, 1], "dense": []}},
    ]
    for values in models:
        model = ModelSpec.model_validate(values)
        assert ModelSpec.model_validate(model.model_dump(mode="json")) == model
