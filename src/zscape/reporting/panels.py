"""Figures of one or several runs, panel by panel."""

from collections.abc import Callable, Sequence

from matplotlib.figure import Figure
from PIL import Image

from zscape.reporting.blocks import Block, Details, Numbers, Panel, Pictures
from zscape.reporting.numbers import Table
from zscape.reporting.studied import Studied

Picture = Figure | Image.Image | bytes


def pictures(
    runs: Sequence[Studied],
    name: str,
    alt: str,
    draw: Callable[[Studied], Picture | None],
    sentence: Callable[[Studied], str | None],
    *,
    missing: Callable[[Studied], str | None] = lambda run: None,
    title: str | None = None,
    what: str | None = None,
    common: str = "",
) -> Pictures | None:
    """Return a figure with a panel per run; None where no run has one, nor a reason for having none.

    Args:
        runs: the runs.
        name: the stem of the file.
        alt: what it shows.
        draw: gives a run's picture, or None.
        sentence: gives what to see in it.
        missing: gives why a run has no picture.
        title: as in `Pictures`.
        what: likewise.
        common: likewise.
    """
    panels, any_said = [], False
    for position, run in enumerate(runs):
        picture = draw(run)
        said = sentence(run) if picture is not None else missing(run)
        any_said = any_said or picture is not None or said is not None
        named = alt if len(runs) == 1 else f"{run.name}: {alt[0].lower()}{alt[1:]}"
        panels.append(
            Panel(picture, said or ("" if picture is not None else "There is none for this run."), named, position)
        )
    return Pictures(name, tuple(panels), title, what, common) if any_said else None


def drawn(
    runs: Sequence[Studied],
    name: str,
    alt: str,
    *,
    sentence: Callable[[Studied], str | None] | None = None,
    analysis: str = "",
    missing: Callable[[Studied], str | None] = lambda run: None,
    title: str | None = None,
    what: str | None = None,
    common: str = "",
) -> Pictures | None:
    """Return the figure of that name of each run, with the study's sentence about it.

    Args:
        runs: the runs.
        name: of the figure in `Studied.figures`.
        alt: what it shows.
        sentence: gives what to see in it; None: what the study says of a figure of that name.
        analysis: the analysis that it draws, whose reason for being left out is shown in its place.
        missing: gives another reason why a run has no such figure.
        title: as in `Pictures`.
        what: likewise.
        common: likewise.
    """

    def reason(run: Studied) -> str | None:
        return run.left_out(analysis or name) or missing(run)

    def said(run: Studied) -> str | None:
        return (sentence or (lambda it: it.sentence(name)))(run)

    return pictures(
        runs, name, alt, lambda run: run.figures.get(name), said, missing=reason, title=title, what=what, common=common
    )


def folded_tables(runs: Sequence[Studied], summary: str, table: Callable[[Studied], Table | None]) -> tuple[Block, ...]:
    """Return one folded table per run that has it; of several runs each is named.

    Args:
        runs: the runs.
        summary: the line that unfolds it.
        table: gives a run's table.
    """
    tables = [(run, table(run)) for run in runs]
    return tuple(
        Details(summary if len(runs) == 1 else f"{run.name}: {summary[0].lower()}{summary[1:]}", (Numbers(there),))
        for run, there in tables
        if there is not None
    )


def all_there(*blocks: Block | None) -> tuple[Block, ...]:
    """Return the blocks that are there."""
    return tuple(block for block in blocks if block is not None)
