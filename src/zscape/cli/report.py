"""`zscape report`."""

from pathlib import Path
from typing import Annotated

import typer

from zscape.cli.formats import FiguresOption, TablesOption


def report(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR|NPZ", help="A run directory, or a file of codes.", show_default=False)
    ],
    more: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[DIR]...", help="Run directories to show beside the first.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR|HTML",
            help="Where to write: of codes the directory; of runs a directory or an .html file, by default "
            "into the run, and of several report-NAMES.html beside the first.",
        ),
    ] = None,
    title: Annotated[str | None, typer.Option(help="Heading of the page.")] = None,
    public: Annotated[
        bool | None,
        typer.Option(
            "--public/--no-public",
            help="Leave original images and their reconstructions out, or show them; by default they are left out "
            "where their source is marked as restricted (CelebA).",
        ),
    ] = None,
    tsne: Annotated[
        bool, typer.Option("--tsne", help="Make maps by t-SNE of runs that have none; a minute each.")
    ] = False,
    figures: FiguresOption = None,
    tables: TablesOption = None,
) -> None:
    """Write one page that needs no other file: about a run, several side by side, or codes of any model."""
    from zscape.workflow.report import report as write_report

    path = write_report(
        directory,
        *(more or ()),
        out=out,
        title=title,
        figures=figures or (),
        tables=tables or (),
        public=public,
        tsne=tsne,
    )
    print(f"report: {path}")
