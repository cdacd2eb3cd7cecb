"""Whether a store's files still are what the preparation wrote."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zscape.core.errors import InputError
from zscape.core.files import read_json
from zscape.data.store import Store
from zscape.specs.base import SPLITS

_BLOCK = 8 << 20  # bytes in memory at a time


@dataclass(frozen=True)
class Verified:
    """A store whose files are whole.

    Attributes:
        images: number of images.
        bytes: bytes that the checksum covers.
        checksum: sha256, computed anew and equal to the manifest's.
    """

    images: int
    bytes: int
    checksum: str


def verify_store(path: Path) -> Verified:
    """Compute a store's checksum again from its arrays, and compare its lists with its manifest; memory stays bounded.

    Raises:
        InputError: when it is no store, or any of its files is not what the preparation wrote.
    """
    store = Store.open(path)
    digest, size = hashlib.sha256(), 0
    for name in ("images", "labels", "splits", "attributes", "factors"):
        if getattr(store, name) is not None:
            for block in _blocks(path / f"{name}.npy"):
                digest.update(block)
                size += len(block)
    if digest.hexdigest() != store.checksum:
        raise InputError(
            f"The store {path} is damaged: its arrays have the checksum {digest.hexdigest()[:16]}..., its manifest "
            f"says {str(store.checksum)[:16]}...; delete the store and prepare it again."
        )
    counts = Counter(np.asarray(store.splits).tolist())
    _compare(path, "images in its parts", {name: counts[code] for code, name in enumerate(SPLITS)}, store, "splits")
    if (path / "names.json").exists():
        _compare(path, "names", len(read_json(path / "names.json")), store, "count")
        if "names_checksum" in store.manifest:  # stores of 0.1's first weeks have none
            found = hashlib.sha256((path / "names.json").read_bytes()).hexdigest()
            _compare(path, "names with the checksum", found, store, "names_checksum")
    _compare(path, "skipped files", len(read_json(path / "skipped.json")), store, "skipped")
    return Verified(len(store), size, digest.hexdigest())


def _blocks(path: Path) -> Iterator[bytes]:
    """Yield the bytes of an array behind its header; read, not mapped, so that a failing disk is an error to report."""
    try:
        with path.open("rb") as file:
            version = np.lib.format.read_magic(file)
            read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            read(file)
            while block := file.read(_BLOCK):
                yield block
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from None


def _compare(path: Path, what: str, found: Any, store: Store, key: str) -> None:
    said = store.manifest.get(key)
    if found != said:
        raise InputError(
            f"The store {path} is damaged: it has {found} {what}, its manifest says {said}; delete the store and "
            "prepare it again."
        )
