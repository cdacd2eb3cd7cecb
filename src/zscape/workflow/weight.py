"""`zscape weight`: one KL weight in every form."""

from typing import Any

from zscape.core.records import to_plain
from zscape.specs.objective import ObjectiveSpec
from zscape.specs.recipe import parse_part


def weight(
    *,
    image: tuple[int, int, int],
    z_dim: int,
    reconstruction: str = "bce",
    beta: float | None = None,
    fact: float | None = None,
    convention: str | None = None,
    sigma: float | None = None,
) -> dict[str, Any]:
    """Return a KL weight in every form that exists for the likelihood.

    Args:
        image: (height, width, channels).
        z_dim: dimensions of the latent space.
        reconstruction: "bce", "mse" or "gaussian".
        beta: the weight as beta; or
        fact: as the articles' factor (not for gaussian), with
        convention: "tape" or "mean"; or
        sigma: as the decoder's standard deviation (mse only).

    Returns:
        {"reconstruction", "beta", "sigma", "fact_tape", "fact_mean"}: each form alone states the same weight; sigma is
        None for bce. For mse, beta is that of sigma = 1 and sigma that of beta = 1. For gaussian, which learns its
        sigma, there is only beta.

    Raises:
        InputError: when not exactly one form is given, or a number is out of range.
    """
    stated = {"beta": beta, "fact": fact, "convention": convention, "sigma": sigma}
    objective = parse_part(ObjectiveSpec, {"reconstruction": reconstruction, "weight": stated})
    return {"reconstruction": reconstruction, **to_plain(objective.weight_forms(image, z_dim))}
