"""Make the picture of docs/howto/prepare_images.md: what each crop leaves of an aligned face.

    python docs/tools/crops.py

The faces are synthetic (`zscape faces`), of CelebA's size and with their eyes at CelebA's place.
"""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from zscape.core.files import write_bytes
from zscape.data.faces.face import draw_face
from zscape.data.faces.portrait import paint
from zscape.data.resize import plan_fit
from zscape.figures.canvas import PALETTE, new_panels, png, styled
from zscape.specs.data import DataSpec

PICTURES = Path(__file__).parents[1] / "pictures"
RULES = {
    "none": PALETTE[2],
    "center-square": PALETTE[1],
    "15,35,148,148": PALETTE[3],
    "celeba-face": PALETTE[0],
}
FACES = (14, 61)
SIZE = 96


def main() -> None:
    """Draw and write."""
    write_bytes(PICTURES / "crops.png", png(draw_crops([paint(draw_face(1, number)) for number in FACES])))


@styled
def draw_crops(images: list[np.ndarray]) -> Figure:
    """Draw each image with the boxes of all rules on it, then what each rule makes of it.

    Args:
        images: uint8 (218, 178, 3) each.
    """
    columns = len(RULES) + 1
    figure, _ = new_panels(7.4, 3.4, 1)
    figure.clear()
    grid = figure.subplots(len(images), columns, squeeze=False, gridspec_kw={"width_ratios": [178 / 218, 1, 1, 1, 1]})
    for row, image in zip(grid, images, strict=True):
        _show(row[0], image)
        for rule, colour in RULES.items():
            _box(row[0], rule, image, colour)
        for place, (rule, colour) in zip(row[1:], RULES.items(), strict=True):
            _show(place, _fit(rule, image)(image))
            place.spines[:].set(visible=True, color=colour, linewidth=1.8)
    for place, title in zip(grid[0], ("178x218", *RULES), strict=True):
        place.set_title(title, fontsize=8.5)
    return figure


def _fit(rule: str, image: np.ndarray):
    return plan_fit([image.shape], DataSpec(source="folder", path="-", size=(SIZE, SIZE), crop=rule))


def _show(axes: Axes, image: np.ndarray) -> None:
    axes.imshow(image)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)


def _box(axes: Axes, rule: str, image: np.ndarray, colour: str) -> None:
    left, top, right, bottom = _fit(rule, image).box(image.shape[:2])
    inset = 1.5 if rule == "none" else 0.0  # else half of the line lies outside
    axes.add_patch(
        Rectangle(
            (left - 0.5 + inset, top - 0.5 + inset),
            right - left - 2 * inset,
            bottom - top - 2 * inset,
            fill=False,
            color=colour,
            linewidth=1.6,
        )
    )


if __name__ == "__main__":
    main()
