"""Several runs side by side, and pictures of a user's own: what each run makes of the same images."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from zscape.core.errors import InputError
from zscape.data.corrupt import corrupt_fixed
from zscape.data.draws import fixed_bits
from zscape.data.raw import shape_of
from zscape.data.readers.decode import decode_image
from zscape.data.readers.pack import Unusable
from zscape.data.resize import Fit, plan_fit
from zscape.figures.comparison import Column, draw_comparison
from zscape.formulas.quality import psnr
from zscape.runs.directory import RunDirectory
from zscape.specs.data import DataSpec
from zscape.workflow.data import store_of_run
from zscape.workflow.model import model_of, open_trained, trained_run
from zscape.workflow.pictures import to_bytes

_MOST_RUNS = 8


@dataclass(frozen=True, eq=False)
class _Shown:
    """What one run makes of its images: uint8 images, and the PSNR of each against the original."""

    name: str
    originals: np.ndarray
    inputs: np.ndarray | None
    outputs: np.ndarray
    decibel: np.ndarray


def compare_own(
    directories: Sequence[Path | str], images: Sequence[Path | str], note: Callable[[str], None]
) -> Image.Image:
    """Return pictures of the user's own beside what each run makes of them.

    Every picture is brought to each run's size and channels as the run's images were: upright, cropped by the run's
    rule, resized with a Lanczos filter. Where it does not have the pixels of that rule, the largest centred rectangle
    of the run's proportions is taken.

    Args:
        directories: runs.
        images: image files.
        note: told what was done to them.

    Raises:
        InputError: for a run or a file that cannot be used.
    """
    pictures = [_read(Path(path).expanduser()) for path in images]
    names = [Path(path).name for path in images]
    shown = []
    for name, directory in zip(_names(directories), directories, strict=True):
        run, model = open_trained(directory)
        fitted, changes = _fitted(run, pictures)
        for sentence in changes_sentences(names, changes, name, run.recipe.image_shape):
            note(sentence)
        shown.append(_shown(name, run, model, fitted, "test", np.arange(len(fitted))))
    return _drawn(shown, names, "")


def compare_runs(
    directories: Sequence[Path | str], n: int, split: str, data: Path | str | None, note: Callable[[str], None]
) -> Image.Image:
    """Return images of a split beside what several runs make of them, or, where they differ, each run's own.

    Args:
        directories: at least 2 runs.
        n: number of images; fewer, where a run has fewer.
        split: "train", "validation" or "test".
        data: other images for all of them, as in `reconstruct`.
        note: told which files were left out, and what was done to images of another size.

    Raises:
        InputError: for a run or images that cannot be used.
    """
    opened = []
    for directory in directories:
        run = trained_run(directory)
        part = store_of_run(run, data, note).split(split)
        if not len(part):
            raise InputError(f"The split {split!r} of the images of {directory} is empty; choose another with --split.")
        opened.append((run, part))
    count = min(n, *(len(part) for _, part in opened))
    shown, sums = [], set()
    for name, (run, part) in zip(_names(directories), opened, strict=True):
        positions = part.shown_positions(count)
        sums.add(part.store.checksum)
        shown.append(_shown(name, run, model_of(run), part.images(positions), part.name, part.ids[positions]))
    apart = ""
    if len(sums) > 1 and data is None:
        apart = "The runs have different images, so each is shown with its own."
    return _drawn(shown, (), apart)


def changes_sentences(
    names: Sequence[str], changes: Sequence[tuple[str, ...]], run: str, shape: tuple[int, int, int]
) -> list[str]:
    """Return what was done to pictures to make them fit a run, one sentence for all that were changed alike.

    Args:
        names: the pictures' names.
        changes: what was done to each, in a few words each.
        run: the run's name.
        shape: its images' height, width and channels.
    """
    sentences = []
    for change in dict.fromkeys(changes):
        alike = [name for name, own in zip(names, changes, strict=True) if own == change]
        if change:
            verb = "are" if len(alike) > 1 else "is"
            size = "x".join(map(str, shape))
            sentences.append(f"{', '.join(alike)} {verb} made to fit {run} ({size}): {', '.join(change)}")
    return sentences


def _read(path: Path) -> np.ndarray:
    if path.is_dir():
        raise InputError(f"{path} is a folder; --images takes image files, and --data a folder of them.")
    if not path.exists():
        raise InputError(f"There is no file {path}.")
    try:
        return decode_image(path)
    except Unusable as error:
        raise InputError(f"{path} cannot be used: {error.reason}.") from None


def _fitted(run: RunDirectory, pictures: Sequence[np.ndarray]) -> tuple[np.ndarray, list[tuple[str, ...]]]:
    fits = [_fit_of(run, picture) for picture in pictures]
    images = np.stack([fit(picture) for fit, picture in zip(fits, pictures, strict=True)])
    if run.recipe.data.binarize != "none":  # black and white where the run's images were, by a fixed draw
        images = fixed_bits(images, "folder")
    return images, [fit.changes for fit in fits]


def _fit_of(run: RunDirectory, picture: np.ndarray) -> Fit:
    """Return how a picture is made to fit a run: cropped as the run's images were, where it has such pixels."""
    height, width, channels = run.recipe.image_shape
    like_centre = DataSpec(source="folder", size=(height, width), channels=channels)
    try:
        like_run = DataSpec(**{**like_centre.model_dump(), "crop": run.recipe.data.crop_rule})
        return plan_fit([shape_of(picture)], like_run)
    except (InputError, ValueError):  # ValueError: the rule belongs to a store of another size
        return plan_fit([shape_of(picture)], like_centre)


