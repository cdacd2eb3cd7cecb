"""`zscape evaluate`: the numbers of a split, the same bytes every time."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from zscape.core.errors import InputError
from zscape.data.store import Split
from zscape.workflow.data import store_of_run
from zscape.workflow.metrics import split_metrics
from zscape.workflow.model import model_of, trained_run
from zscape.workflow.notes import note_to_stderr


def evaluate(
    directory: Path | str,
    *,
    split: str = "test",
    data: Path | str | None = None,
    note: Callable[[str], None] = note_to_stderr,
) -> dict[str, Any]:
    """Evaluate a trained run on a split of its images, or of others.

    With a task, each image goes in with its one fixed draw of what the task does to it; loss and PSNR are those of
    what comes out against the image itself, and `psnr_input` is the PSNR of what went in.

    Args:
        directory: a run directory.
        split: "train", "validation" or "test".
        data: other images: a store, a folder of images, or an .npy, .npz or idx file. All are test images, but for
            those that come with a part of their own.
        note: told which of their files were left out, and what was done to images of another size.

    Returns:
        {"split", "loss", "reconstruction", "kl", ..., "articles": {...}}, as in metrics.json; no times.

    Raises:
        InputError: for a run, split or images that cannot be used.
    """
    run = trained_run(directory)
    images = store_of_run(run, data, note).split(split)
    _check_not_empty(images)
    model = model_of(run)
    from zscape.inference.encode import encode_split

    codes = encode_split(model, images, run.recipe.task, run.recipe.training.seed)
    return {"split": split, **split_metrics(run, model, images, codes)}


def _check_not_empty(split: Split) -> None:
    if not len(split):
        raise InputError(f"The split {split.name!r} of these images is empty; choose another with --split.")
