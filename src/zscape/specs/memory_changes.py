"""What to change in a recipe so that its training fits into some memory."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import gcd, prod

from zscape.core.errors import InputError
from zscape.specs.byte_sizes import format_bytes
from zscape.specs.recipe import Recipe, parse_recipe

_BOTTLENECKS = (512, 384, 256, 128, 64)
_SHARES = (3 / 4, 2 / 3, 1 / 2, 1 / 3, 1 / 4)  # of the images' height and width
_LEAST_SIZE = 8  # pixels
_KINDS = ("smaller batches", "16 bits", "a bottleneck", "smaller images")

Values = dict[str, object]
Needs = Callable[[Recipe], int]
"""Bytes that a training of a recipe needs."""


@dataclass(frozen=True)
class Change:
    """A change of a recipe.

    Attributes:
        settings: texts "dotted.key=value", as the command line takes them.
        needs: bytes that the training then needs.
        fits: whether that is little enough.
        meaning: what it does besides, as a clause.
    """

    settings: tuple[str, ...]
    needs: int
    fits: bool
    meaning: str


@dataclass(frozen=True)
class MemoryFit:
    """Whether a training fits, and what to change.

    Attributes:
        memory: bytes there are.
        needs: bytes the recipe needs as it is.
        fits: whether that fits.
        changes: those that fit first, in the order of how little they change; empty where nothing must change.
        sentence: what it comes to.
    """

    memory: int
    needs: int
    fits: bool
    changes: tuple[Change, ...]
    sentence: str


def fit_into(recipe: Recipe, memory: int, needs: Needs, process: int = 0) -> MemoryFit:
    """Return whether a training fits into memory, and, where it does not, changes that help.

    One change alone is looked for first: the mildest of each kind that fits, else the strongest there is. Where none
    does, the mildest combination that fits is added.

    Args:
        recipe: with the size of its images.
        memory: bytes there are, > 0.
        needs: the prediction.
        process: what a process takes before it trains anything, bytes.
    """
    as_it_is = needs(recipe)
    if as_it_is <= memory:
        return MemoryFit(memory, as_it_is, True, (), f"It fits into {format_bytes(memory)}.")
    if process >= memory:
        sentence = (
            f"It does not fit into {format_bytes(memory)}, and nothing makes it fit: the process alone, before it "
            f"trains anything, takes {format_bytes(process)}."
        )
        return MemoryFit(memory, as_it_is, False, (), sentence)
    kinds = [list(kind(recipe)) for kind in (_batches, _precisions, _bottlenecks, _image_sizes)]
    alone = [_best([(values,) for values in kind], recipe, memory, needs) for kind in kinds]
    changes = [change for change in alone if change is not None and change.needs < as_it_is]
    if not any(change.fits for change in changes):
        together = _together(kinds[0], kinds[1:], recipe, memory, needs)
        changes += [] if together is None else [together]
    changes.sort(key=lambda change: not change.fits)
    tried = [name for name, kind in zip(_KINDS, kinds, strict=True) if kind]
    return MemoryFit(memory, as_it_is, False, tuple(changes), _sentence(as_it_is, memory, changes, tried))


def _sentence(as_it_is: int, memory: int, changes: Sequence[Change], tried: Sequence[str]) -> str:
    begin = f"It does not fit into {format_bytes(memory)}"
    if any(change.fits for change in changes):
        return f"{begin}; what would:"
    least = min([as_it_is, *(change.needs for change in changes)])
    if not tried:
        return f"{begin}. Take fewer model.filters, or more memory."
    together = " and ".join(filter(None, (", ".join(tried[:-1]), tried[-1])))
    return (
        f"{begin}, and nothing makes it fit: with {together} it still needs {format_bytes(least)}. Take fewer "
        "model.filters, or more memory."
    )


def _best(candidates: Sequence[tuple[Values, ...]], recipe: Recipe, memory: int, needs: Needs) -> Change | None:
    """Return the first candidate that fits, else the one that needs least; None where none is a recipe."""
    found: list[Change] = []
    for parts in candidates:
        values = _merged(parts)
        changed = _changed(recipe, values)
        if changed is None:
            continue
        size = needs(changed)
        found.append(Change(_settings(values), size, size <= memory, _meaning(values, recipe)))
        if size <= memory:
            return found[-1]
    return min(found, key=lambda change: change.needs, default=None)


def _together(
    batches: list[Values], others: list[list[Values]], recipe: Recipe, memory: int, needs: Needs
) -> Change | None:
    """Return the mildest combination that fits, else the one that needs least.

    Other images change more than another network does, and that more than 16 bits or smaller batches.
    """
    choices = [[(0, {}), *enumerate(kind, start=1)] for kind in others]
    least: Change | None = None
    for chosen in sorted(product(*choices), key=lambda chosen: tuple(strength for strength, _ in reversed(chosen))):
        parts = tuple(values for _, values in chosen if values)
        strongest = _best([(*batches[-1:], *parts)], recipe, memory, needs)
        if strongest is None:
            continue
        if strongest.fits:
            return _best([(values, *parts) for values in ({}, *batches)], recipe, memory, needs)
        least = strongest if least is None or strongest.needs < least.needs else least
    return least


def _batches(recipe: Recipe) -> Iterator[Values]:
    """Smaller batches; the weights change after as many of them as made up one before."""
    batch, accumulate = recipe.training.batch_size, recipe.training.accumulate
    for parts in range(2, batch + 1):
        if batch % parts == 0:
            values: Values = {"training.batch_size": batch // parts}
            if recipe.objective.kl_pathway != "tape":  # which has a training step of its own
                values["training.accumulate"] = accumulate * parts
            yield values


def _precisions(recipe: Recipe) -> Iterator[Values]:
    if recipe.training.precision == "float32" and recipe.objective.kl_pathway == "model":
        yield {"training.precision": "mixed_bfloat16"}


def _bottlenecks(recipe: Recipe) -> Iterator[Values]:
    for size in _BOTTLENECKS:
        if size < (recipe.model.bottleneck or _BOTTLENECKS[0] + 1):
            yield {"model.bottleneck": size}


def _image_sizes(recipe: Recipe) -> Iterator[Values]:
    """Smaller images of the same proportions; where the strides divide the size, they divide the smaller ones too."""
    height, width, _ = recipe.image_shape
    factor = prod(recipe.model.strides)
    whole = height % factor == width % factor == 0
    parts = gcd(height, width)
    allowed = [
        (height // parts * part, width // parts * part)
        for part in range(parts - 1, 0, -1)
        if not whole or height // parts * part % factor == width // parts * part % factor == 0
    ]
    sizes = (next((size for size in allowed if size[0] <= share * height), (0, 0)) for share in _SHARES)
    for size in dict.fromkeys(sizes):
        if min(size) >= max(_LEAST_SIZE, factor):
            yield {"data.size": size[0] if height == width else list(size)}


def _merged(parts: tuple[Values, ...]) -> Values:
    return {key: value for values in parts for key, value in values.items()}


def _changed(recipe: Recipe, values: Values) -> Recipe | None:
    """Return the recipe with these values; None where it is none."""
    plain = recipe.model_dump()
    for key, value in values.items():
        group, name = key.split(".")
        plain[group][name] = value
    try:
        return parse_recipe(plain)
    except InputError:
        return None


def _settings(values: Values) -> tuple[str, ...]:
    return tuple(f"{key}={value}".replace(" ", "") for key, value in values.items())


def _meaning(values: Values, recipe: Recipe) -> str:
    clauses = []
    if "training.accumulate" in values:
        norm = ", but batch norm sees the small ones" if recipe.model.batch_norm else ""
        clauses.append(f"the gradient of the same {recipe.training.batch_size} images{norm}")
    elif "training.batch_size" in values:
        clauses.append("smaller batches")
    if "training.precision" in values:
        clauses.append("convolutions in 16 bits")
    if "model.bottleneck" in values:
        clauses.append("another encoder, with fewer weights")
    if "data.size" in values:
        clauses.append("smaller images")
    return "; ".join(clauses)
