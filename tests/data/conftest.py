"""Small inputs for the tests of `zscape.data`; nothing here needs a network or a data set."""

import gzip
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from zscape.data.raw import RawImages
from zscape.data.store import Store
from zscape.data.write import write_new
from zscape.specs.data import DataSpec


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep every test away from the user's caches."""
    cache = tmp_path / "cache"
    monkeypatch.setenv("ZSCAPE_CACHE", str(cache))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return cache


def _idx_bytes(values: np.ndarray, code: int = 0x08) -> bytes:
    header = struct.pack(f">BBBB{values.ndim}I", 0, 0, code, values.ndim, *values.shape)
    return header + values.astype(values.dtype.newbyteorder(">")).tobytes()


@pytest.fixture
def idx_bytes() -> Callable[..., bytes]:
    """Return a writer of idx files, made from the format's description alone."""
    return _idx_bytes


@pytest.fixture
def mnist_folder(tmp_path: Path) -> Path:
    """A folder laid out as MNIST's: 40 training and 10 test images of 28x28, two of the files plain, two packed."""
    rng = np.random.default_rng(0)
    folder = tmp_path / "mnist"
    folder.mkdir()
    for name, count in (("train", 40), ("t10k", 10)):
        images = _idx_bytes(rng.integers(0, 256, (count, 28, 28), np.uint8))
        (folder / f"{name}-images-idx3-ubyte.gz").write_bytes(gzip.compress(images))
        (folder / f"{name}-labels-idx1-ubyte").write_bytes(_idx_bytes((np.arange(count) % 10).astype(np.uint8)))
    return folder


@pytest.fixture
def make_raw() -> Callable[..., RawImages]:
    """Return a maker of `RawImages` whose pixels tell which image they are of."""

    def make(count: int = 20, shape: tuple[int, int, int] = (4, 5, 1), **changes: object) -> RawImages:
        images = np.broadcast_to(np.arange(count, dtype=np.uint8)[:, None, None, None], (count, *shape)).copy()
        fields = {
            "images": images,
            "labels": np.arange(count) % 3,
            "label_names": ("a", "b", "c"),
            "parts": None,
            "names": tuple(f"n{i}" for i in range(count)),
            "origin": "Made for a test.",
        }
        return RawImages(**{**fields, **changes})  # type: ignore[arg-type]

    return make


@pytest.fixture
def store(make_raw: Callable[..., RawImages], tmp_path: Path) -> Store:
    """A store of 20 images of 4x5x1: 16 for training, 2 for validation, 2 for test."""
    return write_new(make_raw(), DataSpec(), tmp_path / "store")
