"""Bringing images to one size and one number of channels."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from zscape.core.errors import InputError
from zscape.data.raw import Shape
from zscape.specs.data import DataSpec


@dataclass(frozen=True)
class Fit:
    """How every image is brought to one shape.

    Attributes:
        shape: (height, width, channels) of the result.
        crop: the rule in words, for the manifest.
        changes: what it does to images of the sizes that there are, in a few words each; empty where it does nothing.
    """

    shape: Shape
    crop: str
    changes: tuple[str, ...] = ()

    def __call__(self, image: np.ndarray) -> np.ndarray:
        """Return one uint8 image (height, width, channels) in the shape `self.shape`."""
        height, width, channels = self.shape
        return resize_image(convert_channels(image, channels), height, width)


def plan_fit(shapes: Sequence[Shape], spec: DataSpec) -> Fit:
    """Return how images of these shapes are brought to the size and channels of `spec`.

    Args:
        shapes: the images' shapes, at least one.
        spec: `size` None keeps the images' own size; `channels` None keeps their own, or takes colour where grey and
            colour images are mixed.

    Raises:
        InputError: when sizes are mixed and none is asked for, or channels cannot be converted.
    """
    channels = _target_channels({shape[2] for shape in shapes}, spec.channels)
    sizes = Counter(shape[:2] for shape in shapes)
    if spec.size is None:
        if len(sizes) > 1:
            (first, often), (second, _) = sizes.most_common(2)
            raise InputError(
                f"The images have {len(sizes)} different sizes, such as {_x(first)} ({often} of {len(shapes)} images) "
                f"and {_x(second)} (height x width); state the size to bring them to, say data.size=96."
            )
        (own,) = sizes
        return _fit(shapes, (*own, channels), f"none: all images are {_x(own)}")
    if set(sizes) == {spec.size}:
        return _fit(shapes, (*spec.size, channels), f"none: all images are {_x(spec.size)}")
    rule = (
        f"the largest centred rectangle with the height-to-width ratio {spec.size[0]}:{spec.size[1]} is cut out, then "
        f"resized to {_x(spec.size)} with Pillow's LANCZOS filter"
    )
    return _fit(shapes, (*spec.size, channels), rule)


def resize_image(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """Cut the largest centred rectangle of the target's proportions out of an image and resize it (LANCZOS).

    Args:
        image: uint8 (any height, any width, channels).
        height: rows of the result.
        width: columns of the result.

    Returns:
        uint8 (height, width, channels).
    """
    if image.shape[:2] == (height, width):
        return image
    left, top, right, bottom = centre_box(image.shape[0], image.shape[1], height, width)
    # Cut, not passed to Pillow as `box`: with a box the filter still looks at the pixels around it.
    image = image[top:bottom, left:right]
    # Channel by channel: Pillow would take the fourth of four for transparency and mix it in.
    planes = [Image.fromarray(np.ascontiguousarray(image[..., c])) for c in range(image.shape[2])]
    resized = [plane.resize((width, height), Image.Resampling.LANCZOS) for plane in planes]
    return np.stack([np.asarray(plane) for plane in resized], axis=-1)


def centre_box(own_height: int, own_width: int, height: int, width: int) -> tuple[int, int, int, int]:
    """Return (left, top, right, bottom) of the largest centred rectangle with the proportions height : width."""
    cut_height = max(1, min(own_height, round(own_width * height / width)))
    cut_width = max(1, min(own_width, round(own_height * width / height)))
    left, top = (own_width - cut_width) // 2, (own_height - cut_height) // 2
    return left, top, left + cut_width, top + cut_height


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


def _target_channels(own: set[int], wanted: int | None) -> int:
    target = wanted or (max(own) if len(own) == 1 else 3)
    for channels in sorted(own - {target}):
        _check_conversion(channels, target)
    return target


def _fit(shapes: Sequence[Shape], target: Shape, crop: str) -> Fit:
    height, width = target[:2]
    sizes, channels = {shape[:2] for shape in shapes}, {shape[2] for shape in shapes}
    changes = []
    if any(centre_box(*own, height, width) != (0, 0, own[1], own[0]) for own in sizes):
        cut = "square" if height == width else f"rectangle of height {height} to width {width}"
        changes.append(f"the largest centred {cut} is cut out")
    if sizes != {(height, width)}:
        changes.append(f"resized to {_x((height, width))}")
    if channels - {target[2]}:
        changes.append("colours made grey" if target[2] == 1 else "grey given three equal channels")
    return Fit(target, crop, tuple(changes))


def _check_conversion(own: int, wanted: int) -> None:
    if {own, wanted} != {1, 3}:
        raise InputError(
            f"Images with {own} channels cannot be brought to {wanted}; only grey (1) and colour (3) can be converted "
            "into each other (data.channels)."
        )


def _x(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"
