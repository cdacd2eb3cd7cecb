"""Source `faces`."""

import numpy as np
import pytest

from zscape.core.errors import InputError
from zscape.data.faces.face import ATTRIBUTES, FACTORS
from zscape.data.faces.folder import write_faces
from zscape.data.faces.pack import FacesPack, parts_of, values_of
from zscape.data.prepare import open_store
from zscape.data.sources.catalog import read_source
from zscape.specs.data import DataSpec, SplitSpec


def test_faces_come_with_all_that_is_known_of_them():
    raw = read_source(DataSpec(source="faces", limit=15))
    factors, attributes = values_of(15)
    assert isinstance(raw.images, FacesPack) and len(raw) == 15 and raw.labels is None
    assert raw.attributes is not None and raw.factors is not None and raw.parts is not None
    np.testing.assert_array_equal(raw.attributes, attributes)
    np.testing.assert_array_equal(raw.factors, factors)
    np.testing.assert_array_equal(raw.parts, parts_of(15))
    assert raw.attribute_names == tuple(ATTRIBUTES)
    assert raw.factor_names == tuple(factor.name for factor in FACTORS)
    assert raw.origin == (
        "Synthetic faces painted by zscape: nobody's portraits, free to pass on; faces 1 to 15 of set 1, painter 1."
    )


def test_5000_where_no_number_is_stated(monkeypatch):
    asked = []
    monkeypatch.setattr("zscape.data.sources.faces.values_of", lambda count: asked.append(count) or values_of(10))
    with pytest.raises(InputError, match="10 attributes for 5000 images"):
        read_source(DataSpec(source="faces"))
    assert asked == [5000]


@pytest.mark.parametrize("limit", [9, 1_000_000])
def test_too_few_and_too_many(limit):
    with pytest.raises(InputError, match=rf"^data\.limit must be between 10 and 999,999 faces, received {limit:,}: "):
        read_source(DataSpec(source="faces", limit=limit))


def test_a_store_of_faces():
    spec = DataSpec(source="faces", limit=20, size=(24, 24))
    store = open_store(spec)
    assert store.image_shape == (24, 24, 3)
    assert {name: len(store.split(name)) for name in ("train", "validation", "test")} == {
        "train": 16,
        "validation": 2,
        "test": 2,
    }
    assert store.factor_names == tuple(factor.name for factor in FACTORS)
    assert store.attribute_names == tuple(ATTRIBUTES)
    assert store.manifest["restricted"] is False


def test_stated_splits_take_the_place_of_the_sets_own():
    spec = DataSpec(source="faces", limit=20, size=(8, 8), splits=SplitSpec(validation=5, test=3))
    store = open_store(spec)
    assert [len(store.split(name)) for name in ("train", "validation", "test")] == [12, 5, 3]


def test_a_folder_that_was_written_gives_the_same_store(tmp_path):
    write_faces(tmp_path / "set", 20, 1, 1, print)
    spec = DataSpec(source="faces", limit=20, size=(16, 16))
    painted, written = open_store(spec), open_store(spec.model_copy(update={"path": str(tmp_path / "set")}))
    for one, other in ((painted.split(name), written.split(name)) for name in ("train", "validation", "test")):
        everything = np.arange(len(one))
        np.testing.assert_array_equal(one.images(everything), other.images(everything))
        np.testing.assert_array_equal(one.attributes(), other.attributes())
        np.testing.assert_allclose(one.factors(), other.factors(), rtol=1e-5, atol=1e-6)
