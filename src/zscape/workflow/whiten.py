"""`zscape whiten`: the same networks with other coordinates of z, in which N(0, I) lies where the codes do."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zscape.analysis.mismatch import prior_mismatch
from zscape.core.errors import InputError
from zscape.core.files import new_directory
from zscape.latent.codes import Codes
from zscape.latent.priors.fitted_normal import FittedNormal, fit_normal
from zscape.latent.whiten import Whitening, whitening
from zscape.runs.directory import RunDirectory
from zscape.specs.recipe import Recipe
from zscape.workflow.data import store_of_run
from zscape.workflow.model import open_trained
from zscape.workflow.notes import note_to_stderr
from zscape.workflow.run_codes import codes_of_run, unseen

_COMPARED = 1000  # images whose reconstructions are compared, at most
_COPIED = ("history.jsonl", "history.csv", "chosen.json")
_OWN_STAGES = ("prepare", "train")  # of provenance's seconds: the others are of the study, which is made anew
_LOG_VAR_TOLERANCE = 0.05  # a variance that is 5 % another one


@dataclass(frozen=True)
class WhitenRecord:
    """What `zscape whiten` changed, and what it left as it was.

    Attributes:
        directory: the new run.
        source: the run that was folded, its folder's name.
        t: how far, 0 (as it was) to 1.
        turned: whether the axes were turned too (AE), or coordinates only shifted and scaled (VAE).
        codes: codes of training images that the new coordinates are from.
        outliers: codes left out of them.
        mismatch_before: prior mismatch of all training images' codes, nats per dimension.
        mismatch_after: the same in the new coordinates.
        images: images never trained on whose reconstructions were compared.
        largest_pixel_change: the largest change of a pixel in them; black is 0, white 1.
        largest_log_var_change: the largest deviation of log_var from what it should be in the new coordinates, because
            the bounds are one pair for all of them; None for an AE.
    """

    directory: str
    source: str
    t: float
    turned: bool
    codes: int
    outliers: int
    mismatch_before: float
    mismatch_after: float
    images: int
    largest_pixel_change: float
    largest_log_var_change: float | None


def whiten(
    directory: Path | str,
    out: Path | str | None = None,
    *,
    t: float = 1.0,
    note: Callable[[str], None] = note_to_stderr,
) -> WhitenRecord:
    """Write a run with the same images and other coordinates of z: mean 0 and covariance I for its training codes.

    z -> S^(-1/2) (z - m) is folded into the layers next to z, with mean m and covariance S of the fitted normal (VAE:
    the diagonal of S only, because turned axes would make posteriors correlated). The new run can be evaluated,
    encoded, reported and sampled like any other; it cannot be trained further.

    Args:
        directory: a run directory.
        out: the new run directory; None for the name of the run with "-whitened".
        t: how far to go, from 0 (as it is) to 1 (white).
        note: told what is being done.

    Raises:
        InputError: for a run, an `out` or a t that cannot be used.
    """
    source = RunDirectory.open(directory)
    out = _free(source.path.with_name(f"{source.path.name}-whitened") if out is None else Path(out))
    if not 0.0 <= t <= 1.0:
        raise InputError(f"--t must be in [0, 1], from the coordinates as they are to white ones; received {t:g}.")
    run, model = open_trained(source.path)
    from zscape.inference.fold import fold

    codes = codes_of_run(run, model)
    train = codes.of_split("train")
    fitted, variational = fit_normal(train), codes.log_var is not None
    new = whitening(fitted.mean, fitted.covariance, t, diagonal=variational)
    images = _images(run, codes)
    for sentence in _white_already(run):
        note(sentence)
    note(f"Folding other coordinates into the networks of {run.path}, into {out}")
    before = model.encode(images, return_log_var=True), model.reconstruct(images)
    fold(model, new)
    after = model.encode(images, return_log_var=True), model.reconstruct(images)
    log_var_change = _log_var_change(before[0][1], after[0][1], new)
    record = WhitenRecord(
        directory=str(out),
        source=run.path.resolve().name,
        t=new.t,
        turned=not new.diagonal,
        codes=len(train),
        outliers=fitted.outliers,
        mismatch_before=prior_mismatch(*train.moments()),
        mismatch_after=prior_mismatch(*new.moments(*train.moments())),
        images=len(images),
        largest_pixel_change=float(np.abs(after[1] - before[1]).max()),
        largest_log_var_change=log_var_change,
    )
    _write(run, model, out, fitted, record)
    return record


def _free(out: Path) -> Path:
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise InputError(f"{out} exists already: choose another --out, or delete it.")
    return out


def _white_already(run: RunDirectory) -> list[str]:
    """Return, as one sentence, that a run's coordinates are changed ones already; nothing where they are its own."""
    folded = [fold["t"] for fold in run.read("provenance.json").get("folded", []) if fold["t"] > 0]
    if not folded:
        return []
    if 1.0 in folded:
        return [f"Note: {run.path} is whitened already: there is next to nothing left to change"]
    steps = ", ".join(f"--t {t:g}" for t in folded)
    return [f"Note: {run.path} is whitened in part already ({steps}): this goes on from there"]


def _images(run: RunDirectory, codes: Codes) -> np.ndarray:
    """Return what goes into the networks, for at most 1,000 images that nothing was trained on."""
    from zscape.data.corrupt import inputs_of
    from zscape.specs.base import SPLITS

    recipe = run.recipe
    split = store_of_run(run).split(SPLITS[int(unseen(codes).splits[0])])
    return inputs_of(split, slice(0, _COMPARED), recipe.task, recipe.training.seed)


def _log_var_change(before: np.ndarray | None, after: np.ndarray | None, new: Whitening) -> float | None:
    if before is None or after is None:
        return None
    change = float(np.abs(after - (before + 2.0 * new.log_scale)).max())
    if change > _LOG_VAR_TOLERANCE:
        raise InputError(
            f"This VAE's log_var comes so near to its bounds that it cannot be moved along with other coordinates: it "
            f"would be {change:.2g} off. Train it with wider model.log_var_bounds, or whiten with a smaller --t."
        )
    return change


def _write(run: RunDirectory, model: Any, out: Path, fitted: FittedNormal, record: WhitenRecord) -> None:
    from zscape.inference.storage import save_networks

    recipe = _recipe(run.recipe, model.log_var_bounds)
    provenance = run.read("provenance.json")
    folded = {"from": record.source, "t": record.t, "turned": record.turned, "codes": fitted.points}
    provenance["folded"] = [*provenance.get("folded", []), folded]
    provenance["seconds"] = {name: seconds for name, seconds in provenance["seconds"].items() if name in _OWN_STAGES}
    with new_directory(out) as aside:
        new = RunDirectory(aside)
        new.write_recipe(recipe)
        new.write("provenance.json", provenance)
        for name in _COPIED:
            if (run.path / name).is_file():
                shutil.copyfile(run.path / name, aside / name)
        epochs = run.trained_epochs
        assert epochs is not None  # `open_trained` has asked
        save_networks(model, recipe, epochs, aside)


def _recipe(recipe: Recipe, bounds: tuple[float, float]) -> Recipe:
    """Return the recipe with the bounds of log_var that the folded networks have."""
    if recipe.model.kind == "ae":
        return recipe
    model = recipe.model.model_copy(update={"log_var_bounds": bounds})
    return recipe.model_copy(update={"model": model})
