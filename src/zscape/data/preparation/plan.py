"""How a preparation is done: which entries, in which chunks, by how many workers."""

from collections.abc import Iterator, Sequence

import numpy as np

from zscape.core.hardware import read_processor
from zscape.data.preparation.worker import LARGE
from zscape.data.raw import Shape

FEW = 600
"""Entries below which no worker processes are started: they would still be starting when all is done."""

MOST_WORKERS = 16

_CHUNK_BYTES = 2 << 20
_CHUNK_ENTRIES = 64  # large photographs take a tenth of a second each, and what is done is kept chunk by chunk
_WAITING_BYTES = 128 << 20  # pixels of chunks that wait for their turn, at most
_ALL_BYTES = 640 << 20  # for all workers together; with one large image at a time it stays below 1 GiB
_WORKER_BYTES = 24 << 20  # an interpreter with NumPy and Pillow
_BYTES_PER_PIXEL = 16  # while an image is decoded: Pillow's 4, a turned or converted copy, an array


def chunks_of(positions: np.ndarray, shape: Shape) -> Iterator[np.ndarray]:
    """Yield positions in chunks whose images, uint8 of this shape, take some megabytes at most, and one at least."""
    size = min(_CHUNK_ENTRIES, max(1, _CHUNK_BYTES // _bytes(shape)))
    for start in range(0, len(positions), size):
        yield positions[start : start + size]


def window_of(workers: int, shape: Shape) -> int:
    """Return how many chunks may be under way: two for each worker, as far as memory allows, and one at least."""
    return max(1, min(2 * workers, _WAITING_BYTES // max(_CHUNK_BYTES, _bytes(shape))))


def worker_count(wanted: int | None, entries: int, own: Sequence[Shape], names: int, shape: Shape) -> int:
    """Return how many worker processes to start; 1 means none: the work is done in this process.

    Args:
        wanted: what the user says; None lets the number of entries and the machine's cores say.
        entries: number of entries to go.
        own: shapes of the images, or of a sample of them.
        names: bytes of the list of names that every worker holds.
        shape: (height, width, channels) of the store.
    """
    if wanted is None:
        if entries < FEW:
            return 1
        wanted = min(read_processor().cores, MOST_WORKERS)
    pixels = max((height * width for height, width, _ in own), default=0)
    each = _WORKER_BYTES + 2 * names + _BYTES_PER_PIXEL * min(pixels, LARGE) + max(_CHUNK_BYTES, _bytes(shape))
    return max(1, min(wanted, entries, _ALL_BYTES // each))


def _bytes(shape: Shape) -> int:
    return int(np.prod(shape, dtype=np.int64))
