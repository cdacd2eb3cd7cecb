"""The codes of a store."""

import numpy as np
import pytest

from zscape.inference import encode
from zscape.inference.encode import encode_split, encode_store
from zscape.pathways.build import build_model


@pytest.fixture(scope="module")
def codes(model, tiny_store):
    return encode_store(model, tiny_store)


def test_split_after_split_each_in_its_own_order(codes, tiny_store):
    assert codes.splits.tolist() == [0] * 28 + [1] * 9 + [2] * 7
    for name in ("train", "validation", "test"):
        own = codes.of_split(name)
        assert np.array_equal(own.ids, tiny_store.split(name).ids)
        assert np.array_equal(own.labels, own.ids % 8)
    assert sorted(codes.ids) == list(range(44)) and codes.label_names == tuple("abcdefgh")


def test_codes_are_those_of_their_images(codes, model, tiny_store):
    mu, log_var = model.encode(tiny_store.images[codes.ids], return_log_var=True)
    np.testing.assert_allclose(codes.mu, mu, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(codes.log_var, log_var, rtol=1e-4, atol=1e-5)
    assert codes.mu.dtype == codes.log_var.dtype == np.float32
    assert len(np.unique(codes.mu, axis=0)) == 44, "all images differ, so do all codes"


def test_encoding_again_gives_the_same_bytes(codes, model, tiny_store):
    again = encode_store(model, tiny_store)
    assert again.mu.tobytes() == codes.mu.tobytes() and again.log_var.tobytes() == codes.log_var.tobytes()


def test_blocks_do_not_show(codes, model, tiny_store, monkeypatch):
    monkeypatch.setattr(encode, "_BLOCK", 5)
    own = encode_split(model, tiny_store.split("validation"))
    np.testing.assert_allclose(own.mu, codes.of_split("validation").mu, rtol=1e-4, atol=1e-5)
    assert np.array_equal(own.ids, tiny_store.split("validation").ids)


def test_autoencoder_codes_have_no_log_var(tiny_recipe, tiny_store):
    codes = encode_store(build_model(tiny_recipe({"model.kind": "ae"})), tiny_store)
    assert codes.log_var is None and codes.mu.shape == (44, 3)
