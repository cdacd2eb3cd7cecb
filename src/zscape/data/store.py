"""The store: images decoded once, of one shape, in one uint8 array that is read from the disk as needed.

```
images.npy      uint8 (n, height, width, channels)
splits.npy      uint8 (n,)           codes of `SPLITS`
labels.npy      int64 (n,)           where there are labels
attributes.npy  bool (n, k)          where there are attributes
factors.npy     float32 (n, f)       where the factors are known that the images were made from
names.json      n names              where there are names
skipped.json    [name, reason]       of what the source has and the store has not
manifest.json   what it is, from where, how it was made, checksum
```
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zscape.core.errors import InputError
from zscape.core.files import read_json
from zscape.core.names import unknown_name
from zscape.core.seeds import generator
from zscape.data.draws import fixed_bits
from zscape.data.raw import Shape
from zscape.specs.base import SPLITS

FORMAT = 2
"""Version of the layout; a store of another version is refused."""

_NEEDED = {"count", "shape", "labels", "label_names", "attribute_names", "factor_names", "checksum", "skipped"} | {
    "restricted"
}


@dataclass(frozen=True, eq=False)
class Store:
    """Prepared images on the disk; opened with `Store.open`.

    Attributes:
        directory: where it lies.
        manifest: content of manifest.json.
        images: uint8 (n, height, width, channels), memory-mapped, read-only.
        labels: int64 (n,), or None.
        splits: uint8 (n,), codes of `SPLITS`.
        attributes: bool (n, k), or None.
        factors: float32 (n, f), or None.
        binarized: whether `Split.images` gives each image's fixed draw of black and white; `images` stays as it is.
    """

    directory: Path
    manifest: dict[str, Any]
    images: np.ndarray
    labels: np.ndarray | None
    splits: np.ndarray
    attributes: np.ndarray | None = None
    factors: np.ndarray | None = None
    binarized: bool = False

    @classmethod
    def open(cls, directory: Path) -> "Store":
        """Open the store in `directory`, reading no pixels yet.

        Raises:
            InputError: when there is none, or it is of another format version, incomplete or cut off.
        """
        if not is_store(directory):
            raise InputError(f"{directory} is not a store of prepared images: it has no manifest.json with its arrays.")
        manifest = _checked_manifest(directory)
        shape = (manifest["count"], *manifest["shape"])
        images = _array(directory, "images.npy", np.uint8, shape)
        labels = _array(directory, "labels.npy", np.int64, shape[:1]) if manifest["labels"] else None
        splits = _array(directory, "splits.npy", np.uint8, shape[:1])
        attributes = _table(directory, "attributes.npy", np.bool_, shape[0], manifest["attribute_names"])
        factors = _table(directory, "factors.npy", np.float32, shape[0], manifest["factor_names"])
        return cls(directory, manifest, images, labels, splits, attributes, factors)

    def __len__(self) -> int:
        return len(self.images)

    @property
    def image_shape(self) -> Shape:
        """(height, width, channels)."""
        height, width, channels = self.manifest["shape"]
        return height, width, channels

    @property
    def label_names(self) -> tuple[str, ...] | None:
        """Names of the classes, or None."""
        return self._listed("label_names")

    @property
    def attribute_names(self) -> tuple[str, ...] | None:
        """Names of the columns of `attributes`, or None."""
        return self._listed("attribute_names")

    @property
    def factor_names(self) -> tuple[str, ...] | None:
        """Names of the columns of `factors`, or None."""
        return self._listed("factor_names")

    @property
    def restricted(self) -> bool:
        """Whether the source's terms forbid passing its images on."""
        return bool(self.manifest["restricted"])

    @property
    def checksum(self) -> str:
        """sha256 over the bytes of images, labels, splits, attributes and factors, in this order; hexadecimal.

        As written by the preparation; `data.verify.verify_store` computes it again.
        """
        return self.manifest["checksum"]

    def names(self) -> tuple[str, ...] | None:
        """Return the images' names in the source, such as file names, or None; read from the disk at every call."""
        path = self.directory / "names.json"
        return tuple(read_json(path)) if path.is_file() else None

    def skipped(self) -> tuple[tuple[str, str], ...]:
        """Return (name, reason) of what was left out of the store; read from the disk at every call."""
        if not self.manifest["skipped"]:
            return ()
        return tuple((name, reason) for name, reason in read_json(self.directory / "skipped.json"))

    def split(self, name: str) -> "Split":
        """Return one part of the store, which may be empty.

        Raises:
            InputError: when `name` is none of `SPLITS`.
        """
        if name not in SPLITS:
            raise InputError(unknown_name("split", name, SPLITS))
        return Split(name, np.flatnonzero(self.splits == SPLITS.index(name)).astype(np.int64), self)

    def _listed(self, key: str) -> tuple[str, ...] | None:
        names = self.manifest[key]
        return None if names is None else tuple(names)


