"""`objective.*`: what is minimised."""

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from zscape.core.names import unknown_name
from zscape.formulas.likelihoods.base import Likelihood
from zscape.formulas.likelihoods.registry import LIKELIHOODS
from zscape.formulas.weight import WeightForms, beta_from_fact, weight_forms
from zscape.specs.base import PositiveFloat, PositiveInt, Spec

KLPathway = Literal["top", "layer", "outputs", "model", "tape"]


class WeightSpec(Spec):
    """`objective.weight.*`: the KL weight, in exactly one of three forms.

    Attributes:
        beta: factor of the KL, >= 0 (with mse: where the reconstruction is SSE / 2).
        fact: the articles' factor; needs `convention`. Not for gaussian.
        convention: "tape" or "mean"; see `zscape.formulas.weight`.
        sigma: the decoder's standard deviation; mse only.
    """

    beta: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    fact: PositiveFloat | None = None
    convention: Literal["tape", "mean"] | None = None
    sigma: PositiveFloat | None = None

    @model_validator(mode="after")
    def _one_form(self) -> "WeightSpec":
        stated = [name for name in ("beta", "fact", "sigma") if getattr(self, name) is not None]
        if len(stated) != 1:
            received = " and ".join(stated) or "none"
            raise ValueError(f"state the weight once, as beta, fact (with convention) or sigma; received {received}")
        if (self.fact is None) != (self.convention is None):
            missing = "convention (tape or mean)" if self.convention is None else "fact"
            raise ValueError(f"fact and convention belong together; state {missing} too")
        return self


class ScheduleSpec(Spec):
    """`objective.schedule.*`: how the KL weight changes in the course of the training.

    Attributes:
        kind: "constant", or "linear": from 0 to the weight in equal steps, the weight from then on.
        epochs: length of a linear warm-up; no longer than the training.
    """

    kind: Literal["constant", "linear"] = "constant"
    epochs: PositiveInt | None = None

    @model_validator(mode="after")
    def _length(self) -> "ScheduleSpec":
        if (self.kind == "linear") != (self.epochs is not None):
            raise ValueError(
                "kind: linear needs epochs, the length of the warm-up; received none"
                if self.kind == "linear"
                else "epochs goes with kind: linear; a constant weight has no length"
            )
        return self


class ObjectiveSpec(Spec):
    """`objective.*`: the loss, in nats per image: reconstruction + beta * KL.

    Attributes:
        reconstruction: "bce" (Bernoulli, from logits), "mse" (Gaussian with a stated sigma) or "gaussian" (Gaussian
            with a sigma, one for all values, that is learned).
        output: what the decoder's output becomes for mse and gaussian, "sigmoid" or "linear"; for bce always "sigmoid".
        weight: the KL weight; without effect for an autoencoder.
        schedule: how the weight changes during training.
        kl_pathway: how the KL gets into training; all give the same losses and gradients (docs/howto/kl-pathways.md).
    """

    reconstruction: str = "bce"
    output: Literal["sigmoid", "linear"] = "sigmoid"
    weight: WeightSpec = WeightSpec(beta=1.0)
    schedule: ScheduleSpec = ScheduleSpec()
    kl_pathway: KLPathway = "model"

    @field_validator("reconstruction")
    @classmethod
    def _known_reconstruction(cls, value: str) -> str:
        if value not in LIKELIHOODS:
            raise ValueError(unknown_name("reconstruction", value, LIKELIHOODS))
        return value

    @model_validator(mode="after")
    def _fitting(self) -> "ObjectiveSpec":
        name, likelihood, weight = self.reconstruction, self.likelihood, self.weight
        if self.output not in likelihood.outputs:
            others = _names(lambda other: self.output in other.outputs)
            raise ValueError(
                f"output: {self.output} goes with reconstruction: {others}; {name} works from logits through a sigmoid"
            )
        if weight.sigma is not None and likelihood.sigma != "stated":
            others = _names(lambda other: other.sigma == "stated")
            raise ValueError(f"weight.sigma goes with reconstruction: {others}; {likelihood.no_sigma}")
        if weight.fact is not None and likelihood.beta_per_fact is None:
            raise ValueError(f"weight.fact stands for a sigma of your choice; {likelihood.no_sigma}")
        return self

    @property
    def likelihood(self) -> Likelihood:
        """What `reconstruction` names."""
        return LIKELIHOODS.get(self.reconstruction)

    def beta_and_sigma(self, image_shape: tuple[int, int, int], z_dim: int) -> tuple[float, float]:
        """Return (beta, sigma) of the loss as it is computed: NLL(sigma) + beta * KL.

        A weight stated as `beta` leaves sigma at 1 (or to be learned); one stated as `sigma`, or as `fact` with mse,
        leaves beta at 1.
        """
        weight = self.weight
        if weight.beta is not None:
            return weight.beta, 1.0
        if weight.sigma is not None:
            return 1.0, weight.sigma
        assert weight.fact is not None and weight.convention is not None  # by _one_form
        beta = beta_from_fact(weight.fact, weight.convention, self.reconstruction, image_shape, z_dim)
        return (1.0, beta**0.5) if self.likelihood.sigma == "stated" else (beta, 1.0)

    def weight_forms(self, image_shape: tuple[int, int, int], z_dim: int) -> WeightForms:
        """Return the weight in every form that exists for the likelihood."""
        beta, sigma = self.beta_and_sigma(image_shape, z_dim)
        return weight_forms(beta * sigma**2, self.reconstruction, image_shape, z_dim)


def _names(which: Callable[[Likelihood], bool]) -> str:
    return " or ".join(name for name in LIKELIHOODS if which(LIKELIHOODS.get(name)))
