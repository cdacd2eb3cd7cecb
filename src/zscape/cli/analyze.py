"""`zscape analyze`."""

from pathlib import Path
from typing import Annotated

import typer

from zscape.cli.formats import FiguresOption, TablesOption

_SAID = ("clusters", "maps")  # beside the verdict; the other sentences stand in analysis.json


def analyze(
    codes: Annotated[
        Path, typer.Argument(metavar="NPZ", help="Codes: an .npz with mu or z, or an .npy.", show_default=False)
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where to write.", show_default=False)],
    tsne: Annotated[
        bool, typer.Option("--tsne/--no-tsne", help="Maps by t-SNE: two of 20,000 points take about two minutes.")
    ] = True,
    points: Annotated[int, typer.Option(help="Points in a map; of more a random choice is shown.")] = 20_000,
    seed: Annotated[int, typer.Option(help="Fixes every random choice.")] = 0,
    figures: FiguresOption = None,
    tables: TablesOption = None,
) -> None:
    """Write analysis.json and figures about codes, anyone's; needs no backend."""
    from zscape.workflow.analyze import analyze as analyze_codes

    analysis = analyze_codes(
        codes, out, figures=figures or (), tables=tables or (), tsne=tsne, points=points, seed=seed
    )
    for sentence in (*analysis.verdict, *(analysis.sentences[name] for name in _SAID if name in analysis.sentences)):
        print(sentence)
    print(f"analysis: {out / 'analysis.json'}")
