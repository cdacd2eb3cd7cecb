"""`training.*`: how the networks are trained."""

import re
from dataclasses import dataclass, fields
from typing import Annotated, Any, Literal

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


_NO_INTERVAL = 'must be a number of steps (200) or a time ("30s", "5min", "1h"), received {value!r}'
_SECONDS = {"s": 1, "min": 60, "h": 3600}
_EVERY = re.compile(r"(\d+(?:\.\d+)?)\s*(steps?|s|min|h)", re.IGNORECASE)


@dataclass(frozen=True)
class CheckpointInterval:
    """How often a checkpoint is written within an epoch: one of the two is a number, > 0."""

    steps: int | None = None
    seconds: float | None = None


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
        checkpoint_every: how often a checkpoint is written within an epoch, besides the one at its end: a number of
            steps (200, or "200 steps") or a time ("30s", "5min", "1h"); None never.
        guard: what to do about a step whose loss or gradient is not finite, which changes nothing in any case: "stop";
            "skip" it; or "back_off": to the last checkpoint, with half the learning rate.
        clip_norm: greatest Euclidean norm of a step's whole gradient, which is scaled down to it; None leaves it.
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
    checkpoint_every: int | str | None = None
    guard: Literal["stop", "skip", "back_off"] = "stop"
    clip_norm: PositiveFloat | None = None
    early_stopping: EarlyStoppingSpec = EarlyStoppingSpec()

    @field_validator("checkpoint_every", mode="before")
    @classmethod
    def _an_interval(cls, value: Any) -> Any:
        interval = _parse_interval(value)
        return value if interval is None or interval.steps is None else interval.steps

    @property
    def checkpoint_interval(self) -> CheckpointInterval | None:
        """`checkpoint_every`, taken apart; None for the ends of epochs only."""
        return _parse_interval(self.checkpoint_every)


def _parse_interval(value: Any) -> CheckpointInterval | None:
    if value is None:
        return None
    match = _EVERY.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None and (isinstance(value, bool) or not isinstance(value, int)):
        raise ValueError(_NO_INTERVAL.format(value=value))
    number, unit = (float(match[1]), match[2].lower()) if match else (float(value), "steps")
    whole = unit not in ("step", "steps") or number.is_integer()
    if number <= 0 or not whole:
        raise ValueError(_NO_INTERVAL.format(value=value))
    return (
        CheckpointInterval(steps=int(number))
        if unit.startswith("step")
        else CheckpointInterval(seconds=number * _SECONDS[unit])
    )
