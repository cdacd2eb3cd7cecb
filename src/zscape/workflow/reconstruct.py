"""`zscape reconstruct`: originals and their reconstructions; several runs, and a user's own pictures, side by side."""

from collections.abc import Callable, Sequence
from pathlib import Path

from zscape.core.errors import InputError
from zscape.figures.grid import stacks_grid
from zscape.workflow.data import store_of_run
from zscape.workflow.model import model_of, trained_run
from zscape.workflow.notes import note_to_stderr
from zscape.workflow.pictures import checked_png, shown_rows, write_png

_ONE_RUN, _SEVERAL_RUNS = 20, 6  # images, when nothing else is asked for


def reconstruct(
    directory: Path | str | Sequence[Path | str],
    out: Path | str,
    *,
    n: int | None = None,
    columns: int = 10,
    split: str = "test",
    data: Path | str | None = None,
    images: Sequence[Path | str] = (),
    note: Callable[[str], None] = note_to_stderr,
) -> Path:
    """Write a picture of originals and their reconstructions at the mean of the posterior.

    One run: each original above its reconstruction; a run with a task shows three rows: what goes in, made of the
    original as in `evaluate`, the original, what comes out. Several runs, or pictures of your own: a row per image, a
    column per run, the PSNR below each.

    Args:
        directory: a run directory, or several.
        out: the .png file to write.
        n: number of images, a fixed draw of the split; None: 20, with several runs 6.
        columns: images per row; for one run.
        split: "train", "validation" or "test".
        data: other images: a store, a folder of images, or an .npy, .npz or idx file. All are test images, but for
            those that come with a part of their own.
        images: image files of your own, brought to each run's size as the images of a folder are; instead of all of
            the above.
        note: told which files were left out, and what was done to images of another size.

    Raises:
        InputError: for a run, images, number or file name that cannot be used.
    """
    directories = [directory] if isinstance(directory, (str, Path)) else list(directory)
    if not directories:
        raise InputError("Name at least one run directory.")
    own = [images] if isinstance(images, (str, Path)) else list(images)
    several = len(directories) > 1
    count = n if n is not None else _SEVERAL_RUNS if several else _ONE_RUN
    out = checked_png(out, count)
    if own:
        _check_alone(n, data)
        from zscape.workflow.compare import compare_own

        return write_png(out, compare_own(directories, own, note))
    if several:
        from zscape.workflow.compare import compare_runs

        return write_png(out, compare_runs(directories, count, split, data, note))
    run = trained_run(directories[0])
    part = store_of_run(run, data, note).split(split)
    if not len(part):
        raise InputError(f"The split {split!r} of these images is empty; choose another with --split.")
    return write_png(out, stacks_grid(list(shown_rows(model_of(run), run.recipe, part, count).values()), columns))


def _check_alone(n: int | None, data: Path | str | None) -> None:
    given = [name for name, value in (("-n", n), ("--data", data)) if value is not None]
    if given:
        raise InputError(f"--images shows the files that it names: leave {' and '.join(given)} out.")
