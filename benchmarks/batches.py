"""`python -m benchmarks.batches`: how fast batches come from a store on the disk, cold and warm.

A store of random images is written, its pages are dropped from memory where the system lets us (root on Linux), and an
epoch of shuffled batches is read; then again, warm. Beside it, the images per second that a network needs, as measured
by `python -m benchmarks.step` (docs/benchmarks.md).
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from zscape.data.batches import Batches
from zscape.data.raw import RawImages
from zscape.data.store import Store
from zscape.data.write import write_new
from zscape.specs.data import DataSpec, SplitSpec

_CACHES = Path("/proc/sys/vm/drop_caches")


@dataclass(frozen=True)
class Speed:
    """Images per second that a store gives.

    Attributes:
        images: in the store.
        shape: of every image.
        batch_size: images in a batch.
        cold: shuffled batches with nothing of the store in memory; None where that could not be arranged.
        warm: the same with all of it in memory, median of the epochs.
        epochs: of the warm measurement.
    """

    images: int
    shape: tuple[int, ...]
    batch_size: int
    cold: float | None
    warm: float
    epochs: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark and print its numbers as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.batches", description=__doc__)
    parser.add_argument("--images", type=int, default=20_000)
    parser.add_argument("--size", type=int, default=96)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--epochs", type=int, default=5, help="of the warm measurement")
    parser.add_argument("--folder", type=Path, help="where the store is written (default: the system's for such files)")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="zscape-batches-", dir=given.folder) as place:
        random_store(Path(place) / "store", given.images, given.size)
        print(json.dumps(asdict(measure(Path(place) / "store", given.batch_size, given.epochs))))
    return 0


def random_store(path: Path, images: int, size: int) -> None:
    """Write a store of random colour images."""
    pixels = np.random.default_rng(0).integers(0, 256, (images, size, size, 3), np.uint8)
    raw = RawImages(pixels, None, None, None, None, "Noise for a benchmark.")
    write_new(raw, DataSpec(splits=SplitSpec(validation=1, test=1)), path)


def measure(store: Path, batch_size: int, epochs: int) -> Speed:
    """Return how fast a store gives shuffled batches.

    Args:
        store: its folder; nothing may have it open, for the system keeps what is mapped.
        batch_size: images in a batch.
        epochs: how often it is read warm.
    """
    cold = None
    if _forget(store):
        cold = _speed(_batches(store, batch_size), 0)
    batches = _batches(store, batch_size)
    _speed(batches, 0)
    warm = [_speed(batches, epoch) for epoch in range(1, epochs + 1)]
    images = batches.split.store.images
    return Speed(len(images), images.shape[1:], batch_size, cold, statistics.median(warm), epochs)


def _batches(store: Path, batch_size: int) -> Batches:
    return Batches(Store.open(store).split("train"), batch_size, seed=1, shuffle=True)


def _speed(batches: Batches, epoch: int) -> float:
    steps = batches.steps_per_epoch
    began = time.perf_counter()
    for step in range(epoch * steps, (epoch + 1) * steps):
        batches.batch(step)
    return len(batches.split) / (time.perf_counter() - began)


def _forget(store: Path) -> bool:
    """Drop the store's pages from memory; return whether the system let us."""
    os.sync()
    handle = os.open(store / "images.npy", os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        _CACHES.write_text("1")
    except OSError:
        return False
    return True


if __name__ == "__main__":
    raise SystemExit(main())
