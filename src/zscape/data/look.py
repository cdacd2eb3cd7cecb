"""A first look at a user's images: how many, how large, grey or colour; enough to choose a recipe by."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from zscape.core.errors import InputError
from zscape.data.limit import kept_positions
from zscape.data.raw import RawImages, Shape, shape_of
from zscape.data.readers.arrays import read_array_file
from zscape.data.readers.decode import decode_whole, too_small
from zscape.data.readers.folder import classes, is_archive, read_folder
from zscape.data.readers.pack import Pack, SourceLost, Unusable
from zscape.data.splits import TRAIN, check_enough, split_codes
from zscape.data.store import Store, is_store
from zscape.specs.data import DataSpec

MOST_OPENED = 400
"""Images that are opened; of more, as many evenly spaced ones."""

_ARRAY_ENDINGS = (".npy", ".npz", ".idx", ".gz", "-ubyte")


@dataclass(frozen=True, eq=False)
class Look:
    """What a first look shows.

    Attributes:
        source: the recipe's `data.source` for them.
        count: number of images; of a folder or archive the image files but for those seen to be damaged.
        shapes: (height, width, channels) of those that were opened, at least one; one entry where all share one array.
        opened: number of images whose pixels were looked at.
        grey: whether none of these shows a colour.
        classes: number of classes, None without.
        skipped: (name, reason) of the files among those looked at that cannot be used.
        parts: uint8 (count,), the parts that the images come with, codes of `SPLITS`; None without.
        prepared: whether these parts are a store's, which stay as they are.
    """

    source: str
    count: int
    shapes: tuple[Shape, ...]
    opened: int
    grey: bool
    classes: int | None
    skipped: tuple[tuple[str, str], ...] = ()
    parts: np.ndarray | None = None
    prepared: bool = False

    @property
    def counts_files(self) -> bool:
        """Whether `count` counts files that were not all opened, some of which may be damaged."""
        return self.source == "folder" and self.opened < self.count

    def training_images(self, spec: DataSpec) -> int:
        """Return how many images `data.limit` and `data.splits` leave for training.

        Raises:
            InputError: when they leave none.
        """
        if self.prepared and self.parts is not None:
            return int((self.parts == TRAIN).sum())
        kept = kept_positions(self.count, self.parts, spec.limit, spec.source)
        parts = None if self.parts is None else self.parts[kept]
        return int((split_codes(len(kept), parts, spec.splits, spec.source) == TRAIN).sum())


def is_images(path: Path) -> bool:
    """Return whether a path looks like a user's images: a folder, an archive, or a file in a format of arrays."""
    return path.is_dir() or (path.is_file() and (is_archive(path) or path.name.endswith(_ARRAY_ENDINGS)))


def look_at(path: Path) -> Look:
    """Look at the images of a folder, a .zip or .tar, a store, or an .npy, .npz or idx file.

    Raises:
        InputError: when there are none that can be used, or too few.
    """
    if path.is_dir() and is_store(path):
        store = Store.open(path)
        names = store.label_names
        raw = RawImages(store.images, None, None, store.splits, None, "A store.")
        return replace(_look_at_array(raw, None if names is None else len(names)), prepared=True)
    if path.is_dir() or is_archive(path):
        return _look_at_files(path)
    raw = read_array_file(path)
    return _look_at_array(raw, None if raw.labels is None else len(np.unique(raw.labels)))


def _look_at_files(path: Path) -> Look:
    if (path / "recipe.yaml").is_file():
        raise InputError(
            f"{path} is a run directory, not a folder of images; `zscape report {path}` shows it, and to go on "
            f"training give its recipe with --out {path}."
        )
    raw = read_folder(path)
    pack = raw.images
    assert isinstance(pack, Pack)
    check_enough(len(raw))
    images, skipped = [], dict(raw.skipped)
    for position in _spread(len(raw)):
        try:
            image = decode_whole(pack.read(int(position)))
            images.append((shape_of(image), _is_grey(image)))
        except Unusable as error:
            skipped[pack.names[position]] = error.reason
        except SourceLost as error:
            raise InputError(str(error)) from None
    usable = [name for name in pack.names if name not in skipped]
    if not images:
        name = pack.names[0]
        tried = f"the {len(raw)} image files" if len(raw) <= MOST_OPENED else f"{MOST_OPENED} image files tried"
        raise InputError(f"None of {tried} in {path} can be used; the first, {name}: {skipped[name]}.")
    check_enough(len(usable))
    labels, names = classes(usable, is_archive(path))
    shapes, grey = zip(*images, strict=True)
    found = None if labels is None or names is None else len(names)
    return Look("folder", len(usable), shapes, len(images), all(grey), found, tuple(skipped.items()))


def _look_at_array(raw: RawImages, classes: int | None) -> Look:
    check_enough(len(raw))
    positions = _spread(len(raw))
    shapes = tuple(raw.shapes_at(positions))
    if reason := too_small(shapes[0]):
        raise InputError(f"The first image is too small: {reason}.")
    images = raw.images
    assert not isinstance(images, Pack)
    grey = all(_is_grey(np.asarray(images[int(position)])) for position in positions)
    return Look("array", len(raw), shapes, len(positions), grey, classes, parts=raw.parts)


def _spread(count: int) -> np.ndarray:
    return np.unique(np.linspace(0, count - 1, min(count, MOST_OPENED)).round().astype(int))


def _is_grey(image: np.ndarray) -> bool:
    return image.shape[2] == 1 or (image.shape[2] == 3 and bool((image == image[..., :1]).all()))
