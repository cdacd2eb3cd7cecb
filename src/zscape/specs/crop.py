"""`data.crop`: the names of the rules that say which part of every image is kept, and what is known without images."""

import re

CROPS = {
    "center": "the largest centred rectangle of the proportions of data.size",
    "center-square": "the largest centred square",
    "celeba-face": "a tight square around the face in an aligned photograph of CelebA",
    "none": "the whole image, stretched where its proportions are not those of data.size",
}
"""Every rule by name; a box of numbers is the other way to say it."""

ALIGNED = (218, 178)
"""(height, width) of an aligned photograph of CelebA."""

FACE = (25, 60, 128)
"""(left, top, side) of the square that "celeba-face" cuts out of it.

Chosen by looking at the mean of 1,500 faces and at 60 single ones: the eyes stand at row 111 and columns 69 and 109,
the mouth at row 155, the chin at row 183.
"""

_BOX = re.compile(r"\s*(\d{1,7})\s*,\s*(\d{1,7})\s*,\s*(\d{1,7})\s*,\s*(\d{1,7})\s*")


def box_of_rule(rule: str) -> tuple[int, int, int, int] | None:
    """Return (left, top, width, height) of a rule in numbers, None for a rule with a name.

    Raises:
        ValueError: when the rule is neither, or its box is empty.
    """
    if rule in CROPS:
        return None
    match = _BOX.fullmatch(rule)
    if match is None:
        raise ValueError(
            f"must be one of {', '.join(CROPS)} or left,top,width,height in pixels, such as 15,35,148,148; received "
            f"{rule!r}"
        )
    left, top, width, height = map(int, match.groups())
    if not (width and height):
        raise ValueError(f"{rule!r} has no pixels; left,top,width,height need a width and a height of 1 or more")
    return left, top, width, height
