"""`zscape recipes`."""

from typing import Annotated

import typer

from zscape.cli.output import print_table


def recipes(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Show this one.", show_default=False)] = None,
) -> None:
    """List the shipped recipes, or show one."""
    from zscape.workflow.recipes import recipes as all_recipes
    from zscape.workflow.recipes import show_recipe

    if name is not None:
        print(show_recipe(name), end="")
        return
    print_table([(recipe.name, recipe.title) for recipe in all_recipes().values()])
