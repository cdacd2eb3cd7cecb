"""Bringing images to one size and one number of channels: the plan, and what it does to an array.

Nothing here imports pydantic: the worker processes of a preparation start with it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from zscape.core.errors import InputError
from zscape.data.crops import Box, centre_box, crop_box, in_words, size_of, x
from zscape.data.raw import Shape
from zscape.data.readers.pack import Unusable
from zscape.data.resample import NAME, resample
from zscape.specs.crop import ALIGNED, FACE, box_of_rule

if TYPE_CHECKING:
    from zscape.specs.data import DataSpec


@dataclass(frozen=True)
class Fit:
    """How every image is brought to one shape; small, and can be pickled.

    Attributes:
        shape: (height, width, channels) of the result.
        crop: the rule in words, for the manifest.
        changes: what it does to images of the sizes that there are, in a few words each; empty where it does nothing.
        rule: `data.crop`.
        own: (height, width) of the images where all that were looked at share one size, else None.
    """

    shape: Shape
    crop: str
    changes: tuple[str, ...] = ()
    rule: str = "center"
    own: tuple[int, int] | None = None

    def box(self, own: tuple[int, int]) -> Box:
        """Return (left, top, right, bottom) of what is kept of an upright image of (height, width).

        Raises:
            Unusable: when the image does not have these pixels.
        """
        return crop_box(self.rule, own, self.shape[:2])

    def __call__(self, image: np.ndarray) -> np.ndarray:
        """Return one uint8 image (height, width, channels) in the shape `self.shape`.

        Raises:
            Unusable: when the rule needs pixels that the image does not have.
        """
        height, width, channels = self.shape
        left, top, right, bottom = self.box((image.shape[0], image.shape[1]))
        return _resized(convert_channels(image[top:bottom, left:right], channels), height, width)

    def record(self) -> dict[str, Any]:
        """Return the rule in words and numbers; `box` where all images share one size, else None."""
        box = None
        if self.own is not None:
            left, top, right, bottom = self.box(self.own)
            box = {"left": left, "top": top, "width": right - left, "height": bottom - top, "of": list(self.own)}
        resized = box is None or (box["height"], box["width"]) != self.shape[:2]
        return {
            "rule": self.rule,
            "words": self.crop,
            "box": box,
            "size": list(self.shape[:2]),
            "filter": NAME if resized else None,
        }


def plan_fit(shapes: Sequence[Shape], spec: DataSpec) -> Fit:
    """Return how images of these shapes are brought to the size and channels of `spec`.

    Args:
        shapes: the upright images' shapes, or those of a sample; at least one.
        spec: `size` None keeps the size that the crop leaves; `channels` None keeps their own, or takes colour where
            grey and colour images are mixed.

    Raises:
        InputError: when sizes are mixed and none is asked for, the crop fits none of the images, or channels cannot be
            converted.
    """
    channels = _target_channels({shape[2] for shape in shapes}, spec.wanted_channels)
    sizes = Counter(shape[:2] for shape in shapes)
    cuts = _cuts(sizes, spec)
    left = Counter[tuple[int, int]]()
    for own, cut in cuts.items():
        left[cut] += sizes[own]
    if spec.size is None and len(left) > 1:
        raise InputError(_mixed(left, len(shapes), spec.crop_rule))
    size = spec.size or next(iter(left))
    own = next(iter(sizes)) if len(sizes) == 1 else None
    words = _words(spec.crop_rule, cuts, size)
    changes = _changes(spec.crop_rule, cuts, size, {shape[2] for shape in shapes}, channels)
    return Fit((*size, channels), words, changes, spec.crop_rule, own)


def resize_image(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """Cut the largest centred rectangle of the target's proportions out of an image and resize it (LANCZOS).

    Args:
        image: uint8 (any height, any width, channels).
        height: rows of the result.
        width: columns of the result.

    Returns:
        uint8 (height, width, channels).
    """
    left, top, right, bottom = centre_box(image.shape[0], image.shape[1], height, width)
    # Cut, not passed to Pillow as `box`: with a box the filter still looks at the pixels around it.
    return _resized(image[top:bottom, left:right], height, width)


def convert_channels(image: np.ndarray, channels: int) -> np.ndarray:
    """Return an image with 1 or 3 channels; grey is 0.299 R + 0.587 G + 0.114 B, as Pillow has it.

    Args:
        image: uint8 (height, width, own channels).
        channels: wanted; the image's own number is always possible.

    Returns:
        uint8 (height, width, channels).

    Raises:
        InputError: for any pair other than grey and colour.
    """
    own = image.shape[2]
    if own == channels:
        return image
    _check_conversion(own, channels)
    if channels == 3:
        return np.repeat(image, 3, axis=2)
    return np.asarray(Image.fromarray(np.ascontiguousarray(image)).convert("L"))[..., np.newaxis]


def _resized(image: np.ndarray, height: int, width: int) -> np.ndarray:
    return image if image.shape[:2] == (height, width) else resample(image, height, width)


def _target_channels(own: set[int], wanted: int | None) -> int:
    target = wanted or (max(own) if len(own) == 1 else 3)
    for channels in sorted(own - {target}):
        _check_conversion(channels, target)
    return target


def _cuts(sizes: Counter[tuple[int, int]], spec: DataSpec) -> dict[tuple[int, int], tuple[int, int]]:
    """Return what the rule leaves of each size; sizes that it does not fit are left out, unless it fits none."""
    cuts, reason = {}, ""
    for own in sizes:
        try:
            cuts[own] = size_of(crop_box(spec.crop_rule, own, spec.size))
        except Unusable as error:
            reason = reason or error.reason
    if not cuts:
        first = "" if len(sizes) == 1 else ", the first of them"
        raise InputError(f"data.crop={spec.crop_rule} fits none of the images{first}: {reason}.")
    return cuts


def _mixed(left: Counter[tuple[int, int]], count: int, rule: str) -> str:
    (first, often), (second, _) = left.most_common(2)
    after = "" if rule in ("center", "none") else f" after data.crop={rule}"
    return (
        f"The images have {len(left)} different sizes{after}, such as {x(first)} ({often} of {count} images) "
        f"and {x(second)} (height x width); state the size to bring them to, say data.size=96."
    )


def _words(rule: str, cuts: dict[tuple[int, int], tuple[int, int]], size: tuple[int, int]) -> str:
    """Return a rule in words; `cuts` has what it leaves of each size that there is."""
    resized = "" if set(cuts.values()) == {size} else f"resized to {in_words(size)} with Pillow's Lanczos filter"
    if rule in ("center", "center-square", "none") and all(own == cut for own, cut in cuts.items()):
        if not resized:
            return f"none: all images are {in_words(size)}"
        return f"none: the whole image is {resized}" if rule == "none" else f"nothing is cut, all is {resized}"
    words = _centred(size) if rule == "center" else _cut_words(rule)
    return f"{words} is cut out" + (f", then {resized}" if resized else "")


def _centred(size: tuple[int, int]) -> str:
    if size[0] == size[1]:
        return _cut_words("center-square")
    common = math.gcd(*size)
    ratio = f"{size[0] // common}:{size[1] // common}"
    return f"the largest centred rectangle with the height-to-width ratio {ratio}"


def _cut_words(rule: str) -> str:
    if rule == "center-square":
        return "the largest centred square"
    if rule == "celeba-face":
        left, top, side = FACE
        return (
            f"the square of {side}x{side} pixels with its upper left corner at column {left}, row {top} of an aligned "
            f"face of {x(ALIGNED)} pixels (height x width; in proportion at other sizes)"
        )
    box = box_of_rule(rule)
    assert box is not None
    left, top, width, height = box
    return f"the box of {height}x{width} pixels (height x width) with its upper left corner at column {left}, row {top}"


def _changes(
    rule: str,
    cuts: dict[tuple[int, int], tuple[int, int]],
    size: tuple[int, int],
    own: set[int],
    channels: int,
) -> tuple[str, ...]:
    changes = []
    if any(cut != whole for whole, cut in cuts.items()):
        square = "square" if size[0] == size[1] else f"rectangle of height {size[0]} to width {size[1]}"
        words = f"the largest centred {square}" if rule == "center" else _cut_words(rule)
        changes.append(f"{words} is cut out")
    if set(cuts.values()) != {size}:
        stretched = any(size_of(centre_box(*cut, *size)) != cut for cut in cuts.values())
        changes.append(f"{'stretched' if stretched else 'resized'} to {x(size)}")
    if own - {channels}:
        changes.append("colours made grey" if channels == 1 else "grey given three equal channels")
    return tuple(changes)


def _check_conversion(own: int, wanted: int) -> None:
    if {own, wanted} != {1, 3}:
        raise InputError(
            f"Images with {own} channels cannot be brought to {wanted}; only grey (1) and colour (3) can be converted "
            "into each other (data.channels)."
        )
