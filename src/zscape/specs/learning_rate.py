"""`training.schedule.*`: how the learning rate changes in the course of a training."""

from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from zscape.core.names import unknown_name
from zscape.specs.base import PositiveInt, Spec
from zscape.specs.quantities import QUANTITIES

_Fraction = Annotated[float, Field(ge=0, lt=1)]
_DEFAULTS: dict[str, dict[str, Any]] = {
    "constant": {},
    "step": {"factor": 0.1},
    "cosine": {"final_fraction": 0.0},
    "plateau": {"factor": 0.1, "patience": 5, "min_delta": 0.0, "quantity": "validation.loss", "mode": "min"},
}
"""What a kind sets where the recipe does not."""

_STEPS = ("step_size", "milestones")
_KINDS = {
    **{name: [kind for kind in _DEFAULTS if name in _DEFAULTS[kind]] for each in _DEFAULTS.values() for name in each},
    **{name: ["step"] for name in _STEPS},
}
"""The kinds that a key goes with."""


class WarmUpSpec(Spec):
    """`training.schedule.warm_up.*`: a learning rate that grows to its full size in equal steps, before anything else.

    Attributes:
        epochs: length in epochs; this or `steps`, none for no warm-up.
        steps: length in training steps.
        initial_fraction: share of the rate in the first step.
    """

    epochs: PositiveInt | None = None
    steps: PositiveInt | None = None
    initial_fraction: _Fraction = 0.0

    @model_validator(mode="after")
    def _one_length(self) -> "WarmUpSpec":
        if self.epochs is not None and self.steps is not None:
            raise ValueError(
                "its length is stated once, in epochs or in steps; "
                f"received epochs {self.epochs} and steps {self.steps}"
            )
        if self.initial_fraction and self.epochs is None and self.steps is None:
            raise ValueError("initial_fraction needs a warm-up: state its length, as epochs or as steps")
        return self

    def length(self, steps_per_epoch: int) -> int:
        """Return its length in steps; 0 without a warm-up."""
        return self.steps or (self.epochs or 0) * steps_per_epoch


class RateScheduleSpec(Spec):
    """`training.schedule.*`: what the learning rate is multiplied by, besides a warm-up.

    What belongs to another kind stays None.

    Attributes:
        kind: "constant"; "step", by `factor` after every `step_size` epochs or after those in `milestones`; "cosine",
            down to `final_fraction` along half a cosine, from the end of the warm-up to that of the training; or
            "plateau", by `factor` whenever `quantity` has not improved for `patience` epochs.
        factor: of a step or plateau, in (0, 1); 0.1.
        step_size: epochs from one step to the next.
        milestones: epochs after which there is a step, ascending.
        final_fraction: of the learning rate, at the end of a cosine; 0.
        patience: epochs without improvement before the rate falls, counted from the end of the warm-up; 5.
        min_delta: what counts as improvement, in the quantity's unit; 0.
        quantity: a number of history.jsonl by its dotted name; "validation.loss".
        mode: "min" where smaller is better, "max" where greater is; "min".
        warm_up: see `WarmUpSpec`.
    """

    kind: Literal["constant", "step", "cosine", "plateau"] = "constant"
    factor: Annotated[float, Field(gt=0, lt=1)] | None = None
    step_size: PositiveInt | None = None
    milestones: Annotated[tuple[PositiveInt, ...], Field(min_length=1)] | None = None
    final_fraction: _Fraction | None = None
    patience: PositiveInt | None = None
    min_delta: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    quantity: str | None = None
    mode: Literal["min", "max"] | None = None
    warm_up: WarmUpSpec = WarmUpSpec()

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, values: Any) -> Any:
        """Write out what a kind leaves to be understood, so that a run's recipe says everything."""
        if not isinstance(values, dict):
            return values
        defaults = _DEFAULTS.get(values.get("kind", "constant"), {})
        return values | {name: value for name, value in defaults.items() if values.get(name) is None}

    @field_validator("milestones")
    @classmethod
    def _ascending(cls, value: tuple[int, ...] | None) -> tuple[int, ...] | None:
        if any(later <= earlier for earlier, later in pairwise(value or ())):
            raise ValueError(f"must be in ascending order, each epoch once; received {list(value or ())}")
        return value

    @field_validator("quantity")
    @classmethod
    def _in_history(cls, value: str | None) -> str | None:
        if value is not None and value not in QUANTITIES:
            raise ValueError(unknown_name("quantity", value, QUANTITIES))
        return value

    @model_validator(mode="after")
    def _fitting(self) -> "RateScheduleSpec":
        stated = [name for name in _STEPS if getattr(self, name) is not None]
        if self.kind == "step" and len(stated) != 1:
            raise ValueError(
                "kind: step needs step_size (epochs from one to the next) or milestones (a list of epochs), one of "
                f"them; received {' and '.join(stated) or 'none'}"
            )
        foreign = [name for name in _KINDS if getattr(self, name) is not None and self.kind not in _KINDS[name]]
        if foreign:
            where = ", ".join(f"{name} goes with kind: {' or '.join(_KINDS[name])}" for name in foreign)
            raise ValueError(f"{where}; received kind: {self.kind}")
        return self

    @property
    def varies(self) -> bool:
        """Whether the rate is anything but one number."""
        return self.kind != "constant" or self.warm_up.length(1) > 0
