"""`zscape reconstruct`: originals above their reconstructions."""

from collections.abc import Callable
from pathlib import Path

from zscape.core.errors import InputError
from zscape.figures.grid import pairs_grid
from zscape.workflow.data import store_of_run
from zscape.workflow.model import open_trained
from zscape.workflow.notes import note_to_stderr
from zscape.workflow.pictures import checked_png, to_bytes, write_png


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
    originals = store_of_run(run, data, note).split(split).shown(n)
    if not len(originals):
        raise InputError(f"The split {split!r} of these images is empty; choose another with --split.")
    return write_png(out, pairs_grid(originals, to_bytes(model.reconstruct(originals)), columns))
