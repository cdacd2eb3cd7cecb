"""Synthetic faces: painted when they are wanted, or read from a folder that `zscape faces` wrote."""

from pathlib import Path

from zscape.core.errors import InputError
from zscape.data.faces.face import ATTRIBUTES, FACTORS
from zscape.data.faces.pack import MOST, SEED, VERSION, FacesPack, parts_of, values_of
from zscape.data.raw import RawImages
from zscape.data.sources.celeba_layout import read_celeba
from zscape.data.sources.registry import SOURCES_READERS
from zscape.specs.data import DataSpec

COUNT = 5_000
"""Faces where `data.limit` does not say how many."""

LEAST = 10
"""With fewer, training, validation and test would not each have one."""

TERMS = "Synthetic faces painted by zscape: nobody's portraits, free to pass on"


@SOURCES_READERS.register("faces")
def read(spec: DataSpec) -> RawImages:
    """Return the first `data.limit` faces of set 1 (5,000 where it is not stated), or those in the folder `data.path`.

    They come with factors, attributes and parts (80, 10 and 10 %); stated `data.splits` take the place of the parts.
    Each face is painted when it is read, so nothing is written but the store.

    Raises:
        InputError: for fewer than 10 faces or more than 999,999, and when `data.path` holds no faces.
    """
    if spec.path is not None:
        return read_celeba(Path(spec.path).expanduser(), TERMS)
    count = COUNT if spec.limit is None else spec.limit
    check_count(count, "data.limit")
    pack = FacesPack(count)
    factors, attributes = values_of(count)
    stated = spec.splits.validation is not None or spec.splits.test is not None
    return RawImages(
        images=pack,
        labels=None,
        label_names=None,
        parts=None if stated else parts_of(count),
        names=pack.names,
        origin=f"{TERMS}; faces 1 to {count:,} of set {SEED}, painter {VERSION}.",
        attributes=attributes,
        attribute_names=tuple(ATTRIBUTES),
        factors=factors,
        factor_names=tuple(factor.name for factor in FACTORS),
    )


def check_count(count: int, name: str) -> None:
    """Raise an error for a number of faces that cannot be painted; `name` is what the user calls it.

    Raises:
        InputError: for fewer than 10 and more than 999,999.
    """
    if not LEAST <= count <= MOST:
        raise InputError(
            f"{name} must be between {LEAST} and {MOST:,} faces, received {count:,}: training, validation and test "
            "need at least one each, and names have six digits."
        )
