"""`zscape train`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zscape.cli.arguments import JsonOption, RecipeArgument, SettingsArgument
from zscape.cli.output import print_json
from zscape.cli.progress_line import QuietOption, hush_downloads

if TYPE_CHECKING:
    from zscape.runs.directory import RunDirectory

TensorBoardOption = Annotated[
    bool, typer.Option("--tensorboard", help="Write event files for TensorBoard into DIR/tensorboard too.")
]


def train(
    recipe: RecipeArgument,
    settings: SettingsArgument = None,
    out: Annotated[Path | None, typer.Option(help="Run directory; by default runs/RECIPE, then -2, -3, ...")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Delete the run that --out holds first.")] = False,
    tensorboard: TensorBoardOption = False,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Train only; with --out, the same command again goes on where it stopped."""
    from zscape.workflow.train import train as train_recipe

    hush_downloads(quiet)
    done = train_recipe(recipe, settings or (), out=out, fresh=fresh, quiet=quiet, tensorboard=tensorboard)
    if json:
        print_json(_summary(done))
        return
    print(f"run: {done.path}")


def _summary(run: "RunDirectory") -> dict[str, Any]:
    history, provenance = run.history(), run.read("provenance.json")
    return {
        "directory": str(run.path),
        "epochs": len(history),
        "best_epoch": provenance.get("best_epoch"),
        "kept_epoch": provenance.get("kept_epoch"),
        "seconds": sum(record["seconds"] for record in history),
        "peak_memory_mib": provenance.get("peak_memory_mib"),
    }
