"""Images as a source hands them over, before they are brought to one size and written to a store."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zscape.core.errors import InputError

Shape = tuple[int, int, int]
"""(height, width, channels)."""


@dataclass(frozen=True, eq=False)
class RawImages:
    """What a source holds.

    Attributes:
        images: uint8 (n, height, width, channels) when all sizes agree; else a sequence of n uint8 arrays (height,
            width, channels), which may decode an image only when it is asked for.
        labels: int64 (n,), positions in `label_names` where there are names; None without labels.
        label_names: names of the classes.
        parts: uint8 (n,), codes of `SPLITS` (0 train, 2 test) where the source comes with a test set of its own.
        names: one name per image, such as its file's name.
        origin: one sentence: what the images are, where they are from, on what terms.
        skipped: (name, reason) of what could not be read.
        shapes: the images' shapes, where images are decoded only on demand.

    Raises:
        InputError: when there are no images, or labels, parts or names do not match them in number.
    """

    images: np.ndarray | Sequence[np.ndarray]
    labels: np.ndarray | None
    label_names: tuple[str, ...] | None
    parts: np.ndarray | None
    names: tuple[str, ...] | None
    origin: str
    skipped: tuple[tuple[str, str], ...] = ()
    shapes: tuple[Shape, ...] | None = None

    def __post_init__(self) -> None:
        count = len(self.images)
        if count == 0:
            raise InputError(f"There are no images: {self.origin}")
        for what, entries in (("labels", self.labels), ("parts", self.parts), ("names", self.names)):
            if entries is not None and len(entries) != count:
                raise InputError(
                    f"There are {len(entries)} {what} for {count} images; each image needs exactly one ({self.origin})"
                )

    def __len__(self) -> int:
        return len(self.images)

    def shapes_at(self, positions: np.ndarray) -> list[Shape]:
        """Return the shapes of the images at `positions`; one entry stands for all where they share one array."""
        if isinstance(self.images, np.ndarray):
            return [shape_of(self.images[0])]
        if self.shapes is not None:
            return [self.shapes[i] for i in positions]
        return [shape_of(self.images[i]) for i in positions]


def shape_of(image: np.ndarray) -> Shape:
    """Return the shape of one image (height, width, channels)."""
    height, width, channels = image.shape
    return height, width, channels