def _shown(name: str, run: RunDirectory, model: Any, images: np.ndarray, split: str, ids: np.ndarray) -> _Shown:
    task, seed = run.recipe.task, run.recipe.training.seed
    inputs = corrupt_fixed(images, task, seed, split, ids)
    outputs = model.reconstruct(inputs)
    decibel = psnr(images / 255.0, outputs)
    return _Shown(name, images, inputs if task.has_target else None, to_bytes(outputs), decibel)


def _drawn(shown: Sequence[_Shown], names: Sequence[str], apart: str) -> Image.Image:
    columns: list[Column] = []
    last: np.ndarray | None = None
    shapes = {one.originals.shape for one in shown}
    for one in shown:
        if last is None or not np.array_equal(last, one.originals):
            size = f"\n{one.originals.shape[1]}x{one.originals.shape[2]}" if len(shapes) > 1 else ""
            columns.append(Column(f"original{size}", one.originals))
        last = one.originals
        if one.inputs is not None:
            columns.append(Column(f"input of\n{one.name}", one.inputs))
        columns.append(Column(one.name, one.outputs, tuple(f"{value:.1f} dB" for value in one.decibel)))
    return draw_comparison(columns, names, " ".join(sentence for sentence in (_means(shown), apart) if sentence))


def _means(shown: Sequence[_Shown]) -> str:
    count = len(shown[0].originals)
    if count == 1:
        return ""  # it stands below each image
    means = ", ".join(f"{one.name} {one.decibel.mean():.1f} dB" for one in shown)
    same_size = len({one.originals.shape for one in shown}) == 1
    sizes = "" if same_size else " At different sizes these do not compare: judge by eye."
    return f"PSNR of what comes out against the original, mean over {count} images: {means}.{sizes}"


def _names(directories: Sequence[Path | str]) -> list[str]:
    """Return the runs' names, with the folder above where two are called alike; check that they are not too many."""
    if len(directories) > _MOST_RUNS:
        raise InputError(f"Up to {_MOST_RUNS} runs fit side by side, received {len(directories)}.")
    paths = [Path(directory).resolve() for directory in directories]
    short = [path.name for path in paths]
    return [path.name if short.count(path.name) == 1 else f"{path.parent.name}/{path.name}" for path in paths]
