"""What a run says about its KL weight, and whether its codes tell anything."""

from collections.abc import Mapping
from typing import Any

from zscape.formulas.weight import WeightForms, weight_forms
from zscape.reporting.numbers import NONE, number
from zscape.specs.objective import ObjectiveSpec

Shape = tuple[int, int, int]


def forms_sentence(objective: ObjectiveSpec, image_shape: Shape, z_dim: int, sigma: float | None) -> str:
    """Return the weight in every form that exists for the likelihood.

    Args:
        objective: the recipe's.
        image_shape: (height, width, channels).
        z_dim: dimensions of the latent space.
        sigma: what training came to, where sigma is learned; None where that is not known.
    """
    forms, likelihood = objective.weight_forms(image_shape, z_dim), objective.likelihood
    if likelihood.sigma == "learned":
        text = f"The KL weight is beta {number(forms.beta)}; sigma is learned"
        if sigma is None:
            return f"{text}."
        same = weight_forms(forms.beta * sigma**2, "mse", image_shape, z_dim)
        return f"{text} and came to {number(sigma)}: the weight that mse has with {_listed(same)}."
    of_sigma = f"sigma {NONE} ({likelihood.no_sigma.replace(' no sigma', ' none')})" if forms.sigma is None else None
    return f"The KL weight in every form, each stating the same: {_listed(forms, of_sigma)}."


def _listed(forms: WeightForms, of_sigma: str | None = None) -> str:
    beta = f"beta {number(forms.beta)}"
    parts = [beta, of_sigma] if of_sigma else [f"{beta} (at sigma 1)", f"sigma {number(forms.sigma)} (at beta 1)"]
    parts += [f"fact {number(forms.fact_tape)} (tape convention)", f"fact {number(forms.fact_mean)} (mean convention)"]
    return ", ".join(parts)


def share_sentence(numbers: Mapping[str, Any], z_dim: int) -> str:
    """Say what part the KL has in the loss, and why that judges nothing.

    Args:
        numbers: of one split, as in metrics.json.
        z_dim: dimensions of the latent space.
    """
    share, unweighted = numbers["kl_share"], f"{number(numbers['kl'] / z_dim)} nats per dimension"
    judged = f"by the prior mismatch, {number(numbers['prior_mismatch'])} nats per dimension"
    if share is None:
        return (
            "The weighted KL has no share in the loss, whose reconstruction is below 0; unweighted it is "
            f"{unweighted}. zscape judges random points {judged}."
        )
    return (
        f"The weighted KL is {100 * share:.3g} % of the loss; unweighted it is {unweighted}. A rule of thumb of the "
        f"articles that zscape goes back to wants a share above 3 % (a good run of their own, E3, has 0.74 %); zscape "
        f"judges random points {judged}."
    )


def collapse_sentence(numbers: Mapping[str, Any]) -> str | None:
    """Say whether the reconstructions are better than the mean image; None where that is not known (an older run).

    Args:
        numbers: of one split, as in metrics.json.
    """
    mean_image = numbers.get("mean_image")
    if mean_image is None:
        return None
    ours = f"{number(numbers['reconstruction_at_mean'])} nats per image"
    if numbers["reconstruction_at_mean"] < mean_image:
        return (
            f"The reconstructions, z at the mean, cost {ours}; the mean image alone, whatever the code, costs "
            f"{number(mean_image)}."
        )
    if numbers.get("active_units"):
        return (
            f"The reconstructions, z at the mean ({ours}), are not better than the mean image ({number(mean_image)}) "
            "yet, although the codes differ from image to image: train longer; if that does not help, lower the KL "
            "weight."
        )
    return (
        f"The model has collapsed: no dimension of its codes is active, and its reconstructions ({ours}) are no better "
        f"than the mean image ({number(mean_image)}). Lower the KL weight, or train longer."
    )


def weight_sentences(numbers: Mapping[str, Any], z_dim: int, variational: bool) -> list[str]:
    """Return what a run says of one split about its KL and its codes.

    Args:
        numbers: of one split, as in metrics.json.
        z_dim: dimensions of the latent space.
        variational: False for an autoencoder, which has no KL.
    """
    said = [share_sentence(numbers, z_dim) if variational else None, collapse_sentence(numbers)]
    return [sentence for sentence in said if sentence]
