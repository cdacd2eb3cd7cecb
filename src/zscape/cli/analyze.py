"""`zscape analyze`."""

from pathlib import Path
from typing import Annotated

import typer

from zscape.cli.formats import FiguresOption, TablesOption


def analyze(
    codes: Annotated[
        Path, typer.Argument(metavar="NPZ", help="Codes: an .npz with mu or z, or an .npy.", show_default=False)
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where to write.", show_default=False)],
    figures: FiguresOption = None,
    tables: TablesOption = None,
) -> None:
    """Write analysis.json and figures about codes, anyone's; needs no backend."""
    from zscape.workflow.analyze import analyze as analyze_codes

    for sentence in analyze_codes(codes, out, figures=figures or (), tables=tables or ()).verdict:
        print(sentence)
    print(f"analysis: {out / 'analysis.json'}")