@dataclass(frozen=True, eq=False)
class Split:
    """One part of a store.

    Attributes:
        name: one of `SPLITS`.
        ids: int64 (n,), positions in the store, ascending.
        store: the store.
    """

    name: str
    ids: np.ndarray
    store: Store

    def __len__(self) -> int:
        return len(self.ids)

    def images(self, positions: np.ndarray | slice | None = None) -> np.ndarray:
        """Return images as uint8 (n, height, width, channels), a copy in memory.

        Args:
            positions: which, counted within this part; None for all.
        """
        grey = self.grey_images(positions)
        return fixed_bits(grey, str(self.store.manifest.get("source"))) if self.store.binarized else grey

    def grey_images(self, positions: np.ndarray | slice | None = None) -> np.ndarray:
        """Return images as the disk has them, also where the store is to be seen binarized; as `images`."""
        ids = self.ids if positions is None else self.ids[positions]
        return np.asarray(self.store.images[ids])

    def shown(self, count: int) -> np.ndarray:
        """Return `count` images to look at (all, where there are fewer), the same ones every time.

        Drawn, because the first of a folder are all of its first class. uint8 (count, height, width, channels).
        """
        return self.images(self.shown_positions(count))

    def shown_positions(self, count: int) -> np.ndarray:
        """Return the positions, within this part, of the images that `shown` gives: int64, ascending."""
        order = generator(0, "shown", self.name).permutation(len(self))
        return np.sort(order[:count])

    def labels(self, positions: np.ndarray | slice | None = None) -> np.ndarray | None:
        """Return labels as int64 (n,), or None; `positions` as in `images`."""
        return self._rows(self.store.labels, positions)

    def attributes(self, positions: np.ndarray | slice | None = None) -> np.ndarray | None:
        """Return what is true of each image, bool (n, k), columns as `Store.attribute_names`, or None."""
        return self._rows(self.store.attributes, positions)

    def factors(self, positions: np.ndarray | slice | None = None) -> np.ndarray | None:
        """Return the numbers each image was made from, float32 (n, f), columns as `Store.factor_names`, or None."""
        return self._rows(self.store.factors, positions)

    def _rows(self, values: np.ndarray | None, positions: np.ndarray | slice | None) -> np.ndarray | None:
        if values is None:
            return None
        ids = self.ids if positions is None else self.ids[positions]
        return np.asarray(values[ids])


def is_store(directory: Path) -> bool:
    """Return whether `directory` looks like a store: it holds a manifest.json and an array of a store."""
    # Web projects keep a manifest.json beside their images too.
    arrays = any((directory / name).is_file() for name in ("images.npy", "splits.npy"))
    return arrays and (directory / "manifest.json").is_file()


def _checked_manifest(directory: Path) -> dict[str, Any]:
    manifest = read_json(directory / "manifest.json")
    version = manifest.get("format") if isinstance(manifest, dict) else None
    if isinstance(version, int) and version > FORMAT:
        raise InputError(
            f"The store {directory} was written by a newer zscape (store format {version}, this one reads {FORMAT}); "
            "update zscape, or prepare the images again with this one."
        )
    if version != FORMAT:
        raise InputError(
            f"The store {directory} has format {version!r}, this zscape reads format {FORMAT}; prepare it again."
        )
    missing = _NEEDED - set(manifest)
    if missing:
        raise InputError(f"The manifest of the store {directory} lacks {', '.join(sorted(missing))}.")
    return manifest


def _table(directory: Path, name: str, dtype: type, count: int, names: list[str] | None) -> np.ndarray | None:
    return None if names is None else _array(directory, name, dtype, (count, len(names)))


def _array(directory: Path, name: str, dtype: type, shape: tuple[int, ...]) -> np.ndarray:
    remedy = "delete the store and prepare it again"
    try:
        array = np.load(directory / name, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        raise InputError(f"The store {directory} lacks {name}; {remedy}.") from None
    except (ValueError, OSError, EOFError) as error:
        raise InputError(f"{name} of the store {directory} is damaged or cut off ({error}); {remedy}.") from None
    if array.dtype != dtype or array.shape != shape:
        raise InputError(
            f"{name} of the store {directory} holds {array.dtype} {array.shape}, its manifest promises "
            f"{np.dtype(dtype)} {shape}; {remedy}."
        )
    return array
