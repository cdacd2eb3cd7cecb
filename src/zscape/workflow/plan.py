"""`zscape plan`: layers, parameters and memory of a recipe, and the best linear code, before anything is trained."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from zscape.analysis.linear_baseline import LinearBaseline
from zscape.core.backend import choose_backend
from zscape.core.cards import read_cards
from zscape.core.errors import InputError
from zscape.core.hardware import read_machine
from zscape.core.precision import choose_precision
from zscape.data.prepare import is_prepared, open_store
from zscape.data.readers.folder import image_names
from zscape.specs.byte_sizes import parse_bytes
from zscape.specs.data import DataSpec
from zscape.specs.memory_changes import MemoryFit, fit_into
from zscape.specs.memory_estimate import estimate_memory
from zscape.specs.plan import Plan, plan_recipe
from zscape.specs.recipe import Recipe
from zscape.workflow.choose import Resolved, resolve_recipe
from zscape.workflow.data_study import baseline_of
from zscape.workflow.notes import note_to_stderr, skipped_sentences

_MOST_DECODED = 2_000  # image files that a plan prepares; more take minutes


@dataclass(frozen=True)
class DataPlan(Plan):
    """A plan with what goes beyond the recipe itself.

    Attributes:
        linear_baseline: what the best linear code with as many numbers does; None where the images are not at hand.
        memory_fit: whether training fits into the memory stated, and what to change; None where none is stated.
    """

    linear_baseline: LinearBaseline | None = None
    memory_fit: MemoryFit | None = None


def plan(
    recipe: str,
    overrides: Sequence[str] = (),
    *,
    memory: str | None = None,
    note: Callable[[str], None] = note_to_stderr,
) -> DataPlan:
    """Return what a recipe would build and need; no backend is touched.

    Where the images are at hand without a download, they are prepared (in the cache, where a training finds them) and
    the linear baseline is computed.

    Args:
        recipe: a shipped recipe's name, the path of a YAML file, or images for which a recipe is chosen.
        overrides: texts "dotted.key=value".
        memory: how much memory there is, such as "2GiB"; then the plan says whether training fits, and what would.
        note: told what was chosen and why, sentence by sentence.

    Raises:
        InputError: for anything in the recipe or its images that cannot be used, and an amount of memory that is none.
    """
    there = None if memory is None else _parsed(memory)
    resolved = resolve_recipe(recipe, overrides)
    for sentence in resolved.sentences():
        note(sentence)
    backend, on_card = _backend(resolved.recipe), _on_card(resolved.recipe)
    planned = plan_recipe(resolved.recipe, backend, _precision(resolved.recipe, backend), on_card)
    known = {field.name: getattr(planned, field.name) for field in fields(planned)}

    def needs(changed: Recipe) -> int:
        return estimate_memory(changed, backend, _precision(changed, backend), on_card).needs

    fit = None if there is None else fit_into(resolved.recipe, there, needs, planned.memory.process)
    return DataPlan(**known, linear_baseline=_baseline(resolved, note), memory_fit=fit)


def _parsed(memory: str) -> int:
    try:
        return parse_bytes(memory)
    except ValueError as error:
        raise InputError(f"memory {error}.") from None


def _backend(recipe: Recipe) -> str:
    """Return the backend that would train here; where none is installed, a plan is made for TensorFlow."""
    if recipe.training.backend != "auto":
        return recipe.training.backend
    try:
        return choose_backend("auto")
    except (InputError, ImportError):
        return "tensorflow"


def _precision(recipe: Recipe, backend: str) -> str:
    asked = recipe.training.precision
    # What "auto" becomes on a card is known once the backend runs: float32 needs most.
    return choose_precision(asked, backend, read_machine())[0] if asked == "auto" else asked


def _on_card(recipe: Recipe) -> bool:
    """Whether it would be trained on a card: where one is asked for, or there is one and nothing is asked."""
    device = recipe.training.device
    return bool(read_cards().nvidia) if device == "auto" else device != "cpu"


def _baseline(resolved: Resolved, note: Callable[[str], None]) -> LinearBaseline | None:
    recipe = resolved.recipe
    store = open_store(recipe.data) if _at_hand(recipe.data) else None
    seen = resolved.looked.skipped if resolved.looked else ()
    for sentence in skipped_sentences(store.skipped() if store else seen):
        note(sentence)
    return baseline_of(store, recipe) if store else None


def _at_hand(spec: DataSpec) -> bool:
    if spec.source == "digits" or is_prepared(spec):
        return True
    path = Path(spec.path).expanduser() if spec.path is not None else None
    if path is None or not path.exists():
        return False
    return spec.source not in ("folder", "celeba") or len(image_names(path)) <= _MOST_DECODED
