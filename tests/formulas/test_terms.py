"""`loss_terms` adds up; `article_terms` against the conventions' own definitions, computed from images and codes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from zscape.formulas.divergence import kl_parts
from zscape.formulas.likelihoods.bernoulli import bernoulli_nll
from zscape.formulas.likelihoods.gaussian import gaussian_nll
from zscape.formulas.terms import article_terms, loss_terms
from zscape.formulas.weight import weight_forms

PARTS = st.floats(0, 1e5)
HEIGHT, WIDTH, CHANNELS, Z_DIM = 6, 5, 3, 4
SHAPE = (HEIGHT, WIDTH, CHANNELS)


@settings(deadline=None)
@given(PARTS, PARTS, PARTS, st.floats(0, 1e3))
def test_terms_add_up(reconstruction, kl_mu, kl_log_var, beta):
    terms = loss_terms(reconstruction, kl_mu, kl_log_var, beta)
    assert (terms.reconstruction, terms.kl_mu, terms.kl_log_var, terms.beta) == (
        reconstruction,
        kl_mu,
        kl_log_var,
        beta,
    )
    assert terms.kl == kl_mu + kl_log_var
    assert terms.weighted_kl == beta * terms.kl
    assert terms.loss == terms.reconstruction + terms.weighted_kl
    assert 0 <= terms.kl_share <= 1
    assert terms.kl_share * terms.loss == pytest.approx(terms.weighted_kl)


def test_sums_are_taken_in_double_precision_whatever_comes_in():
    parts = np.float32(5000.1), np.float32(0.3), np.float32(1e-4)
    terms = loss_terms(*parts, 1e-5)
    assert all(type(value) is float for value in vars(terms).values())
    assert terms.loss == float(parts[0]) + 1e-5 * (float(parts[1]) + float(parts[2]))


def test_nothing_at_all_has_no_share():
    assert loss_terms(0, 0, 0, 1).kl_share == 0


def test_article_viii_s_own_numbers_would_have_shown():
    # 209.01 + 3.49 were printed beside a total of 258.90; from one place they cannot disagree.
    assert loss_terms(209.01, 3.49, 0, 1).loss == pytest.approx(212.5)


def measured():
    rng = np.random.default_rng(0)
    target, logits = rng.random((8, *SHAPE)), rng.normal(0, 2, (8, *SHAPE))
    return target, logits, rng.normal(0, 2, (8, Z_DIM)), rng.normal(-1, 1, (8, Z_DIM))


def article_oracle(convention, errors, mu, log_var, fact):
    """The articles' losses by the words of their definitions: which sums, which means, with or without 1/2."""
    without_half = -(1 + log_var - mu**2 - np.exp(log_var))
    if convention == "tape":
        reconstruction = errors.mean(axis=3).sum(axis=(1, 2)).mean()
        kl = fact * (0.5 * without_half).sum(axis=1).mean()
    else:
        reconstruction = errors.mean()
        kl = fact * without_half.mean()
    return reconstruction, kl, reconstruction + kl


@pytest.mark.parametrize("convention", ["tape", "mean"])
@pytest.mark.parametrize(
    ("reconstruction", "beta", "sigma"), [("bce", 0.7, 1.0), ("mse", 0.7, 1.0), ("mse", 1.0, 0.2), ("mse", 2.0, 0.3)]
)
def test_article_terms_are_the_articles_losses(convention, reconstruction, beta, sigma):
    target, logits, mu, log_var = measured()
    p = special.expit(logits)
    if reconstruction == "bce":
        errors = -(target * np.log(p) + (1 - target) * np.log(1 - p))
        nll = bernoulli_nll(target, logits, np)
    else:
        errors = (target - p) ** 2
        nll = gaussian_nll(target, p, sigma, np)
    at_sigma_1 = beta if reconstruction == "bce" else beta * sigma**2
    fact = getattr(weight_forms(at_sigma_1, reconstruction, SHAPE, Z_DIM), f"fact_{convention}")
    kl_mu, kl_log_var = kl_parts(mu, log_var, np)
    terms = loss_terms(nll.mean(), kl_mu.mean(), kl_log_var.mean(), beta)
    ours = article_terms(terms, reconstruction, sigma, SHAPE)[convention]
    expected = article_oracle(convention, errors, mu, log_var, fact)
    np.testing.assert_allclose((ours.reconstruction, ours.kl, ours.loss), expected, rtol=1e-10)


def test_sigma_is_without_effect_for_bce():
    terms = loss_terms(100, 1, 2, 3)
    assert article_terms(terms, "bce", 1.0, SHAPE) == article_terms(terms, "bce", 0.1, SHAPE)
    assert set(article_terms(terms, "bce", 1.0, SHAPE)) == {"tape", "mean"}
