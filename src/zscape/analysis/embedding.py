"""What images are turned into before two sets of them are compared: a few numbers each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from zscape.analysis.principal import principal_axes
from zscape.core.errors import InputError
from zscape.core.seeds import generator
from zscape.data.identity import data_identity
from zscape.data.store import Split, Store
from zscape.formulas.sets import root_mean_square
from zscape.latent.arrays import to_array

MOST_AXES = 64
"""Numbers of the pixels' embedding; fewer where the images vary in fewer directions."""

MOST_FITTED = 10_000
"""Training images that its axes are found from; of more, a random choice by a fixed draw."""

_SCALED_ON = 1_000  # training images that the scale is found from
_SAME = 1e-9  # below it, values in [0, 1] differ by rounding alone
_BLOCK = 4 * 2**20  # values in memory at once


class Embedding(Protocol):
    """Turns images into points that lie near each other where the images are alike."""

    @property
    def name(self) -> str:
        """What it is, printed with every number that was measured in it."""
        ...

    @property
    def identity(self) -> str:
        """A text that two embeddings share only where their numbers can be compared."""
        ...

    @property
    def accuracy(self) -> float | None:
        """Share of held-out images whose label it tells; None for an embedding that tells none."""
        ...

    @property
    def trained_on(self) -> int | None:
        """Number of images that it was made from; None where that is not known."""
        ...

    @property
    def fid(self) -> bool:
        """Whether the Fréchet distance in it is FID: only in the features of one Inception network."""
        ...

    @property
    def details(self) -> str:
        """Sentences of the protocol on how images are embedded; "" where the name says all."""
        ...

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """Return points, float (n, d), of images, uint8 (n, height, width, channels)."""
        ...


@dataclass(frozen=True, eq=False)
class PixelEmbedding:
    """The first principal components of the training images' pixels, scaled to a mean square of 1 per number.

    Attributes:
        mean: float64 (values,), the mean image, values in [0, 1].
        axes: float64 (d, values), orthogonal, all of one length.
        trained_on: images that mean and axes were found from.
        identity: fixed by the data.
    """

    mean: np.ndarray
    axes: np.ndarray
    trained_on: int
    identity: str
    accuracy: None = None
    fid = False
    details = ""

    @property
    def name(self) -> str:
        """What it is, and how many numbers."""
        numbers = "component" if len(self.axes) == 1 else "components"
        return f"pixels, {len(self.axes)} principal {numbers}"

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """Return the components: float64 (n, d)."""
        step = max(1, _BLOCK // len(self.mean))
        parts = [
            (images[start : start + step].reshape(-1, len(self.mean)) / 255.0 - self.mean) @ self.axes.T
            for start in range(0, len(images), step)
        ]
        return np.concatenate(parts)


def pixel_embedding(store: Store) -> PixelEmbedding:
    """Return the embedding in the principal components of a store's training images.

    Args:
        store: the images.

    Raises:
        InputError: when the training images do not differ.
    """
    split = store.split("train") if len(store.split("train")) else store.split("test")
    positions = np.arange(len(split))
    if len(split) > MOST_FITTED:
        positions = np.sort(generator(0, "pixel embedding").choice(len(split), MOST_FITTED, replace=False))
    mean, axes = principal_axes(lambda: _blocks(split, positions), MOST_AXES)
    raw = PixelEmbedding(mean, axes, len(positions), f"pixels-{MOST_AXES}-{data_identity(store)}")
    size = root_mean_square(raw(split.images(positions[:_SCALED_ON])))
    if size < _SAME:
        raise InputError("All training images are the same: an embedding has nothing to tell apart.")
    return replace(raw, axes=axes / size)


def _blocks(split: Split, positions: np.ndarray) -> Iterator[np.ndarray]:
    step = max(1, _BLOCK // int(np.prod(split.store.image_shape)))
    for start in range(0, len(positions), step):
        images = split.images(positions[start : start + step])
        yield images.reshape(len(images), -1) / 255.0


class OwnEmbedding:
    """Any function of images, such as the features of a network from elsewhere.

    Args:
        function: takes uint8 (n, height, width, channels), gives real numbers (n, d), an array or tensor of any
            library. An attribute `name` names it; else its own name does.
    """

    accuracy = None
    trained_on = None
    fid = False
    details = ""

    def __init__(self, function: Callable[[np.ndarray], Any]) -> None:
        own = getattr(function, "name", None)
        self.name = own if isinstance(own, str) else getattr(function, "__name__", type(function).__name__)
        self.identity = f"own-{self.name}"
        self._function = function

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """Return what the function gives, as an array (n, d).

        Raises:
            InputError: when that is not one row of finite numbers for each image.
        """
        points = to_array(f"What {self.name} gives", self._function(images))
        if points.ndim != 2 or len(points) != len(images) or points.dtype.kind not in "fiu" or not points.shape[1]:
            raise InputError(
                f"The embedding {self.name} must give numbers of shape ({len(images)}, dimensions) for {len(images)} "
                f"images; it gives {points.dtype} {points.shape}."
            )
        if not np.isfinite(points).all():
            raise InputError(f"The embedding {self.name} gives values that are NaN or infinite.")
        return points
