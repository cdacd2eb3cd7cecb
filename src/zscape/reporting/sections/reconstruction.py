"""Originals, what went in, and what comes out."""

from collections.abc import Sequence

from PIL import Image

from zscape.figures.grid import stacks_grid
from zscape.reporting.blocks import Block, Section, Text
from zscape.reporting.panels import all_there, pictures
from zscape.reporting.pictures import PAIR_COLUMNS, reconstructions, shown
from zscape.reporting.sentences import handed_over_sentence, reconstruction_sentence
from zscape.reporting.studied import Studied

_ALT = "Original images above their reconstructions, with a task below what goes in"


def section(runs: Sequence[Studied]) -> Section | None:
    """Return the section; None where there are no reconstructions, as with codes alone."""

    def draw(run: Studied) -> Image.Image | None:
        if run.reconstructions is not None:
            return _handed_over(run)
        if run.trained is None or "originals" not in run.images:
            return None
        return reconstructions(run.images, shown(run.images["originals"].shape[1:], len(runs)))

    figure = pictures(runs, "reconstructions", _ALT, draw, _said, missing=_said)
    if figure is None:
        return None
    if all(panel.picture is None for panel in figure.panels):
        return Section("reconstruction", "Does it reconstruct?", tuple(_texts(runs)))
    rows = {_rows(run) for run in runs if draw(run) is not None}
    how = Text(" ".join(sorted(rows)), "what")
    return Section("reconstruction", "Does it reconstruct?", all_there(how, figure, _noted(runs)))


def _handed_over(run: Studied) -> Image.Image | None:
    given = run.reconstructions
    if given is None or run.withheld:
        return None
    return stacks_grid([given.originals, given.images], PAIR_COLUMNS)


def _rows(run: Studied) -> str:
    if run.trained is not None and run.trained.recipe.task.has_target:
        return "What goes in, below it the original, below that what comes out."
    return "Each original above its reconstruction."


def _said(run: Studied) -> str | None:
    if run.reconstructions is not None:
        return handed_over_sentence(run.reconstructions, pictures=not run.withheld)
    return None if run.trained is None else reconstruction_sentence(dict(run.trained.shown))


def _texts(runs: Sequence[Studied]) -> list[Block]:
    said = [(run, _said(run)) for run in runs]
    texts: list[Block] = [Text(text if len(runs) == 1 else f"{run.name}: {text}") for run, text in said if text]
    return [*texts, *all_there(_noted(runs))]


def _noted(runs: Sequence[Studied]) -> Text | None:
    withheld = dict.fromkeys(run.withheld for run in runs if run.withheld)
    return Text(" ".join(map(str, withheld)), "what") if withheld else None
