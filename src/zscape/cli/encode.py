"""`zscape encode`."""

from pathlib import Path
from typing import Annotated

import typer

from zscape.cli.arguments import DataOption, RunArgument
from zscape.reporting.numbers import counted


def encode(
    directory: RunArgument,
    out: Annotated[Path, typer.Option(metavar="NPZ", help="The file to write.", show_default=False)],
    data: DataOption = None,
) -> None:
    """Write mu, log_var, ids, splits, labels, attributes and factors of all images as .npz."""
    from zscape.workflow.encode import encode as encode_images

    codes = encode_images(directory, out, data=data)
    print(f"{out}: {counted(len(codes), 'code')} in {counted(codes.z_dim, 'dimension')}")
