"""Pydantic's validation errors in words, all of them together."""

import types
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from zscape.core.names import nearest

_SENTENCES = {
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
    "too_short": "must have at least {min_length} entry",
    "finite_number": "must be a finite number",
}
_TYPES = {
    "int": "must be a whole number",
    "float": "must be a number",
    "bool": "must be true or false",
    "string": "must be text",
    "tuple": "must be a list",
    "model": "must be a group of keys",
}


def describe_problems(error: ValidationError, model: type[BaseModel]) -> str:
    """Return one line per problem: the dotted key, what it must be, what was received.

    Args:
        error: as raised by `model.model_validate`.
        model: the model; its keys are the candidates for "did you mean".
    """
    keys = dotted_keys(model)
    problems: dict[str, list[str]] = {}
    for entry in error.errors():
        key, sentence = _describe(entry, keys)
        sentences = problems.setdefault(key, [])
        if sentence not in sentences:
            sentences.append(sentence)
    lines = [_line(key, sentences) for key, sentences in problems.items()]
    return lines[0] if len(lines) == 1 else f"{len(lines)} problems:\n" + "\n".join(f"  - {line}" for line in lines)


def dotted_keys(model: type[BaseModel], prefix: str = "") -> list[str]:
    """Return every key of a recipe by its dotted name, groups included, in order."""
    keys = []
    for name, field in model.model_fields.items():
        keys.append(prefix + name)
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            keys.extend(dotted_keys(inner, f"{prefix}{name}."))
    return keys


def union_members(annotation: Any) -> tuple[Any, ...]:
    """Return the members of `A | B`, or the annotation itself."""
    return get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)


def _describe(entry: Any, keys: list[str]) -> tuple[str, str]:
    key, position = _key_and_position(entry["loc"], keys)
    if entry["type"] == "extra_forbidden":
        return _unknown(entry, keys)
    if entry["type"] == "value_error":
        return key, str(entry["ctx"]["error"])
    sentence = _SENTENCES.get(entry["type"]) or _TYPES.get(entry["type"].split("_")[0])
    sentence = sentence.format(**entry.get("ctx", {})) if sentence else entry["msg"]
    where = f" (entry {position + 1})" if position is not None else ""
    return key, f"{sentence}{where}; received {entry['input']!r}"


def _unknown(entry: Any, keys: list[str]) -> tuple[str, str]:
    name = ".".join(str(part) for part in entry["loc"])
    # A key given without its group, or in the wrong one, is found by its last part; the least nested is meant.
    same_last_part = [key for key in keys if key.rsplit(".", 1)[-1] == str(entry["loc"][-1])]
    guess = min(same_last_part, key=lambda key: key.count(".")) if same_last_part else nearest(name, keys)
    return name, f"there is no such key; did you mean {guess!r}?" if guess else "there is no such key"


def _key_and_position(location: tuple[Any, ...], keys: list[str]) -> tuple[str, int | None]:
    """Split pydantic's location into the recipe's key and the position in a list; drop the names of union members."""
    known, position = [], None
    for part in location:
        if isinstance(part, int):
            position = part
        elif ".".join([*known, part]) in keys:
            known.append(part)
    return ".".join(known), position


def _line(key: str, sentences: list[str]) -> str:
    # The members of a union report one by one: join them, keep what was received once. Entries of a list were each
    # given a value of their own.
    parts = [sentence.partition("; received ") for sentence in sentences]
    received = list(dict.fromkeys(value for _, _, value in parts if value))
    if len(received) > 1:
        text = (", and " if all(" (entry " in sentence for sentence in sentences) else ", or ").join(sentences)
    else:
        text = " or ".join(dict.fromkeys(words for words, _, _ in parts))
        text += f"; received {received[0]}" if received else ""
    text += "" if text.endswith(("?", ".")) else "."
    return f"{key}: {text}" if key else text
