"""Which image belongs to which part. The draws are fixed: they do not depend on the seed of a training."""

import numpy as np

from zscape.core.errors import InputError
from zscape.core.seeds import generator
from zscape.specs.base import SPLITS
from zscape.specs.data import SplitSpec

TRAIN, VALIDATION, TEST = (SPLITS.index(name) for name in ("train", "validation", "test"))


def split_codes(count: int, parts: np.ndarray | None, spec: SplitSpec, source: str) -> np.ndarray:
    """Return the part of every image by the rules of `SplitSpec`.

    Args:
        count: number of images.
        parts: uint8 (count,), the official parts (codes of `SPLITS`), or None. With validation images among them they
            are taken as they are.
        spec: how many images go where.
        source: the source's name; it names the draw.

    Returns:
        uint8 (count,), codes of `SPLITS`.

    Raises:
        InputError: when the parts asked for leave no image for training, or parts are stated beside official ones.
    """
    check_enough(count)
    if parts is not None:
        whole = (parts == VALIDATION).any()
        return official_codes(parts, spec) if whole else _with_official_test(parts, spec, source)
    validation = _number(spec.validation, count)
    test = _number(spec.test, count)
    if validation + test >= count:
        raise InputError(
            f"{_images(validation)} for validation and {test} for test leave none for training: there are {count} "
            "images (data.splits, data.limit)."
        )
    order = generator(0, "split", source).permutation(count)
    codes = np.full(count, TRAIN, np.uint8)
    codes[order[:validation]] = VALIDATION
    codes[order[validation : validation + test]] = TEST
    return codes


def official_codes(parts: np.ndarray, spec: SplitSpec) -> np.ndarray:
    """Return the part of every image of a source that comes with all three.

    Args:
        parts: uint8 (count,), codes of `SPLITS`.
        spec: how many images are asked for; must not state any.

    Raises:
        InputError: when `spec` states parts, or one is empty.
    """
    if spec.validation is not None or spec.test is not None:
        raise InputError(
            "data.splits cannot be stated: the images come with training, validation and test parts of their own."
        )
    counts = np.bincount(parts, minlength=len(SPLITS))
    if not counts.all():
        held = ", ".join(f"{count} {name}" for name, count in zip(SPLITS, counts, strict=True))
        raise InputError(
            f"One of the images' own parts is empty here ({held}); raise data.limit, or leave out the file that says "
            "which image is in which part."
        )
    return parts.astype(np.uint8)


def own_codes(count: int, parts: np.ndarray | None) -> np.ndarray:
    """Return the part of every image where nothing is trained: its official one, else test.

    Args:
        count: number of images, one or more.
        parts: as in `split_codes`.
    """
    return np.full(count, TEST, np.uint8) if parts is None else parts.astype(np.uint8)


def check_enough(count: int) -> None:
    """Raise an error when there are too few images for three parts.

    Raises:
        InputError: for fewer than three.
    """
    if count < len(SPLITS):
        held = "is only 1 image" if count == 1 else f"are only {count} images"
        raise InputError(
            f"There {held}, too few to be split into training, validation and test: each needs at least one, so "
            f"{len(SPLITS)} images are the least."
        )


def _with_official_test(parts: np.ndarray, spec: SplitSpec, source: str) -> np.ndarray:
    if spec.test is not None:
        raise InputError("data.splits.test cannot be stated: the images come with a test set of their own.")
    stated = spec.validation is not None
    pool = np.flatnonzero(parts == (TRAIN if stated else TEST))
    number = _number(spec.validation, len(parts)) if stated else len(pool) // 2
    if stated and number >= len(pool):
        raise InputError(
            f"{_images(number)} for validation leave none for training: the official training set has "
            f"{_images(len(pool))} (data.splits.validation, data.limit)."
        )
    if number == 0:
        raise InputError(
            f"The official test set has {_images(len(pool))} here, too few to be halved into validation and test; "
            "raise data.limit, or state data.splits.validation."
        )
    codes = parts.astype(np.uint8)  # a copy
    codes[generator(0, "split", source).permutation(pool)[:number]] = VALIDATION
    return codes


def _images(number: int) -> str:
    return f"{number} image{'s' if number != 1 else ''}"


def _number(stated: int | float | None, count: int) -> int:
    if isinstance(stated, int):
        return stated
    return max(1, round((0.1 if stated is None else stated) * count))
