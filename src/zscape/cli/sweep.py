"""`zscape sweep`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from zscape.cli.arguments import JsonOption, RecipeArgument
from zscape.cli.output import print_json, print_table
from zscape.cli.progress_line import QuietOption, hush_downloads


def sweep(
    recipe: RecipeArgument,
    out: Annotated[Path, typer.Option(metavar="DIR", help="The sweep's directory.", show_default=False)],
    settings: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KEY=VALUE]...",
            help="Settings; one with several values is swept, e.g. training.seed=1,2,3.",
            show_default=False,
        ),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(help="Runs at a time; by default one per two cores.", show_default=False)
    ] = None,
    no_reports: Annotated[bool, typer.Option("--no-reports", help="Leave out the runs' report.html.")] = False,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Run a recipe over a grid of settings, several at a time; means over seeds, and a rate-distortion picture."""
    from zscape.workflow.sweep import sweep as sweep_recipe
    from zscape.workflow.sweep_files import PICTURE, RECORD, TABLE, sweep_json
    from zscape.workflow.sweep_tables import sweep_table

    hush_downloads(quiet)
    record = sweep_recipe(recipe, settings or (), out=out, jobs=jobs, reports=not no_reports, quiet=quiet)
    if json:
        print_json(sweep_json(record))
    else:
        header, rows = sweep_table(record)
        print_table([header, *rows], right=range(len(header)))
        means = ", mean ± sd over seeds" if record.has_means else ""
        print(f"\n{record.split} images{means}; loss, reconstruction and KL in nats per image,")
        print("PSNR in dB, mismatch in nats per dimension.")
        if record.only_elbo_compares:
            print(
                "Rows weigh the KL differently in their loss: compare them by the negative ELBO, reconstruction + KL."
            )
        print(record.no_picture or f"picture: {out / PICTURE}")
        print(f"numbers: {out / RECORD}, {out / TABLE}")
    if record.failed:
        count = f"{len(record.failed)} of {len(record.runs)} runs failed"
        print(f"zscape: {count}; the same command tries them again:", file=sys.stderr)
        for run in record.failed:
            print(f"  - {run.name}: {run.error}", file=sys.stderr)
        raise typer.Exit(1)
