"""`zscape encode`: the codes of all images."""

from collections.abc import Callable
from pathlib import Path

from zscape.core.errors import InputError
from zscape.latent.codes import Codes
from zscape.workflow.data import store_of_run
from zscape.workflow.model import model_of, trained_run
from zscape.workflow.notes import note_to_stderr


def encode(
    directory: Path | str,
    out: Path | str,
    *,
    data: Path | str | None = None,
    note: Callable[[str], None] = note_to_stderr,
) -> Codes:
    """Encode all images of a run, or others, and write the codes with all that is known of the images as .npz.

    With a task, codes are those of what goes in, as in `evaluate`.

    Args:
        directory: a run directory.
        out: the .npz file to write.
        data: other images: a store, a folder of images, or an .npy, .npz or idx file; one image is enough.
        note: told which of their files were left out, and what was done to images of another size.

    Returns:
        The codes written.

    Raises:
        InputError: for a run, images or a file name that cannot be used.
    """
    out = Path(out)
    if out.suffix != ".npz":
        raise InputError(f"--out must be an .npz file; received {out}.")
    run = trained_run(directory)
    store = store_of_run(run, data, note)
    model = model_of(run)
    from zscape.inference.encode import encode_store

    codes = encode_store(model, store, run.recipe.task, run.recipe.training.seed)
    codes.save(out)
    return codes
