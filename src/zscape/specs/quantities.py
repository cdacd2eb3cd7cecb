"""The numbers of an epoch's record that a recipe may name, and which of them a recipe's training reports."""

from dataclasses import fields

from zscape.formulas.terms import LossTerms

_BESIDE = ("sigma", "log_var_min", "log_var_max", "radius_rms")
QUANTITIES = [
    f"{part}.{name}" for part in ("train", "validation") for name in (*(f.name for f in fields(LossTerms)), *_BESIDE)
]
"""What describes the model on a set of images. Speed, rate and counts of steps stand in the history too, but say
nothing about how good a model is."""

_OF_A_VAE = ("kl", "kl_mu", "kl_log_var", "weighted_kl", "kl_share", "beta", "log_var_min", "log_var_max")


def why_not_reported(quantity: str, variational: bool, learned_sigma: bool) -> str | None:
    """Return why a training does not report a quantity, as a clause; None where it does.

    Args:
        quantity: one of `QUANTITIES`.
        variational: whether the model is a VAE.
        learned_sigma: whether the likelihood's sigma is learned.
    """
    name = quantity.rpartition(".")[2]
    if name in _OF_A_VAE and not variational:
        return f"an autoencoder has no {'log_var' if name.startswith('log_var') else 'KL'}"
    if name == "sigma" and not learned_sigma:
        return "a sigma is learned with objective.reconstruction: gaussian only"
    if name == "kl_share" and learned_sigma:
        return "with a learned sigma a loss may be below 0, of which the KL has no share"
    return None
