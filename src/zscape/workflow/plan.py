"""`zscape plan`: layers, parameters and memory of a recipe, before anything is trained."""

from collections.abc import Sequence

from zscape.specs.compose import compose_recipe
from zscape.specs.plan import Plan, plan_recipe


def plan(recipe: str, overrides: Sequence[str] = ()) -> Plan:
    """Return what a recipe would build and need; neither data nor a backend is touched.

    Args:
        recipe: a shipped recipe's name or the path of a YAML file.
        overrides: texts "dotted.key=value".

    Raises:
        InputError: for anything in the recipe that cannot be used.
    """
    return plan_recipe(compose_recipe(recipe, overrides))
