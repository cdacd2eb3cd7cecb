"""The rules by which a recipe is chosen for images that have none."""

from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zscape.specs.choose import SIZES, Facts, choose_data, choose_networks, choose_training, choose_weight
from zscape.specs.layout import encoder_layout
from zscape.specs.model import ModelSpec


def facts(*shapes, count=300, grey=False):
    return Facts(count, shapes, grey, len(shapes))


def chosen(choices):
    return {choice.key: choice.value for choice in choices}


@pytest.mark.parametrize(
    ("shapes", "size"),
    [
        ([(28, 28, 1)] * 3, [28, 28]),  # all of one small size: as they are
        ([(45, 37, 3)] * 3, [45, 37]),
        ([(218, 178, 3)] * 3, [64, 64]),
        ([(96, 96, 3)] * 3, [64, 64]),
        ([(50, 80, 3), (52, 70, 3)], [48, 48]),
        ([(31, 300, 3), (300, 40, 3)], [28, 28]),
        ([(6, 9, 3), (5, 9, 3)], [5, 5]),
        ([(12, 12, 3)] + [(100, 100, 3)] * 19, [64, 64]),  # one in twenty is enlarged
        ([(12, 12, 3)] * 4 + [(100, 100, 3)] * 16, [8, 8]),
    ],
)
def test_size(shapes, size):
    assert chosen(choose_data(facts(*shapes)))["data.size"] == size


@given(st.lists(st.tuples(st.integers(4, 400), st.integers(4, 400)), min_size=1, max_size=60))
def test_hardly_any_image_is_enlarged_and_none_beyond_64(sizes):
    height, width = chosen(choose_data(facts(*((*size, 3) for size in sizes))))["data.size"]
    assert sum(min(size) < min(height, width) for size in sizes) <= 0.1 * len(sizes)
    assert max(height, width) <= SIZES[-1]


def test_channels():
    assert chosen(choose_data(facts((9, 9, 3), grey=True)))["data.channels"] == 1
    assert chosen(choose_data(facts((9, 9, 1), (9, 9, 3))))["data.channels"] == 3
    assert chosen(choose_data(facts((9, 9, 4))))["data.channels"] == 4
    assert "data.channels" not in chosen(choose_data(facts((9, 9, 4), (9, 9, 3))))
    some = Facts(5000, [(9, 9, 1)], True, 1)
    assert "the one image looked at is grey" in [choice.why for choice in choose_data(some)]


@given(st.integers(4, 200), st.integers(4, 200), st.integers(3, 300_000))
def test_the_last_map_is_a_few_pixels_wide(height, width, count):
    model = ModelSpec(
        **{
            key.removeprefix("model."): value
            for key, value in chosen(choose_networks(count, (height, width, 3), {})).items()
        }
    )
    maps = [layer.output_shape for layer in encoder_layout((height, width, 3), model) if len(layer.output_shape) == 3]
    assert 2 <= min(maps[-1][:2]) <= 9
    assert model.z_dim <= max(4, count / 8) and model.z_dim <= 256


@pytest.mark.parametrize(
    ("count", "shape", "z_dim"),
    [
        (300, (64, 64, 3), 32),
        (60_000, (28, 28, 1), 16),
        (50_000, (32, 32, 3), 64),
        (9_000, (64, 64, 3), 128),
        (3, (8, 8, 1), 4),
    ],
)
def test_z_dim(count, shape, z_dim):
    assert chosen(choose_networks(count, shape, {}))["model.z_dim"] == z_dim


@given(st.integers(3, 5000), st.sampled_from([(8, 8, 1), (28, 28, 1), (32, 32, 3), (64, 64, 3)]))
def test_the_reason_for_z_dim_is_true(count, shape):
    (choice,) = (choice for choice in choose_networks(count, shape, {}) if choice.key == "model.z_dim")
    if "the least that is chosen" in choice.why:
        assert choice.value == 4 > count / 8 and choice.why.endswith(f"there are only {count:,} images")
    elif "for every eight" in choice.why:
        assert 4 <= choice.value <= count / 8 < 2 * choice.value
    else:
        assert choice.why == f"for {prod(shape):,} values per image" and choice.value <= count / 8


def test_stated_layers_decide_the_strides():
    strides = chosen(choose_networks(300, (64, 64, 3), {"filters": [8, 8, 8, 8, 8]}))["model.strides"]
    assert strides == [1, 1, 2, 2, 2]
    assert len(chosen(choose_networks(300, (64, 64, 3), {"strides": [2, 2]}))["model.filters"]) == 2


def test_weight_goes_through_the_articles_and_the_plain_bound():
    assert choose_weight((28, 28, 1)).value == 1.0
    assert choose_weight((96, 96, 3)).value == 15.0
    weights = [choose_weight(shape).value for shape in [(8, 8, 1), (28, 28, 1), (32, 32, 3), (64, 64, 3), (96, 96, 3)]]
    assert weights == sorted(weights) and prod(weights) > 0


def test_training_a_few_hundred_pictures_is_a_matter_of_minutes():
    values = chosen(choose_training(240, (64, 64, 3), {}))
    assert values["training.batch_size"] == 16
    assert 60 <= values["training.epochs"] * 240 / 260 <= 180  # seconds at the speed measured
    assert values["training.early_stopping.patience"] == round(values["training.epochs"] / 5)
    assert chosen(choose_training(200_000, (64, 64, 3), {}))["training.epochs"] == 10
    assert chosen(choose_training(10, (8, 8, 1), {}))["training.epochs"] == 200
    assert chosen(choose_training(240, (64, 64, 3), {"epochs": 50}))["training.early_stopping.patience"] == 10
