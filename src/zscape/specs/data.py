"""`data.*`: which images, at which size, in which parts."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from zscape.core.names import unknown_name
from zscape.specs.base import PositiveInt, Spec
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
        path: a file or folder, for sources that read one (for `mnist` and `fashion_mnist`: the folder of the four idx
            files; for `cifar10`: the folder or archive of the binary version, or an .npz).
        size: (height, width) in pixels that every image is brought to; None keeps the images' own size.
        channels: 1 (grey) or 3 (colour); None keeps the source's own.
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

    @model_validator(mode="after")
    def _official_test_kept(self) -> "DataSpec":
        if SOURCES[self.source].official_test and self.splits.test is not None:
            raise ValueError(f"splits.test cannot be stated for {self.source!r}: it comes with a test set of its own")
        return self

    @property
    def image_shape(self) -> tuple[int, int, int] | None:
        """(height, width, channels) after preparation, None where only the data can tell."""
        own = SOURCES[self.source].shape
        size = self.size or (own[:2] if own else None)
        channels = self.channels or (own[2] if own else None)
        return (*size, channels) if size and channels else None
