"""`zscape reconstruct`."""

from pathlib import Path
from typing import Annotated

import typer

from zscape.cli.arguments import DataOption, RunArgument, SplitOption


def reconstruct(
    directory: RunArgument,
    out: Annotated[Path, typer.Option(metavar="PNG", help="The picture to write.", show_default=False)],
    more: Annotated[
        list[Path] | None, typer.Argument(metavar="[DIR]...", help="More runs, side by side.", show_default=False)
    ] = None,
    images: Annotated[
        list[Path] | None,
        typer.Option("--images", metavar="FILE", help="A picture of your own; may be given several times."),
    ] = None,
    n: Annotated[
        int | None, typer.Option("-n", help="Number of images; 20, with several runs 6.", show_default=False)
    ] = None,
    columns: Annotated[int, typer.Option(help="Images per row.")] = 10,
    data: DataOption = None,
    split: SplitOption = "test",
) -> None:
    """Write a picture of originals and their reconstructions, of one run or of several side by side."""
    from zscape.workflow.reconstruct import reconstruct as reconstruct_images

    # `--images *.jpg` gives all but the first file as arguments.
    files = [path for path in more or () if images and path.is_file()]
    runs = [directory, *(path for path in more or () if path not in files)]
    pictures = [*(images or ()), *files]
    print(reconstruct_images(runs, out, n=n, columns=columns, split=split, data=data, images=pictures))
