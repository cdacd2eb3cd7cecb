"""`zscape recipes`: what is shipped."""

from zscape.core.errors import InputError
from zscape.core.names import unknown_name
from zscape.specs.shipped import ShippedRecipe, shipped_recipes


def recipes() -> dict[str, ShippedRecipe]:
    """Return the shipped recipes by name."""
    return shipped_recipes()


def show_recipe(name: str) -> str:
    """Return a shipped recipe's text, header included.

    Raises:
        InputError: when there is no such recipe; the sentence names the nearest.
    """
    known = shipped_recipes()
    if name not in known:
        raise InputError(unknown_name("recipe", name, known))
    return known[name].path.read_text(encoding="utf-8")
