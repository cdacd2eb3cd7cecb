"""Batches as a pure function of (seed, step): that makes a resumed training see what an uninterrupted one sees."""

from dataclasses import dataclass

import numpy as np

from zscape.core.errors import InputError
from zscape.core.seeds import generator
from zscape.data.draws import mirrored, redrawn
from zscape.data.store import Split


@dataclass(frozen=True, eq=False)
class Batch:
    """Some images of a store.

    Attributes:
        images: uint8 (batch, height, width, channels).
        ids: int64 (batch,), the images' positions in the store.
    """

    images: np.ndarray
    ids: np.ndarray


class Batches:
    """The batches of a split, one after the other, epoch after epoch.

    Every epoch holds every image once; its last batch may be short. Asking for a batch changes no random state, so
    batches can be asked for in any order and from several threads.

    Args:
        split: the images.
        batch_size: images per batch, >= 1.
        seed: the training's seed.
        shuffle: a new order every epoch, a function of (seed, epoch); False keeps the store's order.
        flip: mirror images left to right with probability 1/2, a function of (seed, step).
        redraw: black or white for every value, white with the grey value as probability, a function of (seed, step),
            in place of the split's fixed draw.

    Raises:
        InputError: when the split is empty.
        ValueError: when the batch size is below 1.
    """

    def __init__(
        self, split: Split, batch_size: int, seed: int, shuffle: bool, *, flip: bool = False, redraw: bool = False
    ) -> None:
        if batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, received {batch_size}")
        if len(split) == 0:
            raise InputError(f"The {split.name} part of {split.store.directory} is empty: it gives no batches.")
        self.split = split
        self.batch_size = batch_size
        self.seed = seed
        self.shuffle = shuffle
        self.flip = flip
        self.redraw = redraw
        self._last_order: tuple[int, np.ndarray] | None = None

    @property
    def steps_per_epoch(self) -> int:
        """Number of batches in an epoch, the short last one included."""
        return -(-len(self.split) // self.batch_size)

    def batch(self, step: int) -> Batch:
        """Return the batch number `step`, counted from 0 over all epochs.

        Raises:
            ValueError: when `step` is negative.
        """
        if step < 0:
            raise ValueError(f"step must be at least 0, received {step}")
        epoch, within = divmod(step, self.steps_per_epoch)
        start = within * self.batch_size
        positions = self._order(epoch)[start : start + self.batch_size]
        images = self.split.grey_images(positions) if self.redraw else self.split.images(positions)
        if self.flip:
            images = mirrored(images, self.seed, step)
        if self.redraw:
            images = redrawn(images, self.seed, step)
        return Batch(images=images, ids=self.split.ids[positions])

    def _order(self, epoch: int) -> np.ndarray:
        if not self.shuffle:
            return np.arange(len(self.split))
        last = self._last_order  # read and replaced as one object, so that threads never see a half-made one
        if last is None or last[0] != epoch:
            last = (epoch, generator(self.seed, "order", epoch).permutation(len(self.split)))
            self._last_order = last
        return last[1]
