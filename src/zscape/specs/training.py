"""`training.*`: how the networks are trained."""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from zscape.core.device_limits import DEVICE, DeviceChoice
from zscape.core.errors import InputError
from zscape.core.names import unknown_name
from zscape.specs.base import PositiveFloat, PositiveInt, Spec, WholeNumber
from zscape.specs.byte_sizes import parse_bytes
from zscape.specs.learning_rate import RateScheduleSpec
from zscape.specs.quantities import QUANTITIES


class EarlyStoppingSpec(Spec):
    """`training.early_stopping.*`: stop when a quantity no longer gets better, and keep the model of its best epoch.

    Attributes:
        patience: epochs without improvement before training stops; None never stops.
        quantity: a number of history.jsonl by its dotted name, e.g. "validation.loss".
        mode: "min" where smaller is better, "max" where greater is.
        min_delta: what counts as improvement, in the quantity's unit.
    """

    patience: PositiveInt | None = None
    quantity: str = "validation.loss"
    mode: Literal["min", "max"] = "min"
    min_delta: Annotated[float, Field(ge=0)] = 0.0

    @field_validator("quantity")
    @classmethod
    def _in_history(cls, value: str) -> str:
        if value not in QUANTITIES:
            raise ValueError(unknown_name("quantity", value, QUANTITIES))
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
        learning_rate: Adam's; with a schedule the greatest.
        schedule: how the learning rate changes, see `specs.learning_rate.RateScheduleSpec`.
        accumulate: batches whose mean gradient makes one change of the weights, so that a batch of
            batch_size * accumulate images needs the memory of one of batch_size.
        seed: the root of all random streams: weights, order of the images, noise.
        backend: "tensorflow", "jax", "torch", or "auto": KERAS_BACKEND, else the first one installed.
        deterministic: same seed, same machine, same bytes.
        threads: processor threads to use; None uses all.
        device: "auto", the backend's first choice; "cpu"; "gpu", the first card; or "gpu:1", the second, and so on.
        memory_limit: most memory to take of a graphics card, as "2GiB"; None takes what is needed, as it is needed.
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
    schedule: RateScheduleSpec = RateScheduleSpec()
    accumulate: PositiveInt = 1
    seed: Annotated[WholeNumber, Field(ge=0, lt=2**31)] = 1
    backend: Literal["auto", "tensorflow", "jax", "torch"] = "auto"
    deterministic: bool = True
    threads: PositiveInt | None = None
    device: str = "auto"
    memory_limit: str | None = None
    precision: Literal["auto", "float32", "mixed_float16", "mixed_bfloat16"] = "float32"
    jit: bool | Literal["auto"] = "auto"
    checkpoint_every: int | str | None = None
    guard: Literal["stop", "skip", "back_off"] = "stop"
    clip_norm: PositiveFloat | None = None
    early_stopping: EarlyStoppingSpec = EarlyStoppingSpec()

    @field_validator("device")
    @classmethod
    def _a_device(cls, value: str) -> str:
        if not DEVICE.fullmatch(value):
            raise ValueError(f"must be auto, cpu, gpu or gpu:N with N from 0; received {value!r}")
        return value

    @field_validator("memory_limit", mode="before")
    @classmethod
    def _an_amount(cls, value: Any) -> Any:
        if value is not None:
            parse_bytes(value)
        return value

    @property
    def devices(self) -> DeviceChoice:
        """`device` and `memory_limit` as `core.backend` takes them."""
        return DeviceChoice(self.device, None if self.memory_limit is None else parse_bytes(self.memory_limit))

    @field_validator("checkpoint_every", mode="before")
    @classmethod
    def _an_interval(cls, value: Any) -> Any:
        interval = _parse_interval(value)
        return value if interval is None or interval.steps is None else interval.steps

    @model_validator(mode="after")
    def _warm_up_ends(self) -> "TrainingSpec":
        warm_up, kind = self.schedule.warm_up.epochs or 0, self.schedule.kind
        if warm_up > self.epochs:
            raise ValueError(
                f"schedule.warm_up.epochs is {warm_up}, but epochs is {self.epochs}: the warm-up would not end"
            )
        if kind == "cosine" and warm_up == self.epochs:
            raise ValueError(
                f"schedule.warm_up.epochs and epochs are both {warm_up}: no epoch is left for schedule.kind: cosine"
            )
        return self

    def check_steps(self, steps_per_epoch: int) -> int:
        """Return the number of steps of the training.

        Args:
            steps_per_epoch: steps in an epoch, which the number of images decides.

        Raises:
            InputError: when a warm-up or an accumulation is longer than the training.
        """
        steps, warm_up = self.epochs * steps_per_epoch, self.schedule.warm_up.length(steps_per_epoch)
        if warm_up > steps - (self.schedule.kind == "cosine"):
            why = "the cosine comes after it" if warm_up == steps else "it would not end"
            raise InputError(
                f"training.schedule.warm_up takes {warm_up:,} steps, but the training has {steps:,}, and {why}: state "
                "fewer, or more training.epochs."
            )
        if self.accumulate > steps:
            raise InputError(
                f"training.accumulate is {self.accumulate:,}, but the training has {steps:,} steps: the weights would "
                "never change. State less, or more training.epochs."
            )
        return steps

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
