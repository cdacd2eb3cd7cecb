"""From the text a user writes (`--from uniform:1.5`) to a prior."""

from zscape.core.errors import InputError
from zscape.core.names import nearest
from zscape.core.registry import Registry
from zscape.latent.priors import fitted_text, normal, uniform
from zscape.latent.priors.base import Fits, Prior, PriorFamily, PriorTextError

PRIORS: Registry[PriorFamily] = Registry("prior")
"""All kinds of priors, in the order in which users are told about them."""

PRIORS.register("normal")(normal.FAMILY)
PRIORS.register("uniform")(uniform.FAMILY)
PRIORS.register("fitted")(fitted_text.FITTED)
PRIORS.register("mixture")(fitted_text.MIXTURE)


def parse_prior(text: str, z_dim: int, fits: Fits | None = None) -> Prior:
    """Return the prior that `text` names.

    Args:
        text: `normal`, `uniform:1.5`, `uniform:0:8`, `fitted`, `fitted:2sigma`, `mixture` or `mixture:10`.
        z_dim: dimensions of the latent space.
        fits: "fitted" -> gives the fitted normal, confined to the level that it is called with, if any; "mixture" ->
            gives the fitted mixture, of as many normals as it is called with, if any. None where there are no codes.

    Raises:
        InputError: when the text names no prior (the sentence has the nearest text that does, and all forms), when a
            fitted prior is asked for and there is none, or when it has another z_dim.
    """
    name, *arguments = text.strip().lower().split(":")
    if name not in PRIORS:
        raise InputError(f"Unknown prior {text!r}.{_guess(name, arguments)} {_forms()}")
    family = PRIORS.get(name)
    try:
        values = family.read(arguments)
    except PriorTextError as error:
        raise InputError(
            f"The prior {text!r} cannot be used: {error.reason}. Did you mean {error.suggestion!r}? {_forms()}"
        ) from None
    if family.build is not None:
        return family.build(values, z_dim)
    if fits is None:
        raise InputError(f"The prior {text!r} needs the codes of a trained run, and there are none here; use normal.")
    prior = fits[name](*values)
    if prior.z_dim != z_dim:
        raise InputError(f"The prior {text!r} was fitted in {prior.z_dim} dimensions; the model has {z_dim}.")
    return prior


def _guess(name: str, arguments: list[str]) -> str:
    family = nearest(name, PRIORS)
    if family is None:
        return ""
    try:
        PRIORS.get(family).read(arguments)
    except PriorTextError as error:
        return f" Did you mean {error.suggestion!r}?"
    return f" Did you mean {':'.join([family, *arguments])!r}?"


def _forms() -> str:
    forms = (f"{form} ({meaning})" for name in PRIORS for form, meaning in PRIORS.get(name).forms.items())
    return f"Forms: {', '.join(forms)}."
