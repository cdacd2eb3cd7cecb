"""From what a user writes (a recipe's name or file, and key=value pairs) to a checked recipe."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from zscape.core.errors import InputError
from zscape.core.names import unknown_name
from zscape.specs.recipe import Recipe, parse_recipe
from zscape.specs.shipped import shipped_recipes

_WEIGHT = ("objective", "weight")


def compose_recipe(name_or_path: str, overrides: Iterable[str] = ()) -> Recipe:
    """Return the recipe called `name_or_path` with `overrides` laid over it.

    Args:
        name_or_path: a shipped recipe's name, or else the path of a YAML file.
        overrides: texts "dotted.key=value"; values are read as YAML.

    Raises:
        InputError: no such recipe, YAML that cannot be read, or wrong keys and values, all of these together.
    """
    return compose_values(read_recipe_file(_recipe_path(name_or_path)), overrides)


def compose_values(values: dict[str, Any], overrides: Iterable[str] = ()) -> Recipe:
    """Return the recipe of nested dicts with `overrides` laid over it, which changes the dicts.

    Raises:
        InputError: as `compose_recipe`.
    """
    pairs = [_parse_override(text) for text in overrides]
    if any(keys[:2] == _WEIGHT for keys, _ in pairs):
        # A weight stated on the command line replaces the recipe's: two forms side by side would contradict.
        objective = values.get("objective")
        if isinstance(objective, dict):
            objective.pop("weight", None)
    for keys, value in pairs:
        _lay_over(values, keys, value)
    return parse_recipe(values)


def stated_values(overrides: Iterable[str]) -> dict[str, Any]:
    """Return what `overrides` state, as nested dicts, unchecked.

    Raises:
        InputError: when a text is no "key=value".
    """
    values: dict[str, Any] = {}
    for keys, value in map(_parse_override, overrides):
        _lay_over(values, keys, value)
    return values


def names_recipe(name_or_path: str) -> bool:
    """Return whether this is a shipped recipe's name or the path of an existing YAML file."""
    path = Path(name_or_path)
    return name_or_path in shipped_recipes() or (path.suffix in (".yaml", ".yml") and path.is_file())


def read_recipe_file(path: Path) -> dict[str, Any]:
    """Return the content of a recipe file.

    Raises:
        InputError: when it is missing, is not YAML, states a key twice, or is not a mapping.
    """
    try:
        values = yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)
    except FileNotFoundError:
        raise InputError(f"There is no recipe file {path}.") from None
    except (yaml.YAMLError, ValueError, TypeError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{path} is not a readable recipe (YAML): {reason}.") from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise InputError(f"{path} is not a recipe: expected groups of keys (data, model, ...), found {values!r:.60}.")
    return values


def _recipe_path(name_or_path: str) -> Path:
    recipes = shipped_recipes()
    if name_or_path in recipes:
        return recipes[name_or_path].path
    path = Path(name_or_path)
    if path.suffix in (".yaml", ".yml") and path.is_file():
        return path
    raise InputError(
        f"{unknown_name('recipe', name_or_path, recipes)} A path must lead to an existing .yaml file, or to images: a "
        "folder, or an .npy, .npz or idx file."
    )


def _parse_override(text: str) -> tuple[tuple[str, ...], Any]:
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise InputError(f"{text!r} is not a setting: write key=value, for example training.epochs=5.")
    try:
        parsed = yaml.load(value, Loader=_StrictLoader)
    except (yaml.YAMLError, ValueError, TypeError):  # what YAML takes for a broken date or number is text
        parsed = value
    return tuple(key.strip().split(".")), parsed


def _lay_over(values: dict[str, Any], keys: tuple[str, ...], value: Any) -> None:
    *groups, last = keys
    for group in groups:
        inner = values.get(group)
        if not isinstance(inner, dict):
            inner = values[group] = {}
        values = inner
    values[last] = value


class _StrictLoader(yaml.SafeLoader):
    """PyYAML's safe loader, but a key stated twice is an error instead of the last one winning."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = [key for key in keys if keys.count(key) > 1]
        if twice:
            raise yaml.YAMLError(f"the key {twice[0]!r} stands twice")
        return super().construct_mapping(node, deep)
