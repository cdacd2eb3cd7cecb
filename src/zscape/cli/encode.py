"""`zscape encode`."""

from pathlib import Path
from typing import Annotated

import typer

from zscape.cli.arguments import DataOption, RunArgument


def encode(
    directory: RunArgument,
    out: Annotated[Path, typer.Option(metavar="NPZ", help="The file to write.", show_default=False)],
    data: DataOption = None,
) -> None:
    """Write mu, log_var, ids, splits and labels of all images as .npz."""
    from zscape.workflow.encode import encode as encode_images

    codes = encode_images(directory, out, data=data)
    print(f"{out}: {len(codes):,} codes in {codes.z_dim} dimensions")
