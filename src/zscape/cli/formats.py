"""The options by which verbs write more than they do by default."""

from typing import Annotated

import typer

FiguresOption = Annotated[
    list[str] | None,
    typer.Option("--figures", metavar="FORMAT", help="svg or pdf, beside the PNGs; may be given twice."),
]
TablesOption = Annotated[
    list[str] | None,
    typer.Option("--tables", metavar="FORMAT", help="csv or tex: the numbers as tables; may be given twice."),
]
