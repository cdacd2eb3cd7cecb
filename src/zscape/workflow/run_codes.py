"""The codes of a run's images, and the way of points through its networks."""

from typing import Any

import numpy as np

from zscape.analysis.path_quality import RoundTrip
from zscape.core.errors import InputError
from zscape.data.corrupt import to_grey
from zscape.latent.codes import Codes
from zscape.runs.directory import RunDirectory
from zscape.specs.task import TaskSpec
from zscape.workflow.data import store_of_run
from zscape.workflow.pictures import to_bytes


def codes_of_run(run: RunDirectory, model: Any) -> Codes:
    """Return the codes of all images of a run: those in latents.npz, else its images are encoded now.

    Args:
        run: the run.
        model: its model.

    Raises:
        InputError: when latents.npz belongs to another model, or the run's images are gone.
    """
    path = run.path / "latents.npz"
    if not path.is_file():  # a run that was trained but not studied yet
        from zscape.inference.encode import encode_store

        return encode_store(model, store_of_run(run), run.recipe.task, run.recipe.training.seed)
    codes = Codes.load(path)
    if codes.z_dim != model.z_dim:
        raise InputError(
            f"{path} has codes of {codes.z_dim} dimensions, the run's networks have {model.z_dim}: "
            f"`zscape report {run.path}` after deleting it makes the codes anew."
        )
    return codes


def unseen(codes: Codes) -> Codes:
    """Return the codes of images that nothing was trained on: test, else validation, else all."""
    for name in ("test", "validation"):
        part = codes.of_split(name)
        if len(part):
            return part
    return codes


def round_trip_of(model: Any, task: TaskSpec) -> RoundTrip:
    """Return the way of points to images, back to codes and to images again.

    Images go in as they are, made grey where the run was trained to colour grey ones. Noise is not added: what comes
    out of a decoder is to be seen as it is.

    Args:
        model: a run's model.
        task: its task.
    """

    def way(z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        images = model.decode(z)
        codes = model.encode(to_grey(to_bytes(images)) if task.kind == "recolor" else images)
        return images, codes, model.decode(codes)

    return way
