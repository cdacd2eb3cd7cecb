"""The recipes that come with zscape."""

from pathlib import Path

import pytest

import zscape
from zscape.specs.compose import compose_recipe
from zscape.specs.plan import plan_recipe
from zscape.specs.shipped import shipped_recipes

FOLDER = Path(next(iter(zscape.__path__))) / "recipe_files"
FILES = sorted(path for path in FOLDER.rglob("*") if path.suffix in (".yaml", ".yml"))


def test_every_recipe_file_is_shipped_under_its_own_name():
    assert FILES, "no recipe found: this test would stop covering without failing"
    assert sorted(recipe.path for recipe in shipped_recipes().values()) == FILES


@pytest.mark.parametrize("name", sorted(shipped_recipes()))
def test_recipe_parses_and_plans(name):
    recipe = compose_recipe(name)
    plan = plan_recipe(recipe)
    assert plan.decoder.layers[-1].output_shape == recipe.image_shape


@pytest.mark.parametrize("name", sorted(shipped_recipes()))
def test_header_opens_with_a_title(name):
    title = shipped_recipes()[name].title
    assert title and not title.startswith("#") and len(title) <= 120


def test_recipes_of_the_articles_have_their_weights():
    def beta(name):
        recipe = compose_recipe(name)
        return recipe.objective.beta_and_sigma(recipe.image_shape, recipe.model.z_dim)[0]

    # E3, E5 and E11.
    assert round(beta("mnist_2d"), 4) == 0.1568 and round(beta("mnist"), 4) == 0.0849 and beta("celeba") == 15.0
