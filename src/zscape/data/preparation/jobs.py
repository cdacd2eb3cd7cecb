"""What is done with the entries of a source, here or in a worker process: a picture made of each, or its header read.

A job is asked for some entries at a time and answers with a reply. The modules that this one imports are all that a
worker process loads, so neither pydantic nor scipy is among them.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np

from zscape.data.draws import fixed_bits
from zscape.data.raw import Shape
from zscape.data.readers.decode import decode_fitted, header_shape
from zscape.data.readers.pack import Pack, Unusable
from zscape.data.resize import Fit

Alone = Callable[[bytes], AbstractContextManager]
"""Called with an encoded file before it is decoded; a worker lets one large image at a time through."""

CRASHED = "its decoder crashed"
"""Why an entry is skipped that ended the worker process."""

ENDLESS = "its decoder did not come to an end"
"""Why an entry is skipped over which a worker process used up its time."""


@dataclass(frozen=True, eq=False)
class Reply:
    """What a job found.

    Attributes:
        skipped: (place among the entries asked for, reason) of those that cannot be used, ascending.
        pixels: uint8 (entries that can be used, height, width, channels); None where no pictures are made. Valid until
            the job is asked again.
        shapes: (height, width, channels) of each entry that can be used, where headers are read.
    """

    skipped: tuple[tuple[int, str], ...]
    pixels: np.ndarray | None = None
    shapes: tuple[Shape, ...] = ()


class Job(Protocol):
    """What is done with entries; can be pickled where it is given to worker processes."""

    def run(self, positions: np.ndarray, alone: Alone = ...) -> Reply:
        """Return what the entries at these positions of the source give.

        Raises:
            SourceLost: when the source is gone.
        """
        ...


class Pictures:
    """The job that makes pixels of a store from entries.

    Args:
        images: the source's entries: a `Pack` of encoded files, or arrays.
        fit: how each is brought to one shape.
        drawn: the source's name where each value becomes black or white for good (`data.binarize: static`), else None.
    """

    def __init__(self, images: Pack | Sequence[np.ndarray] | np.ndarray, fit: Fit, drawn: str | None) -> None:
        self.images = images
        self.fit = fit
        self.drawn = drawn
        # Asked once: whether something keeps a protocol is a slow question.
        self._image = partial(self._read, images) if isinstance(images, Pack) else partial(self._given, images)
        self._pixels: np.ndarray | None = None

    def run(self, positions: np.ndarray, alone: Alone = nullcontext) -> Reply:
        """Return the pixels of entries; an array that is used again at the next call."""
        if self._pixels is None or len(self._pixels) < len(positions):
            self._pixels = np.empty((len(positions), *self.fit.shape), np.uint8)
        made, skipped = 0, []
        for place, position in enumerate(positions):
            try:
                self._pixels[made] = self._image(int(position), alone)
            except Unusable as error:
                skipped.append((place, error.reason))
            else:
                made += 1
        return Reply(tuple(skipped), self._pixels[:made])

    def _given(self, images: Sequence[np.ndarray] | np.ndarray, position: int, alone: Alone) -> np.ndarray:
        return self._bits(self.fit(images[position]))

    def _read(self, images: Pack, position: int, alone: Alone) -> np.ndarray:
        encoded = images.read(position)
        with alone(encoded):
            return self._bits(decode_fitted(encoded, self.fit))

    def _bits(self, image: np.ndarray) -> np.ndarray:
        return image if self.drawn is None else fixed_bits(image[np.newaxis], self.drawn)[0]


class Headers:
    """The job that reads the shapes of encoded files from their first bytes, decoding nothing.

    Args:
        images: the source's entries.
    """

    def __init__(self, images: Pack) -> None:
        self.images = images

    def run(self, positions: np.ndarray, alone: Alone = nullcontext) -> Reply:
        """Return the shapes of entries."""
        shapes, skipped = [], []
        for place, position in enumerate(positions):
            try:
                shapes.append(header_shape(self.images.read(int(position))))
            except Unusable as error:
                skipped.append((place, error.reason))
        return Reply(tuple(skipped), None, tuple(shapes))
