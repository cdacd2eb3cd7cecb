"""Pydantic's errors in words."""

import pytest

from zscape.core.errors import InputError
from zscape.specs.compose import compose_recipe
from zscape.specs.problems import dotted_keys, union_members
from zscape.specs.recipe import Recipe, parse_recipe


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ("model.z_dim=many", "model.z_dim: must be a whole number; received 'many'."),
        ("model.z_dim=2.5", "model.z_dim: must be a whole number; received 2.5."),
        ("model.kernels=[3, 0]", "model.kernels: must be at least 1 (entry 2); received 0."),
        ("model.decoder.filters=[]", "model.decoder.filters: must have at least 1 entry; received []."),
        ("model.filters=32", "model.filters: must be a list; received 32."),
        ("model.padding=[same, full]", "model.padding: must be 'same' or 'valid' (entry 2); received 'full'."),
        (
            "model.kernels=[0, -1]",
            "model.kernels: must be at least 1 (entry 1); received 0, and must be at least 1 (entry 2); received -1.",
        ),
        (
            "model.kernels=[0, 0]",
            "model.kernels: must be at least 1 (entry 1) or must be at least 1 (entry 2); received 0.",
        ),
        ("model.z_dim='one; received two'", "model.z_dim: must be a whole number; received 'one; received two'."),
        (
            "training.memory_limit='one; received two'",
            'training.memory_limit: must be a positive amount of memory with its unit ("2GiB", "1500MB"); '
            "received 'one; received two'.",
        ),
        (
            "training.jit='one; received two'",
            "training.jit: must be true or false or must be 'auto'; received 'one; received two'.",
        ),
        ("model.dropout=1", "model.dropout: must be less than 1.0; received 1."),
        ("model.batch_norm=perhaps", "model.batch_norm: must be true or false; received 'perhaps'."),
        ("training.learning_rate=0", "training.learning_rate: must be greater than 0; received 0."),
        ("training.learning_rate=.nan", "training.learning_rate: must be greater than 0; received nan."),
        ("training.jit=maybe", "training.jit: must be true or false or must be 'auto'; received 'maybe'."),
        ("objective.weight.beta=-1", "objective.weight.beta: must be at least 0.0; received -1."),
        ("objective.weight.beta=.inf", "objective.weight.beta: must be a finite number; received inf."),
        ("objective.weight=3", "objective.weight: must be a group of keys; received 3."),
        ("data.path=3", "data.path: must be text; received 3."),
        ("data.size=abc", "data.size: must be a list; received 'abc'."),
        (
            "data.splits.validation=2.5",
            "data.splits.validation: must be a whole number or must be less than 1.0; received 2.5.",
        ),
        (
            "data.source=mnst",
            "data.source: Unknown source 'mnst'. Did you mean 'mnist'? "
            "Known: array, celeba, cifar10, digits, faces, fashion_mnist, folder, mnist.",
        ),
        ("model.beta=3", "model.beta: there is no such key; did you mean 'objective.weight.beta'?"),
        ("epochs=3", "epochs: there is no such key; did you mean 'training.epochs'?"),
        ("model.zdim=3", "model.zdim: there is no such key; did you mean 'model.z_dim'?"),
        ("xyzzy=3", "xyzzy: there is no such key."),
    ],
)
def test_one_line_per_problem(override, sentence):
    with pytest.raises(InputError) as caught:
        compose_recipe("digits", [override])
    assert str(caught.value) == sentence


@pytest.mark.parametrize("value", [True, "yes"])
def test_truth_values_are_no_numbers(value):
    with pytest.raises(InputError, match=r"training\.epochs: must be a whole number"):
        parse_recipe({"training": {"epochs": value}})


def test_problems_of_one_key_are_one_line():
    with pytest.raises(InputError) as caught:
        parse_recipe({"model": {"z_dim": 0}, "training": {"seed": -1}})
    assert str(caught.value).splitlines() == [
        "2 problems:",
        "  - model.z_dim: must be at least 1; received 0.",
        "  - training.seed: must be at least 0; received -1.",
    ]


def test_dotted_keys_name_groups_and_leaves():
    keys = dotted_keys(Recipe)
    assert {"model", "model.decoder", "model.decoder.filters", "training.early_stopping.patience"} <= set(keys)
    assert len(keys) == len(set(keys))


def test_union_members():
    assert union_members(int | None) == (int, type(None))
    assert union_members(int) == (int,)
