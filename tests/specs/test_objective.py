"""The KL weight as a recipe states it."""

import math

import pytest
from pydantic import ValidationError

from zscape.specs.objective import ObjectiveSpec, WeightSpec

MNIST, CELEBA = (28, 28, 1), (96, 96, 3)


def objective(reconstruction="bce", **weight):
    return ObjectiveSpec(reconstruction=reconstruction, weight=WeightSpec(**weight))


@pytest.mark.parametrize(
    ("fact", "convention", "image_shape", "z_dim", "beta"),
    [
        (2e-4, "mean", MNIST, 2, 0.1568),  # E3: 2 * 2e-4 * 784 / 2
        (6.5e-4, "mean", MNIST, 12, 2 * 6.5e-4 * 784 / 12),  # E5: 0.0849
        (5.0, "tape", CELEBA, 256, 15.0),  # E11: 5 * 3
        (1e-5, "tape", CELEBA, 256, 3e-5),  # E20
    ],
)
def test_facts_of_the_articles_with_bce(fact, convention, image_shape, z_dim, beta):
    loss = objective(fact=fact, convention=convention)
    assert loss.beta_and_sigma(image_shape, z_dim) == (pytest.approx(beta, rel=1e-12), 1.0)
    forms = loss.weight_forms(image_shape, z_dim)
    assert forms.sigma is None
    assert getattr(forms, f"fact_{convention}") == pytest.approx(fact, rel=1e-12)


def test_fact_of_e12_is_a_sigma():
    loss = objective("mse", fact=2e-2, convention="tape")
    beta, sigma = loss.beta_and_sigma(CELEBA, 256)
    assert beta == 1.0
    assert sigma == pytest.approx(math.sqrt(0.03), rel=1e-12) and round(sigma, 4) == 0.1732
    assert loss.weight_forms(CELEBA, 256).fact_tape == pytest.approx(2e-2, rel=1e-12)


@pytest.mark.parametrize("weight", [{"beta": 0.03}, {"sigma": math.sqrt(0.03)}, {"fact": 0.02, "convention": "tape"}])
def test_all_forms_of_one_weight_are_one_weight(weight):
    forms = objective("mse", **weight).weight_forms(CELEBA, 200)
    assert forms.beta == pytest.approx(0.03) and forms.sigma == pytest.approx(math.sqrt(0.03))
    assert forms.fact_tape == pytest.approx(0.02)
    assert forms.fact_mean == pytest.approx(0.02 * 3 * 200 / (2 * 96 * 96 * 3))


def test_beta_leaves_sigma_and_sigma_leaves_beta_at_one():
    assert objective("mse", beta=4.0).beta_and_sigma(MNIST, 2) == (4.0, 1.0)
    assert objective("mse", sigma=0.2).beta_and_sigma(MNIST, 2) == (1.0, 0.2)
    assert objective(beta=0.0).beta_and_sigma(MNIST, 2) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("weight", "sentence"),
    [
        ({}, "received none"),
        ({"beta": 1, "sigma": 1}, "state the weight .*; received beta and sigma"),
        ({"fact": 1}, r"fact and convention belong together; state convention \(tape or mean\) too"),
        ({"convention": "tape"}, r"state the weight once, as beta, fact \(with convention\) or sigma; received none"),
        ({"beta": 1, "convention": "tape"}, "fact and convention belong together; state fact too"),
        ({"beta": 1, "convention": "tape"}, "fact and convention"),
        ({"sigma": 0}, "greater than 0"),
        ({"fact": 1, "convention": "sum"}, "'tape' or 'mean'"),
    ],
)
def test_weights_that_contradict_themselves(weight, sentence):
    with pytest.raises(ValidationError, match=sentence):
        WeightSpec(**weight)


def test_what_does_not_go_with_bce():
    with pytest.raises(ValidationError, match=r"weight\.sigma goes with reconstruction: mse; a Bernoulli .* no sigma"):
        objective("bce", sigma=0.1)
    with pytest.raises(
        ValidationError, match="output: linear goes with reconstruction: mse or gaussian; bce works from"
    ):
        ObjectiveSpec(output="linear")
    assert ObjectiveSpec(reconstruction="mse", output="linear").output == "linear"


def test_what_does_not_go_with_a_learned_sigma():
    with pytest.raises(
        ValidationError, match=r"weight\.sigma goes with reconstruction: mse; with gaussian it is learned"
    ):
        objective("gaussian", sigma=0.1)
    with pytest.raises(ValidationError, match=r"weight\.fact stands for a sigma of your choice; .* the weight as beta"):
        objective("gaussian", fact=1.0, convention="tape")
    assert objective("gaussian", beta=0.5).beta_and_sigma(MNIST, 2) == (0.5, 1.0)
    forms = objective("gaussian", beta=0.5).weight_forms(MNIST, 2)
    assert (forms.beta, forms.sigma, forms.fact_tape, forms.fact_mean) == (0.5, None, None, None)


def test_a_likelihood_that_does_not_exist():
    with pytest.raises(
        ValidationError,
        match=r"Unknown reconstruction 'gausian'\. Did you mean 'gaussian'\? Known: bce, gaussian, mse\.",
    ):
        ObjectiveSpec(reconstruction="gausian")
