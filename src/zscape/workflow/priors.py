"""The priors that are fitted to a run's codes: saved with the run, or fitted when they are asked for."""

import functools
from dataclasses import replace
from typing import Any

from zscape.latent.codes import Codes
from zscape.latent.priors.base import Fits
from zscape.latent.priors.fit_mixture import fit_mixture
from zscape.latent.priors.fitted_normal import FittedNormal, fit_normal
from zscape.latent.priors.mixture import Mixture
from zscape.runs.directory import RunDirectory
from zscape.workflow.run_codes import codes_of_run

_NORMAL, _MIXTURE = "fitted_normal.npz", "mixture.npz"


def save_fits(run: RunDirectory, codes: Codes) -> tuple[FittedNormal, Mixture]:
    """Fit a normal and a mixture to the codes of a run's training images, and write them into `priors/`.

    Args:
        run: the run; its seed is that of the mixture.
        codes: of all its images.
    """
    normal = fit_normal(codes.of_split("train"))
    mixture = fit_mixture(codes, seed=run.recipe.training.seed, normal=normal)
    normal.save(run.path / "priors" / _NORMAL)
    mixture.save(run.path / "priors" / _MIXTURE)
    return normal, mixture


def fits_of_run(run: RunDirectory, model: Any) -> Fits:
    """Return the ways to the priors fitted to a run's codes, as `parse_prior` takes them.

    What is saved in `priors/` is taken from there; else it is fitted to the codes in latents.npz, or, where the run was
    trained but not studied yet, to codes made now. Either way the fit is the same.

    Args:
        run: the run.
        model: its model.
    """
    seed = run.recipe.training.seed

    @functools.cache
    def codes() -> Codes:
        return codes_of_run(run, model)

    def normal(level: float | None = None) -> FittedNormal:
        saved = run.path / "priors" / _NORMAL
        fit = FittedNormal.load(saved) if saved.is_file() else fit_normal(codes().of_split("train"))
        return fit.at_level(level)

    def mixture(components: int | None = None) -> Mixture:
        saved = run.path / "priors" / _MIXTURE
        fit = Mixture.load(saved) if saved.is_file() else None
        if fit is not None and fit.chosen and components in (None, fit.components):
            return replace(fit, chosen=components is None)
        return fit_mixture(codes(), components, seed)

    return {"fitted": normal, "mixture": mixture}
