"""From texts to priors, and from wrong texts to sentences."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zscape.core.errors import InputError
from zscape.latent.priors.fitted_normal import FittedNormal
from zscape.latent.priors.mixture import Mixture
from zscape.latent.priors.normal import Normal
from zscape.latent.priors.parse import parse_prior
from zscape.latent.priors.uniform import Uniform


def normal(level=None) -> FittedNormal:
    return FittedNormal(np.zeros(4), np.eye(4), level)


def mixture(components=None) -> Mixture:
    k = components or 2
    parts = (np.zeros(4), np.ones(4), np.eye(4), np.ones(k) / k, np.zeros((k, 4)), np.stack([np.eye(4)] * k))
    return Mixture(*parts, components is None, {}, 9, 9, 0, 0, 1)


FITS = {"fitted": normal, "mixture": mixture}


def test_right_texts():
    assert parse_prior("normal", 4) == Normal(4)
    assert parse_prior(" Uniform:1.5 ", 4) == Uniform(4, -1.5, 1.5)
    assert parse_prior("uniform:0:8", 4) == Uniform(4, 0.0, 8.0)
    assert parse_prior("uniform:-3:-1e-2", 4) == Uniform(4, -3.0, -0.01)
    for text, level in (("fitted", None), ("fitted:2sigma", 2.0), ("fitted:0.5sigma", 0.5)):
        prior = parse_prior(text, 4, FITS)
        assert isinstance(prior, FittedNormal)
        assert prior.level == level
        assert prior.name == text
    for text, components in (("mixture", 2), ("mixture:10", 10), ("Mixture:1", 1), ("mixture:007", 7)):
        prior = parse_prior(text, 4, FITS)
        assert isinstance(prior, Mixture) and prior.components == components


@pytest.mark.parametrize(
    ("text", "reason", "suggestion"),
    [
        ("unifrom:2", "Unknown prior 'unifrom:2'", "uniform:2"),
        ("unifrom", "Unknown prior 'unifrom'", "uniform:1.5"),
        ("norml", "Unknown prior 'norml'", "normal"),
        ("fited:2sigma", "Unknown prior 'fited:2sigma'", "fitted:2sigma"),
        ("normal:2", "the standard normal has no parameters", "normal"),
        ("uniform", "a cube has one or two numbers, got 0", "uniform:1.5"),
        ("uniform:1:2:3", "a cube has one or two numbers, got 3", "uniform:1.5"),
        ("uniform:-1", "half the width of the cube must be above 0, got -1", "uniform:1"),
        ("uniform:0", "half the width of the cube must be above 0, got 0", "uniform:1.5"),
        ("uniform:wide", "'wide' is not a number", "uniform:1.5"),
        ("uniform:", "'' is not a number", "uniform:1.5"),
        ("uniform:nan", "'nan' is not a finite", "uniform:1.5"),
        ("uniform:0:inf", "'inf' is not a finite", "uniform:1.5"),
        ("uniform:1e39", "'1e39' is not a finite float32", "uniform:1.5"),
        ("uniform:5:1", "the low end must be below the high end, got 5 and 1", "uniform:1:5"),
        ("uniform:2:2", "the low end must be below the high end, got 2 and 2", "uniform:0:8"),
        ("fitted:xsigma", "the level must be a number and 'sigma', got 'xsigma'", "fitted:2sigma"),
        ("fitted:3", "the level must end in 'sigma', got '3'", "fitted:3sigma"),
        ("fitted:-2sigma", "the level must be above 0, got '-2sigma'", "fitted:2sigma"),
        ("mixture:0", "the number of normals must be a whole number from 1 to 1000, got '0'", "mixture:10"),
        ("mixture:1001", "from 1 to 1000, got '1001'", "mixture:10"),
        ("mixture:2.5", "from 1 to 1000, got '2.5'", "mixture:10"),
        ("mixture:2:3", "from 1 to 1000, got '2:3'", "mixture:10"),
        ("mixture:", "from 1 to 1000, got ''", "mixture:10"),
        ("mixtur:4", "Unknown prior 'mixtur:4'", "mixture:4"),
        ("fitted:0sigma", "the level must be above 0, got '0sigma'", "fitted:2sigma"),
    ],
)
def test_wrong_texts(text, reason, suggestion):
    with pytest.raises(InputError) as caught:
        parse_prior(text, 4, FITS)
    sentence = str(caught.value)
    assert reason in sentence
    assert f"Did you mean {suggestion!r}?" in sentence
    assert all(
        form in sentence for form in ("normal", "uniform:1.5", "uniform:0:8", "fitted", "fitted:2sigma", "mixture:10")
    )
    parse_prior(suggestion, 4, FITS)  # what is suggested works


def test_a_text_like_nothing_gets_the_forms_alone():
    with pytest.raises(InputError, match=r"^Unknown prior 'zzz'\. Forms: normal \("):
        parse_prior("zzz", 4)


@pytest.mark.parametrize("text", ["fitted", "fitted:2sigma", "mixture"])
def test_fitted_priors_need_codes(text):
    sentence = f"The prior '{text}' needs the codes of a trained run, and there are none here; use normal."
    with pytest.raises(InputError, match=re.escape(sentence)):
        parse_prior(text, 4)


@pytest.mark.parametrize("text", ["fitted", "mixture:3"])
def test_fitted_priors_must_have_the_dimensions(text):
    with pytest.raises(InputError, match=f"'{text}' was fitted in 4 dimensions; the model has 5"):
        parse_prior(text, 5, FITS)


@given(st.text(max_size=20) | st.from_regex(r"(normal|uniform|fitted|mixture)(:[-0-9.a-z]{0,6}){0,3}", fullmatch=True))
def test_any_text_gives_a_prior_or_a_sentence(text):
    try:
        prior = parse_prior(text, 4, FITS)
    except InputError as error:
        sentence = str(error)
        assert sentence.endswith(".")
    else:
        assert parse_prior(prior.name, 4, FITS).name == prior.name
        assert np.isfinite(prior.sample(2, 1)).all()
