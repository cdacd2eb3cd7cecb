"""What a run's images are: a sheet to look at, near-duplicates, and the best linear code to compare with."""

from typing import Any

import numpy as np
from PIL import Image

from zscape.analysis.linear_baseline import LinearBaseline, linear_baseline
from zscape.analysis.near_duplicates import NearDuplicates, near_duplicates
from zscape.core.files import write_bytes
from zscape.core.records import to_plain
from zscape.core.seeds import generator
from zscape.data.draws import fixed_bits
from zscape.data.store import Store
from zscape.figures.canvas import png
from zscape.figures.contact_sheet import draw_classes, draw_crowd
from zscape.runs.directory import RunDirectory
from zscape.specs.base import SPLITS
from zscape.specs.recipe import Recipe

_PER_CLASS = 8
_MOST_CLASSES = 30
_WITHOUT_CLASSES = 100
_MOST_PAIRS = 200  # listed in data.json; all are counted


def study_data(run: RunDirectory, store: Store) -> None:
    """Write data.json and figures/contact_sheet.png of a run.

    Args:
        run: the run.
        store: its images.
    """
    write_bytes(run.path / "figures" / "contact_sheet.png", png(contact_sheet(store)))
    run.write("data.json", data_record(store, run.recipe))


def data_record(store: Store, recipe: Recipe) -> dict[str, Any]:
    """Return the content of data.json: counts, what was skipped, near-duplicates, the best linear code."""
    return {
        "count": len(store),
        "splits": {name: len(store.split(name)) for name in SPLITS},
        "image_shape": list(store.image_shape),
        "skipped": [list(entry) for entry in store.skipped()],
        "near_duplicates": _plain_pairs(near_duplicates(store), store),
        "linear_baseline": to_plain(baseline_of(store, recipe)),
    }


def baseline_of(store: Store, recipe: Recipe) -> LinearBaseline:
    """Return the best linear code with as many numbers as the recipe's z_dim."""
    sigma = recipe.objective.beta_and_sigma(store.image_shape, recipe.model.z_dim)[1]
    return linear_baseline(store, recipe.model.z_dim, recipe.objective.reconstruction, sigma)


def contact_sheet(store: Store) -> Image.Image:
    """Return eight images of each class beside its name, or a hundred where there are no classes; a fixed draw."""
    if store.labels is None:
        shown = _some(np.arange(len(store)), _WITHOUT_CLASSES)
        return draw_crowd(_pixels(store, shown), _note(len(shown), len(store), ""))
    classes = np.unique(store.labels)
    names = store.label_names
    shown = {int(label): _some(np.flatnonzero(store.labels == label), _PER_CLASS) for label in classes[:_MOST_CLASSES]}
    groups = [(str(label) if names is None else names[label], _pixels(store, ids)) for label, ids in shown.items()]
    more = f", the first {_MOST_CLASSES} of {len(classes)} classes" if len(classes) > _MOST_CLASSES else ""
    return draw_classes(groups, _note(sum(map(len, shown.values())), len(store), more))


def _note(shown: int, count: int, more: str) -> str:
    return f"{shown:,} of {count:,} images{more}" if shown < count else ""


def _some(positions: np.ndarray, number: int) -> np.ndarray:
    if len(positions) <= number:
        return positions
    return np.sort(generator(0, "contact sheet").choice(positions, number, replace=False))


def _pixels(store: Store, ids: np.ndarray) -> np.ndarray:
    images = np.asarray(store.images[ids])
    images = fixed_bits(images, str(store.manifest.get("source"))) if store.binarized else images
    # Two channels are grey and transparency, four colour and transparency; the last is not drawn.
    return images if images.shape[-1] in (1, 3) else images[..., : images.shape[-1] - 1]


def _plain_pairs(found: NearDuplicates, store: Store) -> dict[str, Any]:
    names = store.names() if len(found) else None

    def image(position: int) -> dict[str, Any]:
        name = None if names is None else names[position]
        return {"id": position, "name": name, "split": SPLITS[store.splits[position]]}

    crossing = store.splits[found.pairs[:, 0]] != store.splits[found.pairs[:, 1]]
    listed = np.argsort(~crossing, kind="stable")[:_MOST_PAIRS]  # those that cross splits do harm: they come first
    pairs = [
        {"a": image(int(a)), "b": image(int(b)), "difference": round(float(found.differences[i]), 3)}
        for i, (a, b) in zip(listed, found.pairs[listed], strict=True)
    ]
    return {"pairs": pairs, "count": len(found), "across_splits": found.across_splits, "rule": found.rule}
