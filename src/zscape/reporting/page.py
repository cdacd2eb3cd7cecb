"""A page's blocks and pictures as one self-contained HTML file."""

import base64
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import cast

import jinja2
from markupsafe import Markup, escape
from matplotlib.figure import Figure
from PIL import Image

from zscape.reporting.blocks import Apart, Block, Details, Page, Panel, Pictures
from zscape.reporting.fit import fit, share_axes

_TEMPLATES = Path(__file__).parent / "templates"

_LEAST, _MOST = 0.5, 0.8
"""CSS pixels per pixel of a drawing: its letters of 9 points (18 pixels) are from 9 to 14 pixels tall."""


@dataclass(frozen=True, eq=False)
class Printed:
    """A picture in the page.

    Attributes:
        png: its bytes.
        drawing: whether it is a drawing with letters, which must stay readable, and not a picture of pixels.
        width: pixels across.
    """

    png: bytes
    drawing: bool
    width: int

    @property
    def uri(self) -> str:
        """The picture as a data URI."""
        return f"data:image/png;base64,{base64.b64encode(self.png).decode()}"

    @property
    def least(self) -> int:
        """CSS pixels that a drawing must be wide so that its letters can be read; narrower screens scroll it."""
        return round(_LEAST * self.width)

    @property
    def most(self) -> int:
        """CSS pixels that it is wide where there is room."""
        return round(_MOST * self.width)


@dataclass(frozen=True, eq=False)
class Prints:
    """All pictures of a page, printed.

    Attributes:
        by_panel: a panel's picture by the panel's id.
        by_name: PNGs by their files' stems; where a page is about several runs the run's name stands in front.
        remarks: what is said below a figure's heading of its common axes, by the figure's id.
    """

    by_panel: dict[int, Printed] = field(default_factory=dict)
    by_name: dict[str, bytes] = field(default_factory=dict)
    remarks: dict[int, str] = field(default_factory=dict)


def print_pictures(page: Page, png: Callable[[Figure | Image.Image], bytes]) -> Prints:
    """Fit the drawings to the page and turn all its pictures into PNGs.

    Args:
        page: the page; where there are several runs its drawings become narrower, and their PNGs have 256 colours,
            which makes a third of their bytes and no difference to the eye.
        png: prints a picture.
    """
    prints = Prints()
    for block in figures_of(page):
        if len(page.runs) > 1:
            _beside_each_other(block, prints)
        for panel in block.panels:
            if panel.picture is not None:
                printed = _printed(panel.picture, png, few_colours=len(page.runs) > 1)
                prints.by_panel[id(panel)] = printed
                prints.by_name[file_name(page, block, panel)] = printed.png
    return prints


def figures_of(page: Page) -> Iterator[Pictures]:
    """Yield the figures of a page in their order."""

    def inside(blocks: tuple[Block, ...]) -> Iterator[Pictures]:
        for block in blocks:
            if isinstance(block, Pictures):
                yield block
            elif isinstance(block, Details):
                yield from inside(block.blocks)
            elif isinstance(block, Apart):
                for _, column in block.columns:
                    yield from inside(column)

    yield from inside(page.introduction)
    for section in page.sections:
        yield from inside(section.blocks)


def file_name(page: Page, block: Pictures, panel: Panel) -> str:
    """Return the stem of a panel's file."""
    return block.name if len(page.runs) == 1 else f"{page.runs[panel.run]}-{block.name}".replace("/", "-")


def render(page: Page, prints: Prints) -> str:
    """Return a page's HTML.

    Args:
        page: what it says.
        prints: its pictures.
    """
    loader = jinja2.FileSystemLoader(_TEMPLATES)
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["prose"] = _prose
    environment.globals.update(
        printed=lambda panel: prints.by_panel.get(id(panel)), remark=lambda block: prints.remarks.get(id(block))
    )
    version = metadata.version("zscape")
    return environment.get_template("page.html.jinja").render(page=page, version=version)


def _prose(text: str) -> Markup:
    """Return a text for HTML; what stands between backticks is set as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


_DIRECTION = {"x": "horizontal ", "y": "vertical ", "xy": ""}


def _beside_each_other(block: Pictures, prints: Prints) -> None:
    figures = [panel.picture for panel in block.panels if isinstance(panel.picture, Figure)]
    if block.common and len(figures) > 1:
        shared = share_axes(figures, block.common)
        prints.remarks[id(block)] = (
            f"All on the same {_DIRECTION[block.common]}axes."
            if shared
            else "Each on axes of its own, because their ranges are too far apart."
        )
    for figure in figures:
        fit(figure)


def _printed(
    picture: Figure | Image.Image | bytes, png: Callable[[Figure | Image.Image], bytes], few_colours: bool
) -> Printed:
    if isinstance(picture, Image.Image):
        picture = compact(picture)
    data = picture if isinstance(picture, bytes) else png(picture)
    drawing = isinstance(picture, Figure)
    with Image.open(io.BytesIO(data)) as opened:
        if drawing and few_colours:
            data = png(opened.convert("RGB").quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE))
        return Printed(data, drawing, opened.width)


def compact(picture: Image.Image) -> Image.Image:
    """Return the same pixels in the mode that needs the fewest bytes: grey, up to 256 colours, or as it is.

    Args:
        picture: an RGB image.
    """
    if picture.mode != "RGB":
        return picture
    red, green, blue = picture.split()
    if red.tobytes() == green.tobytes() == blue.tobytes():
        return red
    colours = picture.getcolors(256)
    if colours is None:
        return picture
    palette = Image.new("P", (1, 1))
    palette.putpalette([value for _, colour in colours for value in cast("tuple[int, int, int]", colour)])
    return picture.quantize(palette=palette, dither=Image.Dither.NONE)


def named_figures(page: Page) -> Mapping[str, Figure]:
    """Return the drawings of a page, without pictures of pixels, by their files' stems."""
    return {
        file_name(page, block, panel): panel.picture
        for block in figures_of(page)
        for panel in block.panels
        if isinstance(panel.picture, Figure)
    }
