"""`zscape recipes`."""

from zscape.specs.shipped import shipped_recipes


def test_list_has_every_recipe_with_its_title(zscape):
    outcome = zscape("recipes")
    shipped = shipped_recipes()
    assert outcome.code == 0 and len(shipped) >= 5
    rows = dict(line.split(maxsplit=1) for line in outcome.out.splitlines())
    assert rows == {name: recipe.title for name, recipe in shipped.items()}


def test_one_recipe_is_shown_as_it_is_and_can_be_copied(zscape, tmp_path):
    outcome = zscape("recipes", "digits")
    assert outcome.code == 0 and outcome.out == shipped_recipes()["digits"].path.read_text(encoding="utf-8")
    (tmp_path / "own.yaml").write_text(outcome.out, encoding="utf-8")
    assert zscape("plan", "own.yaml").out == zscape("plan", "digits").out


def test_unknown_name(refused):
    sentence = refused("recipes", "mnst")
    assert sentence.startswith("Unknown recipe 'mnst'. Did you mean 'mnist'? Known: celeba, celeba_ae, cifar10, ")
