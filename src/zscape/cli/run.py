"""`zscape run`."""

from pathlib import Path
from typing import Annotated

import typer

from zscape.cli.arguments import JsonOption, RecipeArgument, SettingsArgument
from zscape.cli.numbers import print_metrics
from zscape.cli.output import print_json
from zscape.cli.progress_line import QuietOption, hush_downloads
from zscape.cli.train import TensorBoardOption
from zscape.reporting.numbers import counted
from zscape.reporting.weight import weight_sentences


def run(
    recipe: RecipeArgument,
    settings: SettingsArgument = None,
    out: Annotated[Path | None, typer.Option(help="Run directory; by default runs/RECIPE, then -2, -3, ...")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Delete the run that --out holds first.")] = False,
    tensorboard: TensorBoardOption = False,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Prepare, train, evaluate, encode, analyse and report: from a recipe to report.html."""
    from zscape.specs.base import SPLITS
    from zscape.workflow.run import run as run_recipe

    hush_downloads(quiet)
    done = run_recipe(recipe, settings or (), out=out, fresh=fresh, quiet=quiet, tensorboard=tensorboard)
    metrics = done.read("metrics.json")
    report = done.path / "report.html"
    if json:
        print_json({"directory": str(done.path), "report": str(report), "metrics": metrics})
        return
    print_metrics({split: metrics[split] for split in SPLITS if split in metrics})
    shown, model = metrics.get("test") or metrics.get("validation") or metrics["train"], done.recipe.model
    for sentence in weight_sentences(shown, model.z_dim, model.kind == "vae"):
        print(sentence)
    print(f"training: {metrics['images_per_second']:,.0f} images/s, {counted(metrics['epochs'], 'epoch')}")
    print(f"report: {report}")
