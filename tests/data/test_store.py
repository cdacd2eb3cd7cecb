import hashlib
import json

import numpy as np
import pytest

from zscape.core.errors import InputError
from zscape.data.store import Store


def change_manifest(store, **changes):
    path = store.directory / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_images_are_mapped_read_only(store):
    assert isinstance(store.images, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        store.images[0] = 1


def test_content(store):
    assert len(store) == 20 and store.image_shape == (4, 5, 1)
    assert store.images[:, 0, 0, 0].tolist() == list(range(20))
    assert store.labels.dtype == np.int64 and store.labels.tolist() == [i % 3 for i in range(20)]
    assert store.label_names == ("a", "b", "c")
    assert store.names() == tuple(f"n{i}" for i in range(20))
    assert store.splits.dtype == np.uint8


def test_checksum_covers_images_labels_and_splits(store):
    content = store.images.tobytes() + store.labels.tobytes() + store.splits.tobytes()
    assert store.checksum == hashlib.sha256(content).hexdigest()


def test_the_parts_are_disjoint_and_complete(store):
    parts = [store.split(name) for name in ("train", "validation", "test")]
    assert [len(part) for part in parts] == [16, 2, 2]
    assert all(part.ids.dtype == np.int64 for part in parts)
    assert sorted(np.concatenate([part.ids for part in parts])) == list(range(20))


def test_a_split_gives_its_own_images_and_labels(store):
    split = store.split("test")
    images = split.images()
    assert type(images) is np.ndarray and images.shape == (2, 4, 5, 1)
    assert images[:, 0, 0, 0].tolist() == split.ids.tolist()
    assert split.images(np.array([1]))[0, 0, 0, 0] == split.ids[1]
    assert split.images(slice(0, 1))[0, 0, 0, 0] == split.ids[0]
    assert split.labels().tolist() == (split.ids % 3).tolist()
    assert split.labels(np.array([1])).tolist() == [split.ids[1] % 3]


def test_images_of_a_split_are_a_copy_that_may_be_changed(store):
    split = store.split("train")
    split.images()[:] = 0
    split.images(slice(0, 2))[:] = 0
    assert store.images[-1].max() > 0


def test_unknown_split(store):
    with pytest.raises(InputError, match=r"Unknown split 'valid'. Did you mean 'validation'"):
        store.split("valid")


def test_not_a_store(tmp_path):
    (tmp_path / "manifest.json").write_text('{"name": "a web page"}')
    with pytest.raises(InputError, match=r"is not a store of prepared images: it has no manifest\.json with its arr"):
        Store.open(tmp_path)


def test_another_format_version(store):
    change_manifest(store, format=1)
    with pytest.raises(InputError, match="has format 1, this zscape reads format 2; prepare it again"):
        Store.open(store.directory)


def test_a_format_of_the_future(store):
    change_manifest(store, format=3)
    sentence = (
        f"The store {store.directory} was written by a newer zscape (store format 3, this one reads 2); update zscape, "
        "or prepare the images again with this one."
    )
    with pytest.raises(InputError) as caught:
        Store.open(store.directory)
    assert str(caught.value) == sentence


def test_damaged_manifest(store):
    (store.directory / "manifest.json").write_text("{")
    with pytest.raises(InputError, match="is not valid JSON"):
        Store.open(store.directory)


def test_incomplete_manifest(store):
    (store.directory / "manifest.json").write_text('{"format": 2, "count": 20, "shape": [4, 5, 1], "labels": false}')
    lacking = "attribute_names, checksum, factor_names, label_names, restricted, skipped"
    with pytest.raises(InputError, match=f"lacks {lacking}"):
        Store.open(store.directory)


@pytest.mark.parametrize("name", ["images.npy", "labels.npy", "splits.npy"])
def test_truncated_and_missing_arrays(store, name):
    path = store.directory / name
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(InputError, match=f"{name} of the store .* is damaged or cut off .*prepare it again"):
        Store.open(store.directory)
    path.unlink()
    with pytest.raises(InputError, match=f"lacks {name}; delete the store"):
        Store.open(store.directory)


def test_images_of_another_shape_than_promised(store):
    change_manifest(store, count=21)
    with pytest.raises(InputError, match=r"holds uint8 \(20, 4, 5, 1\), its manifest promises uint8 \(21, 4, 5, 1\)"):
        Store.open(store.directory)


def test_images_of_another_type_than_promised(store):
    np.save(store.directory / "images.npy", store.images.astype(np.float32))
    with pytest.raises(InputError, match=r"holds float32 .* promises uint8"):
        Store.open(store.directory)
