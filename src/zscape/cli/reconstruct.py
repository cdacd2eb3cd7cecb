"""`zscape reconstruct`."""

from pathlib import Path
from typing import Annotated

import typer

from zscape.cli.arguments import DataOption, RunArgument, SplitOption


def reconstruct(
    directory: RunArgument,
    out: Annotated[Path, typer.Option(metavar="PNG", help="The picture to write.", show_default=False)],
    n: Annotated[int, typer.Option("-n", help="Number of images.")] = 20,
    columns: Annotated[int, typer.Option(help="Images per row.")] = 10,
    data: DataOption = None,
    split: SplitOption = "test",
) -> None:
    """Write a picture of originals, each above its reconstruction; with a task what goes in above both."""
    from zscape.workflow.reconstruct import reconstruct as reconstruct_images

    print(reconstruct_images(directory, out, n=n, columns=columns, split=split, data=data))
