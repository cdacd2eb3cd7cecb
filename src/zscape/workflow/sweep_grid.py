"""From the settings of a sweep to the recipes of its runs, all of them checked before anything runs."""

import hashlib
import itertools
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from zscape.analysis.sweep import short_names, value_text
from zscape.core.errors import InputError
from zscape.specs.recipe import Recipe
from zscape.workflow.choose import Resolved, resolve_recipe

MOST_RUNS = 1000
"""Runs in one sweep, at most."""

_LONGEST_NAME = 100


@dataclass(frozen=True)
class GridPoint:
    """One run to be.

    Attributes:
        name: of its folder.
        settings: the swept ones by dotted key.
        overrides: all its settings as text.
        recipe: what they come to.
        sentences: how the recipe was chosen, for images given in place of a recipe.
    """

    name: str
    settings: dict[str, Any]
    overrides: tuple[str, ...]
    recipe: Recipe
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    """The runs of a sweep, in order, and which settings are swept over which values."""

    swept: dict[str, tuple[Any, ...]]
    fixed: tuple[str, ...]
    points: tuple[GridPoint, ...]


def plan_grid(recipe: str, overrides: Sequence[str]) -> Grid:
    """Return the product of all swept settings, in the order given; the last one changes fastest.

    Args:
        recipe: what `zscape.run` takes.
        overrides: texts "dotted.key=value"; a value with commas outside brackets and quotes is several values.

    Raises:
        InputError: an empty sweep, an empty or repeated value, too many runs, or recipes that cannot be used: the
            problems of all of them together.
    """
    choices = [_choices(text) for text in overrides]
    keys = [key for key, values in choices if len(values) > 1]
    _raise_together([problem for choice in choices for problem in _problems(*choice)] + _stated_twice(choices, keys))
    count = math.prod(len(values) for _, values in choices)
    if count > MOST_RUNS:
        raise InputError(f"This sweep has {count:,} runs; at most {MOST_RUNS:,} are possible: sweep fewer values.")
    combinations = list(itertools.product(*(values for _, values in choices)))
    texts = [
        tuple(f"{key}={value}" if key else value for (key, _), value in zip(choices, values, strict=True))
        for values in combinations
    ]
    resolved = _resolve_all(recipe, texts)
    recipes = [one.recipe for one in resolved]
    if not keys:
        raise InputError(
            "Nothing is swept: give at least one setting several values, for example training.seed=1,2,3; "
            "`zscape run` does a single run."
        )
    _check_distinct(recipes, texts)
    settings = [
        {key: _value(recipes[i], key, text) for (key, _), text in zip(choices, values, strict=True) if key in keys}
        for i, values in enumerate(combinations)
    ]
    names = run_names(settings)
    sentences = [tuple(one.sentences()) for one in resolved]
    points = tuple(map(GridPoint, names, settings, texts, recipes, sentences))
    swept = {key: _distinct(setting[key] for setting in settings) for key in keys}
    fixed = tuple(text for text, (key, _) in zip(overrides, choices, strict=True) if key not in keys)
    return Grid(swept, fixed, points)


def split_values(text: str) -> list[str]:
    """Return the parts of a text between its commas outside brackets and quotes, without blanks around them."""
    parts, depth, quote = [""], 0, ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        else:
            depth += (letter in "[{(") - (letter in "]})")
        if letter == "," and not quote and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def run_names(settings: Sequence[dict[str, Any]]) -> list[str]:
    """Return a folder name for each run, such as beta-0.5_seed-1: letters, digits and `_.+-` only, no two the same.

    Args:
        settings: the swept settings of each run by dotted key; the same keys in all.
    """
    short = short_names(list(settings[0]))
    plain = ["_".join(f"{short[key]}-{_safe(value_text(value))}" for key, value in s.items()) for s in settings]
    return [
        name if plain.count(name) == 1 and len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}-{_digest(run)}"
        for name, run in zip(plain, settings, strict=True)
    ]


def _safe(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.+-]+", "-", text).strip("-")


def _digest(settings: dict[str, Any]) -> str:
    return hashlib.sha256(repr(sorted(settings.items())).encode()).hexdigest()[:8]


def _choices(text: str) -> tuple[str, list[str]]:
    """Return key and values; what is no setting is left whole, without a key, to be refused with the recipe."""
    key, equals, value = text.partition("=")
    return (key.strip(), split_values(value)) if equals else ("", [text])


def _problems(key: str, values: list[str]) -> list[str]:
    if len(values) == 1:
        return []
    text = f"{key}={','.join(values)}"
    if "" in values:
        return [f"{text} has an empty value: write one value before and after each comma, for example {key}=1,2."]
    twice = _distinct(value for value in values if values.count(value) > 1)
    return [f"{text} has the value {value} twice: state each value once." for value in twice]


def _stated_twice(choices: Iterable[tuple[str, list[str]]], swept: Sequence[str]) -> list[str]:
    stated = [key for key, _ in choices]
    twice = _distinct(key for key in swept if stated.count(key) > 1)
    return [f"{key} is swept and stated twice: put all its values into one setting, {key}=1,2,3." for key in twice]


def _resolve_all(recipe: str, texts: Sequence[tuple[str, ...]]) -> list[Resolved]:
    resolved: list[Resolved] = []
    problems: dict[str, None] = {}
    for overrides in texts:
        try:
            resolved.append(resolve_recipe(recipe, overrides))
        except InputError as error:
            problems.update(dict.fromkeys(problem_lines(error)))
    _raise_together(list(problems))
    return resolved


def problem_lines(error: InputError) -> list[str]:
    """Return the problems of an error, one per line of its list, or its one sentence."""
    first, *rest = str(error).split("\n  - ")
    return rest or [first]


def _raise_together(problems: Sequence[str]) -> None:
    if len(problems) == 1:
        raise InputError(problems[0])
    if problems:
        raise InputError(f"{len(problems)} problems:\n" + "\n".join(f"  - {line}" for line in problems))


def _value(recipe: Recipe, key: str, text: str) -> Any:
    """Return a swept value: the recipe's own where it is a single one, else what was written.

    The recipe turns `kernels=3` into one kernel per layer; who wrote 3 looks for 3.
    """
    value: Any = recipe.model_dump(mode="json")
    for part in key.split("."):
        value = value[part]
    if value is not None and not isinstance(value, (list, dict)):
        return value
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return text


def _check_distinct(recipes: Sequence[Recipe], texts: Sequence[tuple[str, ...]]) -> None:
    """Refuse one value in two spellings, such as 1e-3 and 0.001."""
    first: dict[str, tuple[str, ...]] = {}
    for recipe, overrides in zip(recipes, texts, strict=True):
        others = first.setdefault(recipe.model_dump_json(), overrides)
        differing = [pair for pair in zip(others, overrides, strict=True) if pair[0] != pair[1]]
        if differing:
            one, other = (", ".join(part) for part in zip(*differing, strict=True))
            raise InputError(f"{one} and {other} are the same run: state each value once.")


def _distinct(values: Iterable[Any]) -> tuple[Any, ...]:
    kept: list[Any] = []
    for value in values:
        if value not in kept:
            kept.append(value)
    return tuple(kept)
