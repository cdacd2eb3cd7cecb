"""`zscape sample`."""

from pathlib import Path
from typing import Annotated

import typer

from zscape.cli.arguments import RunArgument


def sample(
    directory: RunArgument,
    out: Annotated[Path, typer.Option(metavar="PNG", help="The picture to write.", show_default=False)],
    n: Annotated[int, typer.Option("-n", help="Number of images.")] = 28,
    prior: Annotated[
        str,
        typer.Option("--from", help="normal, uniform:1.5, uniform:0:8, fitted, fitted:2sigma, mixture or mixture:10."),
    ] = "normal",
    sharpen: Annotated[float | None, typer.Option(help="Sharpness factor: 0 blurs, 1 leaves as is.")] = None,
    seed: Annotated[int, typer.Option(help="Fixes the points.")] = 1,
    columns: Annotated[int, typer.Option(help="Images per row.")] = 7,
) -> None:
    """Write a picture of images from random z-points."""
    from zscape.workflow.sample import sample as sample_images

    print(sample_images(directory, out, n=n, prior=prior, sharpen=sharpen, seed=seed, columns=columns))
