"""The codes of a store."""

import dataclasses

import numpy as np
import pytest

from zscape.data.prepare import write_store
from zscape.data.raw import RawImages
from zscape.inference import encode
from zscape.inference.encode import encode_split, encode_store
from zscape.latent.codes import PER_POINT, Codes
from zscape.pathways.build import build_model
from zscape.specs.data import DataSpec


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


def test_what_a_store_knows_of_its_images_goes_with_the_codes(model, tmp_path):
    count = 30
    numbers = np.arange(count)
    raw = RawImages(
        np.random.default_rng(0).integers(0, 256, (count, 8, 8, 1), np.uint8),
        labels=None,
        label_names=None,
        parts=None,
        names=None,
        origin="Made for a test.",
        attributes=np.stack([numbers % 2 == 0, numbers > 9], axis=1),
        attribute_names=("Even", "Late"),
        factors=np.stack([numbers, -0.5 * numbers, numbers**2], axis=1).astype(np.float32),
        factor_names=("number", "half", "square"),
    )
    codes = encode_store(model, write_store(raw, DataSpec(), tmp_path / "store"))
    assert codes.attribute_names == ("Even", "Late") and codes.factor_names == ("number", "half", "square")
    assert set(codes.splits) == {0, 1, 2} and sorted(codes.ids) == list(numbers)
    np.testing.assert_array_equal(codes.attribute("Late"), codes.ids > 9)
    assert codes.factors is not None and codes.factors.dtype == np.float32
    np.testing.assert_array_equal(codes.factors, raw.factors[codes.ids])
    codes.save(tmp_path / "codes.npz")
    again = Codes.load(tmp_path / "codes.npz")
    assert again.attribute_names == codes.attribute_names and np.array_equal(again.factors, codes.factors)


def test_every_field_with_a_row_per_point_is_joined():
    """A field that is added to `Codes` and forgotten in `PER_POINT` would be that of the first split alone."""
    fields = {field.name for field in dataclasses.fields(Codes)}
    assert set(PER_POINT) <= fields
    assert fields - set(PER_POINT) == {"label_names", "attribute_names", "factor_names"}
