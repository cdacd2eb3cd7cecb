"""`task.*`: what goes into the networks, and what is to come out."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from zscape.specs.base import Spec
from zscape.specs.data import DataSpec
from zscape.specs.sources import SOURCES


class TaskSpec(Spec):
    """`task.*`: what goes into the networks; what is to come out is always the clean image.

    Attributes:
        kind: "reconstruct" (the image itself goes in), "denoise" (the image with noise, with pixels missing, or with
            both) or "recolor" (its grey version; colour images only).
        noise: denoise: standard deviation of Gaussian noise, in units of the range from black to white, 0 to 1.
        drop: denoise: chance of each pixel to be black, in [0, 1).
    """

    kind: Literal["reconstruct", "denoise", "recolor"] = "reconstruct"
    noise: Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)] = 0.0
    drop: Annotated[float, Field(strict=True, ge=0, lt=1, allow_inf_nan=False)] = 0.0

    @field_validator("noise")
    @classmethod
    def _not_in_grey_levels(cls, value: float) -> float:
        if value > 1:  # beyond that nothing is left of an image: it is meant in grey levels, as 25 of 255
            raise ValueError(f"black is 0 and white is 1, so it must be at most 1; received {value:g}")
        return value

    @model_validator(mode="after")
    def _fitting(self) -> "TaskSpec":
        stated = [f"{name}={getattr(self, name):g}" for name in ("noise", "drop") if getattr(self, name)]
        if self.kind == "denoise" and not stated:
            raise ValueError("kind=denoise needs noise, drop or both above 0; received neither")
        if self.kind != "denoise" and stated:
            raise ValueError(
                f"{' and '.join(stated)} {'go' if len(stated) > 1 else 'goes'} with kind=denoise; received "
                f"kind={self.kind}: set to 0 what it has no use for, or take denoise"
            )
        return self

    @property
    def has_target(self) -> bool:
        """Whether what is to come out is another image than what goes in."""
        return self.kind != "reconstruct"


RECONSTRUCT = TaskSpec()
"""The task of every recipe that does not state one."""


def check_task(task: TaskSpec, data: DataSpec) -> None:
    """Refuse a task that cannot be done with the images that a recipe states.

    Raises:
        ValueError: for `recolor` with images that have no colours.
    """
    if task.kind != "recolor":
        return
    own = SOURCES[data.source].shape
    if own is not None and own[2] != 3:
        raise ValueError(f"task.kind: recolor learns colours, but the images of source {data.source!r} are grey")
    if data.channels not in (None, 3):
        raise ValueError(f"task.kind: recolor learns colours and needs data.channels: 3; received {data.channels}")
