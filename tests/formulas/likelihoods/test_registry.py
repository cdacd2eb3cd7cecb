"""What every likelihood keeps, whoever adds one."""

from pathlib import Path

import numpy as np
import pytest

from zscape.formulas import likelihoods
from zscape.formulas.likelihoods.registry import LIKELIHOODS
from zscape.formulas.objective import Objective
from zscape.formulas.weight import weight_forms
from zscape.specs.objective import ObjectiveSpec

SHAPE = (3, 4, 5, 2)
EVERY = [LIKELIHOODS.get(name) for name in LIKELIHOODS]
PAIRS = [(likelihood, output) for likelihood in EVERY for output in likelihood.outputs]


def drawn():
    rng = np.random.default_rng(0)
    return rng.random(SHAPE), rng.normal(0, 2, SHAPE)


def test_every_file_is_registered_and_has_a_test():
    files = {path.stem for path in Path(next(iter(likelihoods.__path__))).glob("*.py")} - {"__init__", "base"}
    assert {type(likelihood).__module__.rpartition(".")[2] for likelihood in EVERY} == files - {"registry"}
    assert {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")} == files
    assert list(LIKELIHOODS) == ["bce", "mse", "gaussian"]


@pytest.mark.parametrize(("likelihood", "output"), PAIRS)
def test_one_number_per_image_whatever_the_batch(likelihood, output):
    target, logits = drawn()
    image = likelihood.mean_image(logits, output, np).clip(0.0, 1.0)
    for formula, other in (
        (lambda t, x: likelihood.nll(t, x, output, 0.3, np), logits),
        (
            lambda t, x: likelihood.nll_of_image(t, x, 0.3, np),
            image,
        ),
    ):
        together = formula(target, other)
        assert together.shape == (3,)
        apart = [formula(target[i : i + 1], other[i : i + 1])[0] for i in range(3)]
        np.testing.assert_allclose(together, apart, rtol=1e-12)


@pytest.mark.parametrize(("likelihood", "output"), PAIRS)
def test_the_image_s_own_likelihood_is_the_output_s(likelihood, output):
    target, logits = drawn()
    logits = logits.clip(0.1, 0.9) if output == "linear" else logits
    image = likelihood.mean_image(logits, output, np)
    np.testing.assert_allclose(
        likelihood.nll_of_image(target, image, 0.3, np), likelihood.nll(target, logits, output, 0.3, np), rtol=1e-9
    )


@pytest.mark.parametrize(("likelihood", "output"), PAIRS)
def test_float32_does_not_lose_it(likelihood, output):
    target, logits = drawn()
    exact = likelihood.nll(target, logits, output, 0.3, np)
    rounded = likelihood.nll(target.astype(np.float32), logits.astype(np.float32), output, np.float32(0.3), np)
    np.testing.assert_allclose(rounded, exact, rtol=1e-5)


@pytest.mark.parametrize("likelihood", EVERY)
def test_nothing_beats_the_target_and_nothing_falls_below_the_floor(likelihood):
    target, logits = drawn()
    target = target.clip(0.01, 0.99)
    least = likelihood.nll_of_image(target, target, 0.3, np)
    assert (likelihood.nll_of_image(target, 1 - target, 0.3, np) > least).all()
    assert (likelihood.nll(target, logits, likelihood.outputs[0], 0.3, np) > least).all()
    floor = likelihood.entropy_floor(target, np)
    if floor is not None:
        np.testing.assert_allclose(least, floor, rtol=1e-9)


@pytest.mark.parametrize("likelihood", EVERY)
def test_of_constant_images_the_mean_is_the_best(likelihood):
    """Which makes its cost the yardstick for codes that tell nothing."""
    target, _ = drawn()
    mean = target.mean(axis=0, keepdims=True)
    least = likelihood.nll_of_image(target, mean, 0.3, np).mean()
    for seed in range(5):
        other = (mean + np.random.default_rng(seed).normal(0, 0.05, mean.shape)).clip(0.01, 0.99)
        assert likelihood.nll_of_image(target, other, 0.3, np).mean() > least


@pytest.mark.parametrize("likelihood", EVERY)
def test_a_recipe_and_an_objective_know_it(likelihood):
    stated = ObjectiveSpec.model_validate({"reconstruction": likelihood.name, "output": likelihood.outputs[-1]})
    assert stated.likelihood is likelihood and Objective(likelihood.name).likelihood is likelihood
    assert stated.beta_and_sigma((8, 8, 1), 2) == (1.0, 1.0)


@pytest.mark.parametrize("likelihood", EVERY)
def test_its_weight_has_the_forms_that_it_says(likelihood):
    forms = weight_forms(0.3, likelihood.name, (8, 8, 1), 2)
    assert forms.beta == 0.3
    assert (forms.sigma is None) == (likelihood.sigma != "stated")
    assert (forms.fact_tape is None) == (forms.fact_mean is None) == (likelihood.beta_per_fact is None)
    assert likelihood.sigma == "stated" or likelihood.no_sigma, "a reason for who states one"


@pytest.mark.parametrize("likelihood", EVERY)
def test_the_docs_name_it(likelihood):
    rows = (Path(__file__).parents[3] / "docs" / "recipes.md").read_text(encoding="utf-8").splitlines()
    (row,) = [row for row in rows if row.startswith("| `reconstruction` ")]
    assert f"`{likelihood.name}`" in row
