"""What all parts of a recipe share: frozen, no unknown keys."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

SPLITS = ("train", "validation", "test")
"""The parts of a data set, in the order of their codes 0, 1, 2 in a store and in latents.npz."""

PositiveInt = Annotated[int, Field(ge=1)]
PositiveFloat = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Spec(BaseModel):
    """Base of every part of a recipe: immutable, and a key that does not exist is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)
