"""`zscape reconstruct`: originals above their reconstructions; with a task what goes in above both."""

from collections.abc import Callable
from pathlib import Path

from zscape.core.errors import InputError
from zscape.figures.grid import stacks_grid
from zscape.workflow.data import store_of_run
from zscape.workflow.model import open_trained
from zscape.workflow.notes import note_to_stderr
from zscape.workflow.pictures import checked_png, shown_rows, write_png


def reconstruct(
    directory: Path | str,
    out: Path | str,
    *,
    n: int = 20,
    columns: int = 10,
    split: str = "test",
    data: Path | str | None = None,
    note: Callable[[str], None] = note_to_stderr,
) -> Path:
    """Write a picture of originals, each above its reconstruction at the mean of its posterior.

    A run with a task shows three rows: what goes in, made of the original as in `evaluate`, the original, what comes
    out.

    Args:
        directory: a run directory.
        out: the .png file to write.
        n: number of images, a fixed draw of the split.
        columns: images per row.
        split: "train", "validation" or "test".
        data: other images: a store, a folder of images, or an .npy, .npz or idx file. All are test images, but for
            those that come with a part of their own.
        note: told which of their files were left out, and what was done to images of another size.

    Raises:
        InputError: for a run, images, number or file name that cannot be used.
    """
    out = checked_png(out, n)
    run, model = open_trained(directory)
    images = store_of_run(run, data, note).split(split)
    if not len(images):
        raise InputError(f"The split {split!r} of these images is empty; choose another with --split.")
    return write_png(out, stacks_grid(list(shown_rows(model, run.recipe, images, n).values()), columns))
