"""From a name or file and key=value pairs to a recipe."""

import pytest

from zscape.core.errors import InputError
from zscape.specs.compose import compose_recipe, read_recipe_file


@pytest.fixture
def recipe_file(tmp_path):
    def write(text, name="own.yaml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_overrides_are_laid_over_the_recipe():
    recipe = compose_recipe("digits", ["training.epochs=3", "model.filters=[8, 16, 24]", "model.strides=1"])
    shipped = compose_recipe("digits")
    assert recipe.training.epochs == 3 and recipe.model.filters == (8, 16, 24) and recipe.model.strides == (1, 1, 1)
    assert recipe.training.batch_size == shipped.training.batch_size and recipe.model.z_dim == shipped.model.z_dim


@pytest.mark.parametrize("text", ["1e-3", "0.001", "1.0e-3"])
def test_numbers_in_every_usual_spelling(text):
    # PyYAML reads 1e-3 as text, because YAML 1.1 wants a dot.
    assert compose_recipe("digits", [f"training.learning_rate={text}"]).training.learning_rate == 0.001


def test_values_are_yaml():
    recipe = compose_recipe("digits", ["model.batch_norm=yes", "training.threads=null", "data.path=a/b c.npy"])
    assert recipe.model.batch_norm is True and recipe.training.threads is None and recipe.data.path == "a/b c.npy"


def test_value_may_hold_equals_signs_and_what_yaml_cannot_read():
    assert compose_recipe("digits", ["data.path=a=b"]).data.path == "a=b"
    assert compose_recipe("digits", ["data.path=[a"]).data.path == "[a"


@pytest.mark.parametrize("value", ["2024-13-45", "0x_"])
def test_text_that_looks_like_a_broken_date_or_number_is_text(value):
    assert compose_recipe("digits", [f"data.path={value}"]).data.path == value


def test_later_override_wins():
    assert compose_recipe("digits", ["model.z_dim=3", "model.z_dim=4"]).model.z_dim == 4


@pytest.mark.parametrize("text", ["epochs", "=3", " =3"])
def test_no_setting(text):
    with pytest.raises(InputError, match=r"is not a setting: write key=value, for example training\.epochs=5"):
        compose_recipe("digits", [text])


def test_weight_on_the_command_line_replaces_the_whole_block():
    assert compose_recipe("mnist").objective.weight.fact == 6.5e-4
    weight = compose_recipe("mnist", ["objective.weight.beta=2"]).objective.weight
    assert (weight.beta, weight.fact, weight.convention) == (2, None, None)
    overrides = ["objective.weight.fact=5", "objective.weight.convention=tape"]
    weight = compose_recipe("digits", overrides).objective.weight
    assert (weight.beta, weight.fact, weight.convention) == (None, 5, "tape")
    assert compose_recipe("mnist", ["objective.weight={beta: 3}"]).objective.weight.beta == 3


def test_other_overrides_leave_the_weight_alone():
    objective = compose_recipe("mnist", ["objective.reconstruction=mse"]).objective
    assert objective.reconstruction == "mse" and objective.weight.fact == 6.5e-4


@pytest.mark.parametrize(("text", "beta"), [("objective:\n", 2.0), ("model:\n  z_dim: 3\n", 2.0)])
def test_weight_override_on_a_recipe_without_objective(recipe_file, text, beta):
    assert compose_recipe(str(recipe_file(text)), ["objective.weight.beta=2"]).objective.weight.beta == beta


def test_several_errors_come_together():
    overrides = ["model.z_dim=0", "model.strides=[1, 2, 2]", "model.filter=[3]", "training.epoch=3", "model.kind=gan"]
    with pytest.raises(InputError) as caught:
        compose_recipe("digits", overrides)
    first, *lines = str(caught.value).splitlines()
    assert first == "5 problems:"
    expected = [
        "model.z_dim: must be at least 1; received 0.",
        "model.strides: has 3 entries where model.filters has 2: give one entry per layer, or a single one for all.",
        "model.filter: there is no such key; did you mean 'model.filters'?",
        "training.epoch: there is no such key; did you mean 'training.epochs'?",
        "model.kind: must be 'ae' or 'vae'; received 'gan'.",
    ]
    assert sorted(lines) == sorted(f"  - {line}" for line in expected)


def test_unknown_recipe_names_the_nearest():
    with pytest.raises(
        InputError, match=r"Unknown recipe 'mnist_2'\. Did you mean 'mnist_2d'\? Known: .*digits.* \.yaml"
    ):
        compose_recipe("mnist_2")


def test_path_that_does_not_exist(tmp_path):
    with pytest.raises(InputError, match="A path must lead to an existing"):
        compose_recipe(str(tmp_path / "none.yaml"))


def test_path_of_a_recipe(recipe_file):
    assert compose_recipe(str(recipe_file("model: {z_dim: 5}"))).model.z_dim == 5
    assert compose_recipe(str(recipe_file("model: {z_dim: 6}", "own.yml"))).model.z_dim == 6


def test_shipped_name_comes_before_a_file(recipe_file, monkeypatch):
    monkeypatch.chdir(recipe_file("model: {z_dim: 555}", "digits").parent)
    assert compose_recipe("digits").model.z_dim != 555


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("model:\n  z_dim: 3\nmodel:\n  kind: ae\n", r"not a readable recipe \(YAML\): the key 'model' stands twice"),
        ("model: {z_dim: 3, z_dim: 4}", "the key 'z_dim' stands twice"),
        ("1: 2\n1: 3\nx: 1\nx: 2\n", "stands twice"),
        ("? [a]\n: 1\n? [a]\n: 2\n", r"not a readable recipe \(YAML\)"),
        ("model: [1, 2", r"not a readable recipe \(YAML\): .*line 1"),
        ("data: {path: 2024-13-45}", r"not a readable recipe \(YAML\)"),
        (b"\xff\xfe\x00z", r"not a readable recipe \(YAML\)"),
        ("!!python/object/apply:os.getcwd []", r"not a readable recipe \(YAML\): could not determine a constructor"),
        ("[1, 2]", r"is not a recipe: expected groups of keys \(data, model, \.\.\.\), found \[1, 2\]"),
        ("just words", "is not a recipe: expected groups of keys"),
    ],
)
def test_files_that_are_no_recipe(recipe_file, text, sentence):
    with pytest.raises(InputError, match=sentence) as caught:
        compose_recipe(str(recipe_file(text)))
    assert "own.yaml" in str(caught.value)


def test_empty_file_is_the_default_recipe(recipe_file):
    assert read_recipe_file(recipe_file("# nothing\n")) == {}


def test_missing_file(tmp_path):
    with pytest.raises(InputError, match=r"There is no recipe file .*none"):
        read_recipe_file(tmp_path / "none.yaml")
