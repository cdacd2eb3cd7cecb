"""From settings to a checked grid of recipes: splitting, order, names, and what is refused."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zscape.core.errors import InputError
from zscape.specs.compose import compose_recipe
from zscape.workflow.sweep_grid import plan_grid, problem_lines, run_names, split_values

BETA, SEED = "objective.weight.beta", "training.seed"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1", ["1"]),
        ("", [""]),
        ("1,2, 3", ["1", "2", "3"]),
        ("[32,64]", ["[32,64]"]),
        ("[32,64],[64,128]", ["[32,64]", "[64,128]"]),
        ("[[3,3],[5,5]],7", ["[[3,3],[5,5]]", "7"]),
        ("{beta: 1, x: 2},{sigma: 1}", ["{beta: 1, x: 2}", "{sigma: 1}"]),
        ("'a,b',c", ["'a,b'", "c"]),
        ('"a,[b",c', ['"a,[b"', "c"]),
        ("1,,2", ["1", "", "2"]),
        ("1,", ["1", ""]),
        ("[1,2", ["[1,2"]),
    ],
)
def test_values_are_split_at_commas_outside_brackets_and_quotes(text, parts):
    assert split_values(text) == parts


@given(st.lists(st.lists(st.integers(0, 99), min_size=1, max_size=3), min_size=1, max_size=5))
def test_lists_stay_whole(lists):
    assert split_values(",".join(map(str, lists))) == [str(values) for values in lists]


def test_the_grid_is_the_product_in_the_order_given():
    grid = plan_grid("digits", [f"{BETA}=0.5,1", "model.z_dim=3", f"{SEED}=1,2"])
    assert [point.name for point in grid.points] == ["beta-0.5_seed-1", "beta-0.5_seed-2", "beta-1_seed-1",
                                                     "beta-1_seed-2"]  # fmt: skip
    assert grid.swept == {BETA: (0.5, 1.0), SEED: (1, 2)} and grid.fixed == ("model.z_dim=3",)
    first = grid.points[0]
    assert first.settings == {BETA: 0.5, SEED: 1}
    assert first.overrides == (f"{BETA}=0.5", "model.z_dim=3", f"{SEED}=1")
    assert first.recipe == compose_recipe("digits", first.overrides)
    assert {point.recipe.model.z_dim for point in grid.points} == {3}


def test_values_are_the_recipes_where_single_and_as_written_where_the_recipe_repeats_them():
    grid = plan_grid("digits", ["training.learning_rate=1e-3,0.002", "model.kernels=3,5", "model.filters=[4,8],[8,8]"])
    assert grid.swept == {
        "training.learning_rate": (0.001, 0.002),
        "model.kernels": (3, 5),
        "model.filters": ([4, 8], [8, 8]),
    }
    assert grid.points[0].name == "learning_rate-0.001_kernels-3_filters-4-8"


def test_keys_that_end_alike_are_named_in_full():
    grid = plan_grid("digits", ["model.filters=[4,8],[8,8]", "model.decoder.filters=[8,1],[4,1]",
                                "model.decoder.strides=[2,1]"])  # fmt: skip
    assert grid.points[0].name == "model.filters-4-8_model.decoder.filters-8-1"


@given(st.lists(st.text(min_size=1, max_size=150), min_size=2, max_size=6, unique=True))
def test_names_of_runs_are_safe_and_never_the_same(values):
    names = run_names([{"data.path": value} for value in values])
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"path-[A-Za-z0-9_.+-]*", name) and len(name) < 120 for name in names)
    assert names == run_names([{"data.path": value} for value in values])


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        ([f"{SEED}=1"], "Nothing is swept: give at least one setting several values, for example training.seed=1,2,3; "
                        "`zscape run` does a single run."),
        ([f"{BETA}=1,,2"], f"{BETA}=1,,2 has an empty value: write one value before and after each comma, for example "
                           f"{BETA}=1,2."),
        ([f"{BETA}=,"], f"{BETA}=, has an empty value: "),
        ([f"{SEED}=1,2,1"], f"{SEED}=1,2,1 has the value 1 twice: state each value once."),
        ([f"{BETA}=1,1.0"], f"{BETA}=1 and {BETA}=1.0 are the same run: state each value once."),
        ([f"{BETA}=1,2", f"{BETA}=3"], f"{BETA} is swept and stated twice: put all its values into one setting, "),
        ([f"{SEED}={','.join(map(str, range(1001)))}"],
         "This sweep has 1,001 runs; at most 1,000 are possible: sweep fewer values."),
        (["model.z_dimm=3,4"], "model.z_dimm: there is no such key; did you mean 'model.z_dim'?"),
        ([f"{BETA}=1,-1"], f"{BETA}: must be at least 0.0; received -1."),
        ([SEED], "'training.seed' is not a setting: write key=value, for example training.epochs=5."),
        ([f"{SEED}=1,2", "model.filters=[4,8],[4]", "model.strides=[1,2]"],
         "model.strides: has 2 entries where model.filters has 1: "),
    ],
)  # fmt: skip
def test_what_is_refused(overrides, sentence):
    with pytest.raises(InputError) as caught:
        plan_grid("digits", overrides)
    assert str(caught.value).startswith(sentence) and "\n" not in str(caught.value)


def test_two_spellings_of_one_value_are_one_run():
    with pytest.raises(InputError) as caught:
        plan_grid("digits", [f"{SEED}=1,2", "training.learning_rate=1e-3,0.001"])
    assert str(caught.value) == (
        "training.learning_rate=1e-3 and training.learning_rate=0.001 are the same run: state each value once."
    )


def test_all_problems_come_together_each_once():
    with pytest.raises(InputError) as caught:
        plan_grid("digits", [f"{BETA}=1,-1", "model.z_dimm=3", f"{SEED}=1,-2"])
    assert str(caught.value).splitlines()[0] == "3 problems:"
    assert problem_lines(caught.value) == [
        "model.z_dimm: there is no such key; did you mean 'model.z_dim'?",
        "training.seed: must be at least 0; received -2.",
        f"{BETA}: must be at least 0.0; received -1.",
    ]
    with pytest.raises(InputError, match=r"^2 problems:\n  - .*empty value.*\n  - .*has the value 1 twice"):
        plan_grid("digits", [f"{BETA}=1,,2", f"{SEED}=1,1"])


def test_an_unknown_recipe_is_named_once():
    with pytest.raises(InputError, match=r"^Unknown recipe 'digts'\. Did you mean 'digits'\?.*\.$"):
        plan_grid("digts", [f"{SEED}=1,2"])
