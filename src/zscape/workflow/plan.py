"""`zscape plan`: layers, parameters and memory of a recipe, and the best linear code, before anything is trained."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from zscape.analysis.linear_baseline import LinearBaseline
from zscape.data.prepare import is_prepared, open_store
from zscape.data.readers.folder import image_names
from zscape.specs.data import DataSpec
from zscape.specs.plan import Plan, plan_recipe
from zscape.workflow.choose import Resolved, resolve_recipe
from zscape.workflow.data_study import baseline_of
from zscape.workflow.notes import note_to_stderr, skipped_sentences

_MOST_DECODED = 2_000  # image files that a plan prepares; more take minutes


@dataclass(frozen=True)
class DataPlan(Plan):
    """A plan and what the best linear code with as many numbers does; None where the images are not at hand."""

    linear_baseline: LinearBaseline | None = None


def plan(recipe: str, overrides: Sequence[str] = (), *, note: Callable[[str], None] = note_to_stderr) -> DataPlan:
    """Return what a recipe would build and need; no backend is touched.

    Where the images are at hand without a download, they are prepared (in the cache, where a training finds them) and
    the linear baseline is computed.

    Args:
        recipe: a shipped recipe's name, the path of a YAML file, or images for which a recipe is chosen.
        overrides: texts "dotted.key=value".
        note: told what was chosen and why, sentence by sentence.

    Raises:
        InputError: for anything in the recipe or its images that cannot be used.
    """
    resolved = resolve_recipe(recipe, overrides)
    for sentence in resolved.sentences():
        note(sentence)
    planned = plan_recipe(resolved.recipe)
    known = {field.name: getattr(planned, field.name) for field in fields(planned)}
    return DataPlan(**known, linear_baseline=_baseline(resolved, note))


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
