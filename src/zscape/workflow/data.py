"""The images that a verb works on."""

from collections.abc import Callable
from pathlib import Path

from zscape.core.errors import InputError
from zscape.data.prepare import open_store
from zscape.data.readers.folder import is_archive
from zscape.data.store import Store, is_store
from zscape.runs.directory import RunDirectory
from zscape.specs.data import DataSpec
from zscape.specs.recipe import Recipe
from zscape.workflow.notes import changes_sentences, note_to_stderr, skipped_sentences
from zscape.workflow.source_kind import layout_of


def with_absolute_path(recipe: Recipe) -> Recipe:
    """Return the recipe with `data.path` absolute, so that its run can be used from any working directory."""
    if recipe.data.path is None:
        return recipe
    path = str(Path(recipe.data.path).expanduser().resolve())
    return recipe.model_copy(update={"data": recipe.data.model_copy(update={"path": path})})


def store_of_run(
    run: RunDirectory, data: Path | str | None = None, note: Callable[[str], None] = note_to_stderr
) -> Store:
    """Return the images of a run, or others to use with its model.

    Args:
        run: the run.
        data: a store, a folder, .zip or .tar of images, or an .npy, .npz or idx file to use instead of the run's own
            images. Nothing is trained on these: all are test images but for those that come with a part of their own.
            Images of the run's own kind are cropped as these were.
        note: told which of the other files were left out, and what was done to images of another size.

    Raises:
        InputError: when they cannot be read or do not have the size that the model was trained on.
    """
    if data is None:
        return open_store(run.recipe.data)
    path = Path(data).expanduser()
    if not path.exists():
        raise InputError(f"There is no file or folder {data}.")
    store = open_store(_spec_like(run.recipe, path), for_training=False)
    if is_store(path):  # prepared by the user, who was told then
        return store
    for sentence in (*skipped_sentences(store.skipped()), *changes_sentences(store, path.name)):
        note(sentence)
    return store


def _spec_like(recipe: Recipe, path: Path) -> DataSpec:
    """Return what makes other images fit for the networks of a run."""
    height, width, channels = recipe.image_shape
    images = path.is_dir() or is_archive(path)
    source = "array" if not images else "folder" if is_store(path) else layout_of(path)
    crop = recipe.data.crop if source == recipe.data.source else None
    if crop is None and source not in ("array", "folder") and height != width:
        crop = "center"  # the square that is cut out of aligned faces would be stretched
    return DataSpec(
        source=source,
        path=str(path.resolve()),
        size=(height, width),
        channels=channels,
        crop=crop,
        # Black and white where the run's images were, by the fixed draw: nothing is trained on these.
        binarize="none" if recipe.data.binarize == "none" else "static",
    )
