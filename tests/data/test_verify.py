import hashlib
import json

import numpy as np
import pytest

from tests.data.preparation.packs import encoded, raw_of
from zscape.core.errors import InputError
from zscape.data import verify
from zscape.data.verify import verify_store
from zscape.data.write import write_new
from zscape.specs.data import DataSpec


@pytest.fixture
def full_store(tmp_path):
    """A store with all that a store can have."""
    raw = raw_of(
        {f"{i}.png": encoded(i) if i else b"" for i in range(9)},
        labels=np.arange(9),
        attributes=np.eye(9, 2, dtype=bool),
        attribute_names=("one", "two"),
        factors=np.linspace(0, 1, 9, dtype=np.float32)[:, None],
        factor_names=("turn",),
    )
    return write_new(raw, DataSpec(source="folder", size=6), tmp_path / "s", note=pytest.fail)


def test_a_whole_store(full_store, monkeypatch):
    monkeypatch.setattr(verify, "_BLOCK", 100)
    found = verify_store(full_store.directory)
    arrays = [full_store.images, full_store.labels, full_store.splits, full_store.attributes, full_store.factors]
    data = b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)
    assert found.checksum == full_store.checksum == hashlib.sha256(data).hexdigest()
    assert found.images == 8 and found.bytes == len(data)


@pytest.mark.parametrize("name", ["images", "labels", "splits", "attributes", "factors"])
def test_one_changed_bit_anywhere(full_store, name):
    path = full_store.directory / f"{name}.npy"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(
        InputError, match=r"is damaged: its arrays have the checksum \w{16}\.\.\., its manifest says \w"
    ):
        verify_store(full_store.directory)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("names.json", lambda names: names[1:] + names[:1], "names with the checksum, its manifest says "),
        ("names.json", lambda names: names[1:], "it has 7 names, its manifest says 8; delete the store and prepare it"),
        ("skipped.json", lambda skipped: [], "it has 0 skipped files, its manifest says 1"),
        (
            "manifest.json",
            lambda made: {**made, "splits": {"train": 8, "validation": 0, "test": 0}},
            "in its parts, its",
        ),
        ("manifest.json", lambda made: {**made, "checksum": "0" * 64}, "its manifest says 0000000000000000"),
    ],
)
def test_lists_that_do_not_fit(full_store, name, change, message):
    path = full_store.directory / name
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    with pytest.raises(InputError, match=message):
        verify_store(full_store.directory)


def test_a_list_that_is_gone(full_store):
    (full_store.directory / "skipped.json").unlink()
    with pytest.raises(InputError, match=r"There is no file .*skipped\.json\."):
        verify_store(full_store.directory)


def test_no_store(tmp_path):
    with pytest.raises(InputError, match="is not a store of prepared images"):
        verify_store(tmp_path)
