"""The short name of a store's images."""

from dataclasses import replace

from zscape.data.identity import data_identity


def test_images_and_draws_make_the_identity(tiny_store):
    found = data_identity(tiny_store)
    assert len(found) == 16 and set(found) <= set("0123456789abcdef")
    assert data_identity(replace(tiny_store, directory=tiny_store.directory.parent)) == found
    assert data_identity(replace(tiny_store, binarized=True)) != found
    assert data_identity(replace(tiny_store, manifest={**tiny_store.manifest, "checksum": "0" * 64})) != found
