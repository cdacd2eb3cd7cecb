"""The loss of a split, image by image."""

import numpy as np
import pytest

from zscape.core.seeds import row_normals
from zscape.inference import evaluate
from zscape.inference.encode import encode_split
from zscape.inference.evaluate import evaluate_split
from zscape.pathways.build import build_model


@pytest.fixture(scope="module")
def split(tiny_store):
    return tiny_store.split("validation")


@pytest.fixture(scope="module")
def codes(model, split):
    return encode_split(model, split)


def bce(target, logits):
    p = 1 / (1 + np.exp(-logits.astype(np.float64)))
    return -(target * np.log(p) + (1 - target) * np.log(1 - p)).sum(axis=(1, 2, 3))


def test_against_the_definitions(model, split, codes):
    found = evaluate_split(model, split, codes, seed=1)
    target = split.images() / 255.0
    z = codes.mu + np.exp(codes.log_var / 2) * row_normals(1, ("evaluation noise", "validation"), codes.ids, 3)
    mu, log_var = codes.mu.astype(np.float64), codes.log_var.astype(np.float64)
    assert found.images == 9
    assert found.terms.reconstruction == pytest.approx(bce(target, model.decode_logits(z)).mean(), rel=1e-6)
    assert found.reconstruction_at_mean == pytest.approx(bce(target, model.decode_logits(codes.mu)).mean(), rel=1e-6)
    assert found.terms.kl_mu == pytest.approx((mu**2).sum(axis=1).mean() / 2, rel=1e-9)
    assert found.terms.kl_log_var == pytest.approx(-(1 + log_var - np.exp(log_var)).sum(axis=1).mean() / 2, rel=1e-9)
    assert found.terms.beta == 2.5
    assert found.terms.loss == pytest.approx(found.terms.reconstruction + 2.5 * found.terms.kl, rel=1e-12)
    squared = ((model.reconstruct(split.images()) - target) ** 2).mean(axis=(1, 2, 3))
    assert found.psnr == pytest.approx((-10 * np.log10(squared)).mean(), rel=1e-6)
    with np.errstate(divide="ignore", invalid="ignore"):
        floor = -np.nansum(target * np.log(target), axis=(1, 2, 3)) - np.nansum(
            (1 - target) * np.log(1 - target), axis=(1, 2, 3)
        )
    assert found.entropy_floor == pytest.approx(floor.mean(), rel=1e-9)
    assert found.entropy_floor < found.reconstruction_at_mean


def test_twice_the_same_to_the_bit(model, split, codes):
    assert evaluate_split(model, split, codes, seed=1) == evaluate_split(model, split, codes, seed=1)


def test_seed_decides_the_draw_and_nothing_else(model, split, codes):
    one, other = (evaluate_split(model, split, codes, seed) for seed in (1, 2))
    assert one.terms.reconstruction != other.terms.reconstruction
    assert (one.terms.kl, one.psnr, one.reconstruction_at_mean) == (
        other.terms.kl,
        other.psnr,
        other.reconstruction_at_mean,
    )


@pytest.mark.parametrize("block", [1, 4, 9])
def test_blocks_do_not_show(model, split, codes, monkeypatch, block):
    whole = evaluate_split(model, split, codes, seed=1)
    monkeypatch.setattr(evaluate, "_BLOCK", block)
    assert evaluate_split(model, split, codes, seed=1).terms.loss == pytest.approx(whole.terms.loss, rel=1e-6)


def test_draws_keep_to_the_limit(tiny_recipe, split):
    model = build_model(tiny_recipe({"model.epsilon_limit": 1e-9}))
    found = evaluate_split(model, split, encode_split(model, split), seed=1)
    assert found.terms.reconstruction == pytest.approx(found.reconstruction_at_mean, rel=1e-6)


def test_autoencoder_draws_nothing_and_has_no_kl(tiny_recipe, split):
    model = build_model(tiny_recipe({"model.kind": "ae"}))
    found = evaluate_split(model, split, encode_split(model, split), seed=1)
    assert found.terms.kl == found.terms.weighted_kl == found.terms.kl_share == found.terms.beta == 0
    assert found.terms.loss == found.terms.reconstruction == found.reconstruction_at_mean


def test_squared_error_has_no_entropy_floor(tiny_recipe, split):
    model = build_model(tiny_recipe({"objective": {"reconstruction": "mse", "weight": {"sigma": 0.2}}}))
    codes = encode_split(model, split)
    found = evaluate_split(model, split, codes, seed=1)
    target = split.images() / 255.0
    squared = ((model.decode(codes.mu) - target) ** 2).sum(axis=(1, 2, 3))
    assert found.entropy_floor is None
    assert found.reconstruction_at_mean == pytest.approx(squared.mean() / (2 * 0.2**2), rel=1e-5)
