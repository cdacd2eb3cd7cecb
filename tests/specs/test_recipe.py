"""The recipe as a whole."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from zscape.core.errors import InputError
from zscape.specs.recipe import Recipe, parse_recipe

WEIGHTS = st.one_of(
    st.builds(lambda beta: {"beta": beta}, st.floats(0, 1e6)),
    st.builds(
        lambda fact, convention: {"fact": fact, "convention": convention},
        st.floats(1e-9, 1e6),
        st.sampled_from(["tape", "mean"]),
    ),
)


@st.composite
def recipes(draw):
    layers = draw(st.integers(1, 3))
    numbers = st.integers(1, 4)
    sizes = st.integers(2, 4)  # with the default stride of 2, a kernel of 1 has no transposed convolution
    kernels = draw(st.one_of(sizes, st.lists(sizes, min_size=layers, max_size=layers)))
    model = {"filters": [4] * layers, "kernels": kernels, "z_dim": draw(numbers), "dropout": draw(st.floats(0, 0.9))}
    training = {"learning_rate": draw(st.floats(1e-12, 1)), "jit": draw(st.sampled_from([True, False, "auto"]))}
    path = draw(st.none() | st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
    data = {"size": draw(st.integers(8, 20)), "path": path}
    return parse_recipe({"data": data, "model": model, "objective": {"weight": draw(WEIGHTS)}, "training": training})


@given(recipes())
def test_yaml_round_trip(recipe):
    assert parse_recipe(yaml.safe_load(recipe.to_yaml())) == recipe


def test_yaml_is_complete():
    values = yaml.safe_load(Recipe().to_yaml())
    assert parse_recipe(values).model_dump(mode="json") == values
    assert set(values["model"]) == set(type(Recipe().model).model_fields)


def test_recipe_is_frozen():
    with pytest.raises(ValidationError, match="frozen"):
        Recipe().model.z_dim = 3


def test_a_single_number_or_word_serves_all_layers():
    model = parse_recipe({"model": {"filters": [4, 5, 6], "kernels": 2, "strides": 1, "padding": "valid"}}).model
    assert (model.kernels, model.strides, model.padding) == ((2,) * 3, (1,) * 3, ("valid",) * 3)
    defaults = parse_recipe({"model": {"filters": [4, 5, 6]}}).model
    assert (defaults.kernels, defaults.strides, defaults.padding) == ((3,) * 3, (2,) * 3, ("same",) * 3)
    decoder = parse_recipe({"model": {"decoder": {"filters": [4, 1], "strides": 2}}}).model.decoder
    assert (decoder.kernels, decoder.strides, decoder.padding) == ((3, 3), (2, 2), ("same", "same"))


@pytest.mark.parametrize("kernels", [3, [3]])
def test_decoder_lists_need_decoder_filters(kernels):
    with pytest.raises(
        InputError, match=r"decoder\.kernels needs decoder\.filters; without it the encoder is mirrored"
    ):
        parse_recipe({"model": {"decoder": {"kernels": kernels}}})


@pytest.mark.parametrize("bounds", [[3, 1], [1, 1], [-81, 0], [0, 81], [float("nan"), 1]])
def test_bounds_of_log_var(bounds):
    with pytest.raises(InputError, match=r"must be two numbers in \[-80, 80\], the lower first; received"):
        parse_recipe({"model": {"log_var_bounds": bounds}})


def test_networks_are_checked_against_the_images():
    with pytest.raises(InputError, match=r"^convolution 1 of the encoder has a kernel of 9 .* 8x8 pixels"):
        parse_recipe({"model": {"kernels": 9, "padding": "valid"}})
    unknown_size = {"data": {"source": "folder", "path": "x"}, "model": {"kernels": 9, "padding": "valid"}}
    recipe = parse_recipe(unknown_size)
    with pytest.raises(InputError, match="which does not fit its input of 8x8 pixels"):
        recipe.for_images((8, 8, 1))
    assert recipe.for_images((28, 28, 1)).image_shape == (28, 28, 1)


def test_decoder_that_misses_the_images_names_both_sizes():
    with pytest.raises(InputError, match=r"lead to 2x2 pixels, but the images have 8x8: change decoder\.strides"):
        parse_recipe({"model": {"decoder": {"filters": [8, 1]}}})


def test_for_images_changes_nothing_else():
    recipe = parse_recipe({"data": {"source": "folder", "path": "x"}, "training": {"seed": 7}})
    stated = recipe.for_images((20, 30, 3))
    assert stated.data.size == (20, 30) and stated.data.channels == 3
    assert stated.model_copy(update={"data": recipe.data}) == recipe


def test_weight_of_an_autoencoder_has_no_effect_and_is_named():
    notes = parse_recipe({"model": {"kind": "ae"}, "objective": {"weight": {"beta": 2.0}}}).notes()
    assert notes == ["model.kind is ae: objective.weight has no effect, an autoencoder has no KL term."]
    assert parse_recipe({"model": {"kind": "ae"}}).notes() == []
    assert parse_recipe({"objective": {"weight": {"beta": 2.0}}}).notes() == []


@pytest.mark.parametrize("values", [{1: 2}, {"model": {1: 2}}, {"model": None}, 3, None, []])
def test_anything_else_is_an_input_error(values):
    with pytest.raises(InputError):
        parse_recipe(values)
