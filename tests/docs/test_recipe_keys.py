"""docs/recipes.md names every key of a recipe, no other, and its defaults and choices are those of the specs."""

import re
import typing
from pathlib import Path

import pytest
from pydantic import BaseModel

from zscape.specs.recipe import Recipe
from zscape.specs.shipped import shipped_recipes
from zscape.specs.sources import SOURCES

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
WEIGHT = {"objective.weight.beta", "objective.weight.fact", "objective.weight.convention", "objective.weight.sigma"}


def model_keys(part: type[BaseModel], prefix: str = "") -> dict[str, typing.Any]:
    """Return every dotted key of a recipe and its field."""
    keys: dict[str, typing.Any] = {}
    for name, field in part.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            keys |= model_keys(inner, f"{prefix}{name}.")
        else:
            keys[f"{prefix}{name}"] = field
    return keys


def named_keys(text: str) -> dict[str, str]:
    """Return every dotted key in the first column of the page's tables, and its row.

    `decoder.filters`, `.kernels` in one cell share what stands before the last dot of the first.
    """
    keys: dict[str, str] = {}
    for group, section in re.findall(r"^## `(\w+)`\n(.*?)(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL):
        for row in re.findall(r"^\| `.*$", section, flags=re.MULTILINE):
            names = re.findall(r"`([\w.]+)`", row.split("|")[1])
            before = names[0].rpartition(".")[0]
            for name in names:
                keys[f"{group}.{before + name if name.startswith('.') else name}"] = row
    return keys


def test_every_key_is_named_and_no_other():
    # The row of `weight` explains its keys in words.
    expected = set(model_keys(Recipe)) - WEIGHT | {"objective.weight"}
    assert set(named_keys(TEXT)) == expected
    assert all(f"`{key.rpartition('.')[2]}`" in TEXT or f"`{key.rpartition('.')[2]}: 1`" in TEXT for key in WEIGHT)


@pytest.mark.parametrize("key", sorted(set(model_keys(Recipe)) - WEIGHT))
def test_choices_and_defaults(key):
    row, field = named_keys(TEXT)[key], model_keys(Recipe)[key]
    missing = [word for word in _literals(field.annotation) if f"`{word}`" not in row]
    assert not missing, f"{key}: the row does not name {missing}"
    default = field.default
    if isinstance(default, str):
        assert f"`{default}`" in row or default in row
    elif isinstance(default, (int, float)) and not isinstance(default, bool):
        numbers = [float(number) for number in re.findall(r"(?<![\w.])-?\d[\d.]*(?:e-?\d+)?", row)]
        assert float(default) in numbers, f"{key}: the row does not give its default {default}"


def test_every_source_is_named():
    row = named_keys(TEXT)["data.source"]
    assert [name for name in SOURCES if f"`{name}`" not in row] == []


def test_every_shipped_recipe_is_in_the_index():
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    assert [name for name in shipped_recipes() if f"`{name}`" not in index] == []


def test_the_check_itself():
    page = "## `a`\n| key | default |\n|---|---|\n| `x`, `y` | 1 |\n| `in.p`, `.q` | `no` |\n## `b`\ntext\n| `z` | |\n"
    assert set(named_keys(page)) == {"a.x", "a.y", "a.in.p", "a.in.q", "b.z"}
    assert {"model.decoder.filters", "training.early_stopping.patience", *WEIGHT} <= set(model_keys(Recipe))


def _literals(annotation: typing.Any) -> list[str]:
    """Return the words that a field may be, of choices a reader has to know."""
    if typing.get_origin(annotation) is typing.Literal:
        return [word for word in typing.get_args(annotation) if isinstance(word, str)]
    return [word for part in typing.get_args(annotation) for word in _literals(part)]
