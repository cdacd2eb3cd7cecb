"""`data.*`: which images, at which size, in which parts."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from zscape.core.names import unknown_name
from zscape.specs.base import PositiveInt, Spec
from zscape.specs.crop import ALIGNED, FACE, box_of_rule
from zscape.specs.sources import SOURCES

Share = Annotated[float, Field(gt=0, lt=1)]


class SplitSpec(Spec):
    """`data.splits.*`: how many images go where.

    A whole number counts images, a fraction is a share of all images. None leaves it to the source: a source with an
    official test set keeps its training set whole and halves the test set, by a fixed draw, into validation and test;
    any other source gives a tenth to validation and a tenth to test. Where a source has an official test set, a stated
    `validation` is drawn from the training set instead, and `test` cannot be stated.
    """

    validation: PositiveInt | Share | None = None
    test: PositiveInt | Share | None = None


class DataSpec(Spec):
    """`data.*`: which images a run is about.

    Attributes:
        source: a name in `specs.sources.SOURCES`.
        path: a file or folder, for sources that read one (for `folder` also a .zip or .tar; for `celeba` the folder or
            .zip of the aligned faces, or the folder that holds them and the attribute file; for `mnist` and
            `fashion_mnist` the folder of the four idx files; for `cifar10` the folder or archive of the binary version,
            or an .npz).
        size: (height, width) in pixels that every image is brought to; None keeps what the crop leaves.
        channels: 1 (grey) or 3 (colour); None keeps the source's own.
        crop: which part of every image is kept before it is resized: a name in `specs.crop.CROPS`, or
            "left,top,width,height" in pixels of the upright original; None takes the source's own rule ("celeba-face"
            for `celeba`, "center" for most).
        limit: number of images to keep, drawn at random by a fixed draw; None keeps all.
        splits: how many images go to validation and test.
        binarize: black or white for every value, white with the grey value as probability: "none", "static" (one fixed
            draw) or "dynamic" (training images are drawn anew every time they are seen; all others have the fixed
            draw).
        flip: training images are mirrored left to right with probability 1/2, anew every time they are seen.
    """

    source: str = "digits"
    path: str | None = None
    size: tuple[PositiveInt, PositiveInt] | None = None
    channels: Annotated[int, Field(ge=1, le=4)] | None = None
    crop: str | None = None
    limit: PositiveInt | None = None
    splits: SplitSpec = SplitSpec()
    binarize: Literal["none", "static", "dynamic"] = "none"
    flip: bool = False

    @field_validator("source")
    @classmethod
    def _known_source(cls, value: str) -> str:
        if value not in SOURCES:
            raise ValueError(unknown_name("source", value, SOURCES))
        return value

    @field_validator("size", mode="before")
    @classmethod
    def _square_size(cls, value: object) -> object:
        return (value, value) if isinstance(value, int) else value

    @field_validator("crop", mode="before")
    @classmethod
    def _known_crop(cls, value: object) -> object:
        if isinstance(value, (list, tuple)):
            value = ",".join(map(str, value))
        if not isinstance(value, str):
            return value
        box = box_of_rule(value)
        return value if box is None else ",".join(map(str, box))

    @model_validator(mode="after")
    def _not_stretched(self) -> "DataSpec":
        rule, size = self.crop_rule, self.size
        box = box_of_rule(rule)
        cut = box[2:] if box else (1, 1)
        if size is None or rule in ("center", "none") or _same_proportions((cut[1], cut[0]), size):
            return self
        what = f"{cut[1]}x{cut[0]} pixels (height x width)" if box else "a square"
        raise ValueError(
            f"crop {rule!r} cuts out {what}, which size {size[0]}x{size[1]} would stretch; state a size of the same "
            "proportions, or crop=none to stretch the whole image"
        )

    @model_validator(mode="after")
    def _official_test_kept(self) -> "DataSpec":
        if SOURCES[self.source].official_test and self.splits.test is not None:
            raise ValueError(f"splits.test cannot be stated for {self.source!r}: it comes with a test set of its own")
        return self

    @property
    def crop_rule(self) -> str:
        """What `crop` is where it is not stated, too."""
        return self.crop or SOURCES[self.source].crop

    @property
    def wanted_channels(self) -> int | None:
        """`channels`; where not stated, what a source of files that are mostly alike is brought to, or None."""
        return self.channels or SOURCES[self.source].channels

    @property
    def image_shape(self) -> tuple[int, int, int] | None:
        """(height, width, channels) after preparation, None where only the data can tell."""
        own = SOURCES[self.source].shape
        size, channels = self.size or self._cut_size(), self.wanted_channels or (own[2] if own else None)
        return (*size, channels) if size and channels else None

    def _cut_size(self) -> tuple[int, int] | None:
        box, own = box_of_rule(self.crop_rule), SOURCES[self.source].shape
        if box:
            return box[3], box[2]
        if self.crop_rule == "celeba-face":
            return (FACE[2], FACE[2]) if own and own[:2] == ALIGNED else None
        if own is None:
            return None
        return (min(own[:2]), min(own[:2])) if self.crop_rule == "center-square" else own[:2]


def _same_proportions(cut: tuple[int, int], size: tuple[int, int]) -> bool:
    """Whether a box of (height, width) can be resized to a size without stretching it by a pixel or more."""
    if cut == (1, 1):
        return size[0] == size[1]
    return abs(cut[0] - cut[1] * size[0] / size[1]) < 1 or abs(cut[1] - cut[0] * size[1] / size[0]) < 1
