"""`zscape report`."""

from pathlib import Path
from typing import Annotated

import typer

from zscape.cli.formats import FiguresOption, TablesOption


def report(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR|NPZ", help="A run directory, or a file of codes.", show_default=False)
    ],
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Where to write the report of codes.")] = None,
    title: Annotated[str | None, typer.Option(help="Heading of the page.")] = None,
    figures: FiguresOption = None,
    tables: TablesOption = None,
) -> None:
    """Write report.html, one page that needs no other file, about a run or about codes of any model."""
    from zscape.workflow.report import report as write_report

    path = write_report(directory, out=out, title=title, figures=figures or (), tables=tables or ())
    print(f"report: {path}")
