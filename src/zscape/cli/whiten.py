"""`zscape whiten`."""

from pathlib import Path
from typing import Annotated

import typer

from zscape.cli.arguments import JsonOption, RunArgument
from zscape.cli.output import print_json
from zscape.reporting.numbers import counted


def whiten(
    directory: RunArgument,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The new run directory.  [default: DIR-whitened]")
    ] = None,
    t: Annotated[float, typer.Option("--t", help="How far: 0 leaves the coordinates, 1 makes them white.")] = 1.0,
    json: JsonOption = False,
) -> None:
    """Fold other coordinates of z into the networks: the same images, and N(0, I) lies where the codes are."""
    from zscape.workflow.whiten import whiten as whiten_run

    record = whiten_run(directory, out, t=t)
    if json:
        print_json(record)
        return
    left_out = f", {counted(record.outliers, 'outlier')} left out" if record.outliers else ""
    print(record.directory)
    print(
        f"Reconstructions: no pixel of {counted(record.images, 'image')} changes by more than "
        f"{record.largest_pixel_change:.1e} (white is 1)"
    )
    print(
        f"Prior mismatch: {record.mismatch_before:.4f} -> {record.mismatch_after:.4f} nats per dimension "
        f"({counted(record.codes, 'code')}{left_out})"
    )
    if record.largest_log_var_change is not None:
        print("Coordinates: shifted and scaled one by one; correlations stay, because a VAE's posteriors have none")
