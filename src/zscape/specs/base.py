"""What all parts of a recipe share: frozen, no unknown keys."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

SPLITS = ("train", "validation", "test")
"""The parts of a data set, in the order of their codes 0, 1, 2 in a store and in latents.npz."""


def _no_truth_value(value: Any) -> Any:
    # Python counts True as 1, so "epochs: yes" would train for one epoch.
    if isinstance(value, bool):
        raise PydanticCustomError("int_type", "must be a whole number")
    return value


WholeNumber = Annotated[int, BeforeValidator(_no_truth_value)]
PositiveInt = Annotated[WholeNumber, Field(ge=1)]
PositiveFloat = Annotated[float, BeforeValidator(_no_truth_value), Field(gt=0, allow_inf_nan=False)]


class Spec(BaseModel):
    """Base of every part of a recipe: immutable, and a key that does not exist is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)
