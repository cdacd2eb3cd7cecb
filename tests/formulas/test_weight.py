"""The exact numbers that the articles' settings stand for, and round trips between all forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zscape.formulas.weight import beta_from_fact, unit_of_fact, weight_forms

CELEBA, MNIST = (96, 96, 3), (28, 28, 1)
WEIGHTS = st.floats(1e-8, 1e4)
SHAPES = st.tuples(st.integers(1, 300), st.integers(1, 300), st.integers(1, 4))


@pytest.mark.parametrize(
    ("fact", "convention", "image_shape", "z_dim", "beta"),
    [
        (5, "tape", CELEBA, 256, 15),
        (1e-5, "tape", CELEBA, 256, 3e-5),
        (2e-4, "mean", MNIST, 2, 0.1568),
        (6.5e-4, "mean", MNIST, 12, 0.0849333333),
    ],
)
def test_facts_of_the_articles_with_bce(fact, convention, image_shape, z_dim, beta):
    assert beta_from_fact(fact, convention, "bce", image_shape, z_dim) == pytest.approx(beta, rel=1e-8)
    forms = weight_forms(beta, "bce", image_shape, z_dim)
    assert getattr(forms, f"fact_{convention}") == pytest.approx(fact, rel=1e-8)
    assert forms.beta == beta


def test_fact_of_the_articles_with_mse():
    beta = beta_from_fact(2e-2, "tape", "mse", CELEBA, 256)
    forms = weight_forms(beta, "mse", CELEBA, 256)
    assert forms.sigma == pytest.approx(0.1732, abs=5e-5)
    assert forms.fact_tape == pytest.approx(2e-2)


def test_a_bernoulli_has_no_sigma():
    assert weight_forms(1.0, "bce", MNIST, 2).sigma is None


@pytest.mark.parametrize("convention", ["tape", "mean"])
@pytest.mark.parametrize("reconstruction", ["bce", "mse"])
@settings(deadline=None)
@given(fact=WEIGHTS, shape=SHAPES, z_dim=st.integers(1, 2000))
def test_fact_to_beta_to_fact(convention, reconstruction, fact, shape, z_dim):
    beta = beta_from_fact(fact, convention, reconstruction, shape, z_dim)
    forms = weight_forms(beta, reconstruction, shape, z_dim)
    assert getattr(forms, f"fact_{convention}") == pytest.approx(fact, rel=1e-12)


@settings(deadline=None)
@given(WEIGHTS, SHAPES, st.integers(1, 2000))
def test_beta_to_any_form_and_back(beta, shape, z_dim):
    forms = weight_forms(beta, "mse", shape, z_dim)
    assert forms.sigma is not None and forms.sigma**2 == pytest.approx(beta, rel=1e-12)
    for convention, fact in (("tape", forms.fact_tape), ("mean", forms.fact_mean)):
        assert beta_from_fact(fact, convention, "mse", shape, z_dim) == pytest.approx(beta, rel=1e-12)


@settings(deadline=None)
@given(SHAPES, st.integers(1, 2000))
def test_the_two_conventions_differ_by_twice_the_pixels_per_code(shape, z_dim):
    ratio = unit_of_fact("mean", shape, z_dim) / unit_of_fact("tape", shape, z_dim)
    assert ratio == pytest.approx(2 * shape[0] * shape[1] / z_dim)


@pytest.mark.parametrize("convention", ["tape", "mean"])
def test_mse_forms_give_the_same_optimum_as_the_convention_s_own_loss(convention):
    # The definition: the article's loss and ours must rank any two (reconstruction, KL) alike, so be proportional.
    rng = np.random.default_rng(0)
    height, width, channels, z_dim, fact = 4, 5, 3, 7, 0.3
    beta = beta_from_fact(fact, convention, "mse", (height, width, channels), z_dim)
    squared, per_dimension = rng.random((9, height, width, channels)), rng.random((9, z_dim))
    ours = squared.sum(axis=(1, 2, 3)) / 2 + beta * per_dimension.sum(axis=1)
    if convention == "tape":
        theirs = squared.mean(axis=3).sum(axis=(1, 2)) + fact * per_dimension.sum(axis=1)
    else:
        theirs = squared.mean(axis=(1, 2, 3)) + fact * (2 * per_dimension).mean(axis=1)
    np.testing.assert_allclose(ours / theirs, np.full(9, ours[0] / theirs[0]))
