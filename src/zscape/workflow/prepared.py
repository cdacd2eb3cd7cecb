"""What `zscape prepare` found and what it left, as records."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zscape.core.errors import InputError
from zscape.core.seeds import generator
from zscape.data.prepare import open_store
from zscape.data.raw import RawImages, Shape
from zscape.data.readers.decode import header_shape
from zscape.data.readers.pack import Pack, SourceLost, Unusable
from zscape.data.resize import plan_fit
from zscape.data.store import Store
from zscape.specs.base import SPLITS
from zscape.specs.compose import compose_recipe
from zscape.specs.data import DataSpec
from zscape.specs.shipped import shipped_recipes

_FIRST = 5  # skipped files that are named
_SAMPLE = 64  # images whose size is looked at before all are prepared


@dataclass(frozen=True)
class Found:
    """What a source holds, known before any image is decoded.

    Attributes:
        source: its name.
        count: images.
        left_out: files besides these that are left out without a look inside: links that lead elsewhere, formats that
            are not read, images without a line in the list of attributes, and the like.
        origin: what they are, from where, on what terms.
        classes: number of classes, None without.
        attributes: number of attributes, None without.
        factors: number of known factors, None without.
        parts: images in each part that the source comes with; None where it has none.
        fit: the crop rule in words and numbers, as far as a seeded sample of the images tells; None where it does not.
    """

    source: str
    count: int
    left_out: int
    origin: str
    classes: int | None
    attributes: int | None
    factors: int | None
    parts: dict[str, int] | None
    fit: dict[str, Any] | None


@dataclass(frozen=True)
class Prepared:
    """A finished store.

    Attributes:
        store: its folder, as it was named.
        source: the name of the source.
        origin: what the images are, from where, on what terms.
        restricted: whether these terms forbid passing the images on.
        count: images.
        image_shape: (height, width, channels).
        splits: images by part.
        crop: the crop rule in words.
        fit: the same in numbers: rule, box of (left, top, width, height), size, filter.
        classes: number of classes, None without.
        attributes: names of the attributes, None without.
        factors: names of the known factors, None without.
        skipped: how many files were left out.
        skipped_first: name and reason of the first five.
        skipped_list: the file that lists all; None where none was left out.
        bytes: what the store takes on the disk.
        checksum: sha256, see `data.store.Store.checksum`.
        finished_before: whether it was there already and nothing was done.
        next: the command that trains on it.
    """

    store: str
    source: str
    origin: str
    restricted: bool
    count: int
    image_shape: Shape
    splits: dict[str, int]
    crop: str
    fit: dict[str, Any]
    classes: int | None
    attributes: tuple[str, ...] | None
    factors: tuple[str, ...] | None
    skipped: int
    skipped_first: tuple[tuple[str, str], ...]
    skipped_list: str | None
    bytes: int
    checksum: str
    finished_before: bool
    next: str


def found_of(raw: RawImages, spec: DataSpec) -> Found:
    """Return what a source holds.

    Args:
        raw: the source's images.
        spec: what is asked for.

    Raises:
        InputError: when its images cannot be brought to one shape as asked.
    """
    counts = None if raw.parts is None else Counter(raw.parts.tolist())
    shapes = _sample(raw)
    return Found(
        source=spec.source,
        count=len(raw),
        left_out=len(raw.skipped),
        origin=raw.origin,
        classes=_classes(raw.labels, raw.label_names),
        attributes=None if raw.attribute_names is None else len(raw.attribute_names),
        factors=None if raw.factor_names is None else len(raw.factor_names),
        parts=None if counts is None else {name: counts[code] for code, name in enumerate(SPLITS) if counts[code]},
        fit=plan_fit(shapes, spec).record() if shapes else None,
    )


def prepared_record(store: Store, finished_before: bool) -> Prepared:
    """Return what is to be said of a finished store.

    Args:
        store: the store.
        finished_before: whether nothing had to be done.
    """
    skipped = store.skipped()
    manifest = store.manifest
    return Prepared(
        store=str(store.directory),
        source=manifest["source"],
        origin=manifest["origin"],
        restricted=store.restricted,
        count=len(store),
        image_shape=store.image_shape,
        splits={name: len(store.split(name)) for name in SPLITS},
        crop=manifest["crop"],
        fit=manifest["fit"],
        classes=_classes(store.labels, store.label_names),
        attributes=store.attribute_names,
        factors=store.factor_names,
        skipped=len(skipped),
        skipped_first=skipped[:_FIRST],
        skipped_list=str(store.directory / "skipped.json") if skipped else None,
        bytes=sum(file.stat().st_size for file in store.directory.iterdir()),
        checksum=store.checksum,
        finished_before=finished_before,
        next=_next(store.directory),
    )


def _next(directory: Path) -> str:
    """Return a command that trains on a store, by a shipped recipe for such images, else by a recipe to be chosen."""
    source = Store.open(directory).manifest["source"]
    for name in shipped_recipes():
        recipe = compose_recipe(name)
        if recipe.data.source != source or recipe.task.has_target or recipe.data.image_shape is None:
            continue
        try:
            open_store(recipe.data.model_copy(update={"path": str(directory)}))
        except InputError:  # of another size, or of more or fewer images
            continue
        return f"zscape run {name} data.path={directory}"
    return f"zscape run {directory}"


def _classes(labels: np.ndarray | None, names: tuple[str, ...] | None) -> int | None:
    if labels is None:
        return None
    return len(np.unique(labels)) if names is None else len(names)


def _sample(raw: RawImages) -> list[Shape]:
    """Return the shapes of some of the images, a fixed draw; those that cannot be read are left out."""
    chosen = np.sort(generator(0, "look before preparing").permutation(len(raw))[:_SAMPLE])
    if not isinstance(raw.images, Pack):
        return raw.shapes_at(chosen)
    shapes = []
    for position in chosen:
        try:
            shapes.append(header_shape(raw.images.read(int(position))))
        except Unusable:
            continue
        except SourceLost as error:
            raise InputError(str(error)) from None
    return shapes
