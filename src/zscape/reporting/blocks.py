"""What a page is made of: sections, and in them blocks of a few kinds that one template renders."""

from dataclasses import dataclass
from typing import ClassVar

from matplotlib.figure import Figure
from PIL import Image

from zscape.reporting.numbers import Table


@dataclass(frozen=True, eq=False)
class Text:
    """One paragraph.

    Attributes:
        text: plain text.
        style: "", "what" (how something is to be read, printed quietly) or "warning".
    """

    kind: ClassVar[str] = "text"
    text: str
    style: str = ""


@dataclass(frozen=True, eq=False)
class Numbers:
    """A table.

    Attributes:
        table: header and rows.
        title: a heading above it, or None.
        words: whether the cells are words, set to the left, and not numbers.
    """

    kind: ClassVar[str] = "numbers"
    table: Table
    title: str | None = None
    words: bool = False


@dataclass(frozen=True, eq=False)
class Tiles:
    """Boxes of (value, name)."""

    kind: ClassVar[str] = "tiles"
    tiles: tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class Listing:
    """Short texts below each other."""

    kind: ClassVar[str] = "listing"
    lines: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Verbatim:
    """A text with its line breaks, such as a recipe."""

    kind: ClassVar[str] = "verbatim"
    text: str


@dataclass(frozen=True, eq=False)
class Panel:
    """One run's picture in a figure.

    Attributes:
        picture: what is shown: a figure, a picture of pixels, or a PNG; None where this run has none.
        sentence: what to see in it, or why there is none.
        alt: what it shows, for those who cannot see it.
        run: position of the run among those on the page.
    """

    picture: Figure | Image.Image | bytes | None
    sentence: str
    alt: str
    run: int = 0


@dataclass(frozen=True, eq=False)
class Pictures:
    """A figure: one panel per run, side by side.

    Attributes:
        name: the stem of its file.
        panels: at least one.
        title: a heading above it, or None.
        what: how to read it, the same for all panels, or None.
        common: "x", "y" or "xy": the axes that get the same range in all panels, so that they can be compared.
    """

    kind: ClassVar[str] = "pictures"
    name: str
    panels: tuple[Panel, ...]
    title: str | None = None
    what: str | None = None
    common: str = ""


@dataclass(frozen=True, eq=False)
class Details:
    """Blocks that are folded away behind one line."""

    kind: ClassVar[str] = "details"
    summary: str
    blocks: tuple["Block", ...]


@dataclass(frozen=True, eq=False)
class Apart:
    """Blocks of each run, side by side.

    Attributes:
        columns: position of a run, its blocks.
    """

    kind: ClassVar[str] = "apart"
    columns: tuple[tuple[int, tuple["Block", ...]], ...]


Block = Text | Numbers | Tiles | Listing | Verbatim | Pictures | Details | Apart


@dataclass(frozen=True, eq=False)
class Section:
    """A part of the page.

    Attributes:
        name: its id in the page.
        title: its heading, mostly the question that it answers.
        blocks: at least one.
    """

    name: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, eq=False)
class Page:
    """A whole page.

    Attributes:
        title: its heading.
        introduction: what stands below the heading.
        sections: in their order.
        runs: the runs' short names, as columns are labelled; one for a page about one run.
    """

    title: str
    introduction: tuple[Block, ...]
    sections: tuple[Section, ...]
    runs: tuple[str, ...]
