"""`zscape train`."""

from pathlib import Path
from typing import Annotated

import typer

from zscape.cli.arguments import RecipeArgument, SettingsArgument


def train(
    recipe: RecipeArgument,
    settings: SettingsArgument = None,
    out: Annotated[Path | None, typer.Option(help="Run directory; by default runs/RECIPE, then -2, -3, ...")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Delete the run that --out holds first.")] = False,
) -> None:
    """Train only; the same command again goes on where it stopped."""
    from zscape.workflow.train import train as train_recipe

    done = train_recipe(recipe, settings or (), out=out, fresh=fresh)
    print(f"run: {done.path}")
