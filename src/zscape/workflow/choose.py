"""RECIPE on the command line: a recipe's name or file, or images, for which a recipe is chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zscape.core.errors import InputError
from zscape.core.names import nearest
from zscape.data.look import Look, is_images, look_at
from zscape.specs.choose import Choice, Facts, choose_data, choose_networks, choose_training, choose_weight
from zscape.specs.compose import compose_recipe, compose_values, names_recipe, stated_values
from zscape.specs.data import DataSpec
from zscape.specs.recipe import Recipe, parse_part
from zscape.specs.shipped import shipped_recipes
from zscape.workflow.source_kind import with_source


@dataclass(frozen=True)
class Resolved:
    """A recipe and how it came about.

    Attributes:
        recipe: the recipe.
        name: what its run is called below `runs/`.
        choices: what was chosen, with a sentence each; empty for a recipe that somebody wrote.
        looked: what the choice goes back to; None for a recipe that somebody wrote.
    """

    recipe: Recipe
    name: str
    choices: tuple[Choice, ...] = ()
    looked: Look | None = None

    def sentences(self) -> list[str]:
        """Return what to tell the user: what was found, then every choice and why."""
        if self.looked is None:
            return []
        looked = self.looked
        of_files = " files" if looked.counts_files else "s"
        classes = "" if looked.classes is None else f" in {looked.classes} classes"
        found = f"{looked.count:,} image{of_files}{classes} in {self.name}: a recipe is chosen, key=value changes it"
        return [found, *(f"  {choice.key}={_compact(choice.value)}: {choice.why}" for choice in self.choices)]

    def record(self) -> dict[str, Any]:
        """Return the content of chosen.json."""
        choices = [{"key": choice.key, "value": choice.value, "why": choice.why} for choice in self.choices]
        return {"images": self.name, "count": self.looked.count if self.looked else None, "choices": choices}


def resolve_recipe(recipe: str, overrides: Sequence[str] = ()) -> Resolved:
    """Return the recipe that RECIPE and key=value settings mean.

    Args:
        recipe: a shipped recipe's name, the path of a YAML file, or the path of images: a folder, a store, a .zip or
            .tar of images, or an .npy, .npz or idx file. The first that fits counts.
        overrides: texts "dotted.key=value"; they win over what is chosen, and other choices go by them. `data.source`
            may be a path too.

    Raises:
        InputError: for anything in it that cannot be used.
    """
    path, overrides = Path(recipe).expanduser(), with_source(overrides)
    if names_recipe(recipe) or not is_images(path):
        _check_kind(path)
        _check_there(recipe, path)
        return Resolved(compose_recipe(recipe, overrides), Path(recipe).stem)
    stated = stated_values(overrides)
    looked = look_at(path)
    choices = _choices(looked, path, stated)
    values: dict[str, Any] = {"data": {"source": looked.source, "path": str(path)}}
    for choice in choices:
        _put(values, choice)
    return Resolved(compose_values(values, overrides), _run_name(path), tuple(choices), looked)


def _run_name(path: Path) -> str:
    whole = path.resolve()  # "." and "photos/.." have names too
    return (whole.name if whole.is_dir() else whole.stem) or "images"


def _choices(looked: Look, path: Path, stated: dict[str, Any]) -> list[Choice]:
    facts = Facts(looked.count, looked.shapes, looked.grey, looked.opened)
    data = _kept(choose_data(facts), stated)
    spec = _data_spec(looked, path, data, stated)
    shape = spec.image_shape
    if shape is None:  # images of two or more than three channels, mixed: preparing them will say so
        return data
    count = min(looked.count, spec.limit or looked.count)
    model, training = _group(stated, "model"), _group(stated, "training")
    later = list(choose_networks(count, shape, model))
    # A weight stated in any form replaces the chosen one; an autoencoder has none.
    if "weight" not in _group(stated, "objective") and model.get("kind") != "ae":
        later.append(choose_weight(shape))
    later += choose_training(looked.training_images(spec), shape, training, looked.counts_files)
    return [*data, *_kept(later, stated)]


def _data_spec(looked: Look, path: Path, chosen: list[Choice], stated: dict[str, Any]) -> DataSpec:
    values: dict[str, Any] = {"data": {"source": looked.source, "path": str(path)}}
    for choice in chosen:
        _put(values, choice)
    given = stated.get("data", {})
    if not isinstance(given, dict):
        raise InputError(f"data: must be a group of keys; received {given!r}.")
    if "path" in given or given.get("source", looked.source) != looked.source:
        raise InputError(
            f"The images are named twice: as RECIPE ({path.name}) and as data.path or data.source; leave that out."
        )
    return parse_part(DataSpec, {**values["data"], **given})


def _kept(choices: Any, stated: dict[str, Any]) -> list[Choice]:
    """Return the choices whose keys the user has not stated."""
    return [choice for choice in choices if not _is_stated(stated, choice.key.split("."))]


def _is_stated(stated: Any, keys: list[str]) -> bool:
    for key in keys:
        if not isinstance(stated, dict):
            return True  # the group itself was given a value, wrong or not
        if key not in stated:
            return False
        stated = stated[key]
    return True


def _group(stated: dict[str, Any], name: str) -> dict[str, Any]:
    group = stated.get(name)
    return group if isinstance(group, dict) else {}


def _put(values: dict[str, Any], choice: Choice) -> None:
    *groups, last = choice.key.split(".")
    for group in groups:
        values = values.setdefault(group, {})
    values[last] = choice.value


def _check_kind(path: Path) -> None:
    """Say what to do with files that hold images but are none of the forms that are read."""
    if path.is_file() and path.suffix.lower() in (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".gif", ".tif", ".tiff"):
        raise InputError(f"{path} is a single image; give the folder of all images.")


def _check_there(recipe: str, path: Path) -> None:
    """Say that a path leads nowhere, where RECIPE looks more like a path than like a recipe's name."""
    if names_recipe(recipe):
        return
    if path.exists():
        raise InputError(
            f"{recipe} is neither a recipe (.yaml) nor images: give a recipe's name or file, a folder of images, a "
            ".zip or .tar of them, or an .npy, .npz or idx file."
        )
    recipes = shipped_recipes()
    beside = _names_beside(path)
    is_path = path.suffix != "" or recipe != path.name
    guess = nearest(path.name, beside)
    if is_path or (guess is not None and nearest(recipe, recipes) is None):
        meant = path.with_name(guess) if guess is not None else nearest(path.stem, recipes)
        raise InputError(f"There is no file or folder {recipe}{f'; did you mean {str(meant)!r}?' if meant else '.'}")


def _names_beside(path: Path) -> list[str]:
    try:
        return [entry.name for entry in path.parent.iterdir() if not entry.name.startswith(".")]
    except OSError:  # there is no such folder either, or it may not be read
        return []


def _compact(value: Any) -> str:
    return f"[{','.join(map(str, value))}]" if isinstance(value, list) else str(value).lower()
