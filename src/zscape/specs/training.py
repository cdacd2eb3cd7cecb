"""`training.*`: how the networks are trained."""

from dataclasses import fields
from typing import Annotated, Literal

from pydantic import Field, field_validator

from zscape.core.names import unknown_name
from zscape.formulas.terms import LossTerms
from zscape.specs.base import PositiveFloat, PositiveInt, Spec, WholeNumber

_QUANTITIES = [f"{part}.{field.name}" for part in ("train", "validation") for field in fields(LossTerms)]


class EarlyStoppingSpec(Spec):
    """`training.early_stopping.*`: stop when a quantity no longer falls, and keep the model of its best epoch.

    Attributes:
        patience: epochs without improvement before training stops; None never stops.
        quantity: a number of history.jsonl by its dotted name, e.g. "validation.loss"; smaller is better.
        min_delta: what counts as improvement, in the quantity's unit.
    """

    patience: PositiveInt | None = None
    quantity: str = "validation.loss"
    min_delta: Annotated[float, Field(ge=0)] = 0.0

    @field_validator("quantity")
    @classmethod
    def _in_history(cls, value: str) -> str:
        if value not in _QUANTITIES:
            raise ValueError(unknown_name("quantity", value, _QUANTITIES))
        return value


class TrainingSpec(Spec):
    """`training.*`: how the networks are trained (Adam).

    Attributes:
        epochs: times every training image is seen.
        batch_size: images per step; the last batch of an epoch may be shorter.
        learning_rate: Adam's.
        seed: the root of all random streams: weights, order of the images, noise.
        backend: "tensorflow", "jax", "torch", or "auto": KERAS_BACKEND, else the first one installed.
        deterministic: same seed, same machine, same bytes.
        threads: processor threads to use; None uses all.
        precision: "float32"; "mixed_float16" or "mixed_bfloat16", where convolutions compute in 16 bits while weights,
            latent layers and losses stay in float32; or "auto", whichever of them the hardware is fastest with.
        jit: XLA compilation; "auto" leaves it to Keras.
        early_stopping: see `EarlyStoppingSpec`.
    """

    epochs: PositiveInt = 20
    batch_size: PositiveInt = 128
    learning_rate: PositiveFloat = 5e-4
    seed: Annotated[WholeNumber, Field(ge=0, lt=2**31)] = 1
    backend: Literal["auto", "tensorflow", "jax", "torch"] = "auto"
    deterministic: bool = True
    threads: PositiveInt | None = None
    precision: Literal["auto", "float32", "mixed_float16", "mixed_bfloat16"] = "float32"
    jit: bool | Literal["auto"] = "auto"
    early_stopping: EarlyStoppingSpec = EarlyStoppingSpec()
