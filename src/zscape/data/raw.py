"""Images as a source hands them over, before they are brought to one size and written to a store."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zscape.core.errors import InputError
from zscape.data.readers.pack import Pack

Shape = tuple[int, int, int]
"""(height, width, channels)."""


@dataclass(frozen=True, eq=False)
class RawImages:
    """What a source holds.

    Attributes:
        images: uint8 (n, height, width, channels) when all sizes agree; else a sequence of n uint8 arrays (height,
            width, channels), or a `Pack` of n encoded files, none of which was decoded yet.
        labels: int64 (n,), positions in `label_names` where there are names; None without labels.
        label_names: names of the classes.
        parts: uint8 (n,), codes of `SPLITS` (0 train, 1 validation, 2 test) where the source comes with parts of its
            own: training and test, or all three; None without.
        names: one name per image, such as its file's name.
        origin: one sentence or more: what the images are, where they are from, on what terms.
        skipped: (name, reason) of what is left out already.
        attributes: bool (n, k), what is true of each image; None without.
        attribute_names: k names.
        factors: float32 (n, f), the numbers that each image was made from; None without.
        factor_names: f names.

    Raises:
        InputError: when there are no images, or labels, parts, names, attributes or factors differ from them in number.
    """

    images: "np.ndarray | Sequence[np.ndarray] | Pack"
    labels: np.ndarray | None
    label_names: tuple[str, ...] | None
    parts: np.ndarray | None
    names: tuple[str, ...] | None
    origin: str
    skipped: tuple[tuple[str, str], ...] = ()
    attributes: np.ndarray | None = None
    attribute_names: tuple[str, ...] | None = None
    factors: np.ndarray | None = None
    factor_names: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        count = len(self.images)
        if count == 0:
            raise InputError(f"There are no images: {self.origin}")
        columns = {name: getattr(self, name) for name in ("labels", "parts", "names", "attributes", "factors")}
        for what, entries in columns.items():
            if entries is not None and len(entries) != count:
                raise InputError(
                    f"There are {len(entries)} {what} for {count} images; each image needs exactly one ({self.origin})"
                )
        for values, names in ((self.attributes, self.attribute_names), (self.factors, self.factor_names)):
            assert values is None or (names is not None and values.shape == (count, len(names)))

    def __len__(self) -> int:
        return len(self.images)

    def shapes_at(self, positions: np.ndarray) -> list[Shape]:
        """Return the shapes of the images at `positions`; one entry stands for all where they share one array.

        A pack's files are asked for their headers elsewhere (`readers.decode.header_shape`).
        """
        if isinstance(self.images, np.ndarray):
            return [shape_of(self.images[0])]
        if isinstance(self.images, Pack):
            raise TypeError("a pack's shapes are in its files' headers")
        return [shape_of(self.images[i]) for i in positions]


def shape_of(image: np.ndarray) -> Shape:
    """Return the shape of one image (height, width, channels)."""
    height, width, channels = image.shape
    return height, width, channels
