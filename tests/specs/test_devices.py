"""`training.device` and `training.memory_limit` in a recipe."""

import pytest

from zscape.core.device_limits import DeviceChoice
from zscape.core.errors import InputError
from zscape.specs.compose import compose_recipe
from zscape.specs.recipe import parse_recipe
from zscape.specs.training import TrainingSpec


def test_nothing_is_asked_by_default():
    assert TrainingSpec().devices == DeviceChoice("auto", None)


def test_both_keys():
    recipe = compose_recipe("digits", ["training.device=gpu:1", "training.memory_limit=1.5GiB"])
    assert recipe.training.devices == DeviceChoice("gpu:1", 3 * 2**29)
    assert parse_recipe(recipe.model_dump(mode="json")) == recipe
    assert "memory_limit: 1.5GiB" in recipe.to_yaml(), "as it was written"


@pytest.mark.parametrize("device", ["cuda", "gpu:-1", "GPU", "cpu:0"])
def test_unknown_device(device):
    with pytest.raises(InputError) as refusal:
        compose_recipe("digits", [f"training.device={device}"])
    assert str(refusal.value) == f"training.device: must be auto, cpu, gpu or gpu:N with N from 0; received {device!r}."


@pytest.mark.parametrize(("text", "value"), [("2", 2), ("2G", "2G"), ("true", True), ("0GiB", "0GiB")])
def test_unknown_amount(text, value):
    with pytest.raises(InputError) as refusal:
        compose_recipe("digits", [f"training.memory_limit={text}"])
    assert str(refusal.value) == (
        'training.memory_limit: must be a positive amount of memory with its unit ("2GiB", "1500MB"); '
        f"received {value!r}."
    )
