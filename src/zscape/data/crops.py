"""Which pixels of an image `data.crop` keeps; nothing here needs more than the image's size."""

from zscape.data.readers.pack import Unusable
from zscape.specs.crop import ALIGNED, FACE, box_of_rule

Box = tuple[int, int, int, int]
"""(left, top, right, bottom) in pixels of the upright image; the last two are the first that are left out."""


def crop_box(rule: str, own: tuple[int, int], target: tuple[int, int] | None) -> Box:
    """Return the part of an image that a rule keeps.

    Args:
        rule: `data.crop`.
        own: (height, width) of the upright image.
        target: (height, width) that is asked for, None for whatever remains.

    Raises:
        Unusable: when the image does not have these pixels.
    """
    height, width = own
    if rule == "none" or (rule == "center" and target is None):
        return 0, 0, width, height
    if rule == "center" and target is not None:
        return centre_box(height, width, *target)
    if rule == "center-square":
        return centre_box(height, width, 1, 1)
    if rule == "celeba-face":
        return _face_box(height, width)
    box = box_of_rule(rule)
    assert box is not None  # the rules with a name are those above
    left, top, right, bottom = box[0], box[1], box[0] + box[2], box[1] + box[3]
    if right > width or bottom > height:
        raise Unusable(
            f"it has {x(own)} pixels (height x width), the crop {rule} (left,top,width,height) needs "
            f"{x((bottom, right))}"
        )
    return left, top, right, bottom


def centre_box(own_height: int, own_width: int, height: int, width: int) -> Box:
    """Return the largest centred rectangle with the proportions height : width."""
    cut_height = max(1, min(own_height, round(own_width * height / width)))
    cut_width = max(1, min(own_width, round(own_height * width / height)))
    left, top = (own_width - cut_width) // 2, (own_height - cut_height) // 2
    return left, top, left + cut_width, top + cut_height


def size_of(box: Box) -> tuple[int, int]:
    """Return (height, width) of a box."""
    return box[3] - box[1], box[2] - box[0]


def x(size: tuple[int, int]) -> str:
    """Return a size in words, such as 218x178."""
    return f"{size[0]}x{size[1]}"


def in_words(size: tuple[int, int]) -> str:
    """Return a size and, where it matters, which number is which, such as 218x178 (height x width)."""
    return x(size) if size[0] == size[1] else f"{x(size)} (height x width)"


def _face_box(height: int, width: int) -> Box:
    tall, wide = ALIGNED
    if abs(height - width * tall / wide) >= 1 and abs(width - height * wide / tall) >= 1:
        raise Unusable(
            f"it has {height}x{width} pixels (height x width), the crop celeba-face needs the proportions of an "
            f"aligned face, {tall}x{wide}"
        )
    left, top, side = FACE
    scale = min(height / tall, width / wide)
    cut = max(1, round(side * scale))
    left, top = min(round(left * scale), width - cut), min(round(top * scale), height - cut)
    return left, top, left + cut, top + cut
