"""`prepare` and `write`: from a recipe's `data` to a store."""

import errno
import os
import threading
import time

import numpy as np
import pytest
from PIL import Image

from zscape.core.errors import InputError
from zscape.core.files import read_json
from zscape.data import prepare, write
from zscape.data.prepare import open_store, store_key, write_store
from zscape.data.store import Store
from zscape.specs.data import DataSpec, SplitSpec


@pytest.fixture
def npy(tmp_path):
    np.save(tmp_path / "x.npy", np.arange(30 * 4 * 5, dtype=np.uint16).reshape(30, 4, 5).astype(np.uint8))
    return DataSpec(source="array", path=str(tmp_path / "x.npy"))


def test_manifest_says_what_it_is_and_how_it_was_made(make_raw, tmp_path):
    raw = make_raw(skipped=(("bad.png", "truncated"),))
    store = write_store(raw, DataSpec(size=8, channels=3, limit=10), tmp_path / "s")
    manifest = read_json(tmp_path / "s" / "manifest.json")
    assert manifest == store.manifest
    assert manifest["format"] == 2 and manifest["source"] == "digits" and manifest["origin"] == "Made for a test."
    assert manifest["count"] == 10 and manifest["shape"] == [8, 8, 3] and "resized to 8x8" in manifest["crop"]
    assert manifest["splits"] == {"train": 8, "validation": 1, "test": 1}
    assert manifest["label_names"] == ["a", "b", "c"] and manifest["skipped"] == 1
    assert store.skipped() == (("bad.png", "truncated"),)
    assert set(manifest["versions"]) == {"zscape", "numpy", "pillow"}


def test_limit_keeps_images_labels_and_names_together(make_raw, tmp_path):
    store = write_store(make_raw(), DataSpec(limit=7), tmp_path / "s")
    which = store.images[:, 0, 0, 0].tolist()
    assert len(which) == 7 and which == sorted(which)
    assert store.labels.tolist() == [i % 3 for i in which]
    assert store.names() == tuple(f"n{i}" for i in which)


def test_without_labels_and_names(make_raw, tmp_path):
    store = write_store(make_raw(labels=None, label_names=None, names=None), DataSpec(), tmp_path / "s")
    assert store.labels is None and store.label_names is None and store.names() is None
    assert store.split("train").labels() is None
    assert not (tmp_path / "s" / "labels.npy").exists()


def test_same_input_same_bytes(make_raw, tmp_path):
    one, two = (write_store(make_raw(), DataSpec(size=6), tmp_path / name) for name in "ab")
    for name in ("images.npy", "labels.npy", "splits.npy", "manifest.json"):
        assert (one.directory / name).read_bytes() == (two.directory / name).read_bytes()


def test_written_to_new_folders_only(make_raw, tmp_path):
    (tmp_path / "empty").mkdir()
    write_store(make_raw(), DataSpec(), tmp_path / "empty")
    with pytest.raises(InputError, match="empty exists already; a store is written to a new folder"):
        write_store(make_raw(), DataSpec(), tmp_path / "empty")


def test_a_failure_in_the_middle_leaves_nothing(make_raw, tmp_path):
    class Breaking(list):
        def __getitem__(self, index):
            if index == 5:
                raise KeyboardInterrupt
            return np.zeros((4, 5, 1), np.uint8)

    raw = make_raw(images=Breaking(range(20)))
    with pytest.raises(KeyboardInterrupt):
        write_store(raw, DataSpec(), tmp_path / "s")
    assert os.listdir(tmp_path) == []


def test_a_full_disk_is_a_sentence_and_leaves_nothing_that_could_not_be_gone_on_with(make_raw, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(InputError, match=r"^The disk is full: the store .*s cannot be written; free some space\.$"):
        write_store(make_raw(), DataSpec(), tmp_path / "s")
    assert os.listdir(tmp_path) == []


def test_prepared_once_and_found_again(npy, own_cache, monkeypatch):
    first = open_store(npy)
    assert first.directory.parent == own_cache / "stores" and first.directory.name.startswith("array-")
    monkeypatch.setattr(prepare, "read_source", lambda spec: pytest.fail("read again"))
    assert open_store(npy).checksum == first.checksum


def test_key_changes_with_the_request_and_with_the_file(npy, tmp_path):
    keys = [store_key(npy), store_key(npy.model_copy(update={"limit": 5})), store_key(DataSpec())]
    os.utime(tmp_path / "x.npy", (1, 1))
    keys.append(store_key(npy))
    np.save(tmp_path / "x.npy", np.zeros((31, 4, 5), np.uint8))
    os.utime(tmp_path / "x.npy", (1, 1))
    keys.append(store_key(npy))
    assert len(set(keys)) == 5


def test_key_changes_with_any_file_of_a_folder(tmp_path):
    spec = DataSpec(source="folder", path=str(tmp_path / "f"))
    (tmp_path / "f" / "a").mkdir(parents=True)
    keys = [store_key(spec)]
    for name in ("1.png", "2.png"):
        Image.new("L", (4, 4)).save(tmp_path / "f" / "a" / name)
        keys.append(store_key(spec))
    assert len(set(keys)) == 3


def test_key_of_a_relative_path_is_of_the_file_not_of_the_text(tmp_path, monkeypatch):
    keys = []
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.npy").write_bytes(b"")
        os.utime(tmp_path / name / "x.npy", (1, 1))
        monkeypatch.chdir(tmp_path / name)
        keys.append(store_key(DataSpec(source="array", path="x.npy")))
    assert keys[0] != keys[1]


def test_missing_input_is_the_reader_s_sentence(tmp_path):
    with pytest.raises(InputError, match=r"There is no file .*nothing.npy"):
        open_store(DataSpec(source="array", path=str(tmp_path / "nothing.npy")))


def test_mnist_folder_becomes_a_store_with_halved_test_set(mnist_folder):
    store = open_store(DataSpec(source="mnist", path=str(mnist_folder)))
    assert store.manifest["splits"] == {"train": 40, "validation": 5, "test": 5}
    assert (store.split("train").ids == np.arange(40)).all()


def test_folder_of_mixed_images_becomes_a_store(tmp_path):
    for name, mode, size in (("a/1.png", "L", (9, 5)), ("b/1.png", "RGB", (4, 8)), ("b/2.png", "RGB", (5, 5))):
        (tmp_path / "f" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new(mode, size, 255 if mode == "L" else (255, 0, 0)).save(tmp_path / "f" / name)
    (tmp_path / "f" / "b" / "bad.png").touch()
    spec = DataSpec(source="folder", path=str(tmp_path / "f"), size=6)
    store = open_store(spec)
    assert store.images.shape == (3, 6, 6, 3)
    assert store.images[:, 2, 2].tolist() == [[255, 255, 255], [255, 0, 0], [255, 0, 0]]
    assert store.label_names == ("a", "b") and store.names() == ("a/1.png", "b/1.png", "b/2.png")
    assert store.skipped() == (("b/bad.png", "the file is empty"),)
    with pytest.raises(InputError, match="have 3 different sizes"):
        open_store(spec.model_copy(update={"size": None}))


def test_a_store_given_as_path_is_opened_as_it_is(store):
    opened = open_store(DataSpec(source="folder", path=str(store.directory)))
    assert opened.directory == store.directory


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"size": (8, 8)}, "holds images of 4x5x1, the recipe asks for 8x8x1"),
        ({"channels": 3}, "holds images of 4x5x1, the recipe asks for 4x5x3"),
        ({"source": "digits"}, "holds images of 4x5x1, the recipe asks for 8x8x1"),
        ({"crop": "none"}, "was prepared with data.crop=center, the recipe asks for none; say data.crop=center, or"),
        ({"limit": 5}, "was prepared with data.limit=None, the recipe asks for 5; say data.limit=null"),
        ({"splits": SplitSpec(test=1)}, "was prepared with data.splits=.*; leave data.splits out"),
    ],
)
def test_a_store_given_as_path_must_be_what_is_asked_for(store, changes, message):
    spec = DataSpec(**{"source": "array", "path": str(store.directory), **changes})
    with pytest.raises(InputError, match=message):
        open_store(spec)


def test_a_store_made_with_a_limit_is_accepted_by_the_recipe_it_was_made_for(make_raw, tmp_path):
    write_store(make_raw(), DataSpec(limit=10), tmp_path / "s")
    assert len(open_store(DataSpec(source="array", limit=10, path=str(tmp_path / "s")))) == 10


def test_a_web_project_s_manifest_does_not_make_a_folder_a_store(tmp_path):
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "manifest.json").write_text("{}")
    for i in range(3):
        Image.new("L", (4, 4)).save(tmp_path / "f" / f"{i}.png")
    assert isinstance(open_store(DataSpec(source="folder", path=str(tmp_path / "f"))), Store)


def test_a_cache_that_cannot_be_made_is_a_sentence(npy, own_cache):
    own_cache.write_text("a file where the cache should be")
    with pytest.raises(InputError, match=r"The store .* cannot be written: (Not a directory|File exists)"):
        open_store(npy)


@pytest.mark.parametrize("count", [1, 2, 30])
def test_where_nothing_is_trained_any_number_will_do_and_all_are_test_images(tmp_path, count):
    np.save(tmp_path / "few.npy", np.zeros((count, 4, 5), np.uint8))
    spec = DataSpec(source="array", path=str(tmp_path / "few.npy"))
    store = open_store(spec, for_training=False)
    assert [len(store.split(name)) for name in ("train", "validation", "test")] == [0, 0, count]
    if count < 3:
        with pytest.raises(InputError, match="too few to be split into training, validation and test"):
            open_store(spec)
    else:
        assert len(open_store(spec).split("train")) == 24, "a store of its own, found again"
        assert len(open_store(spec, for_training=False).split("test")) == 30


def test_what_was_done_to_images_stands_in_the_manifest(make_raw, tmp_path):
    changes = write_store(make_raw(), DataSpec(size=8, channels=3), tmp_path / "s").manifest["changes"]
    assert changes == ["the largest centred square is cut out", "resized to 8x8", "grey given three equal channels"]
    assert write_store(make_raw(), DataSpec(), tmp_path / "t").manifest["changes"] == []


def test_a_store_given_as_path_serves_a_recipe_with_its_crop_and_one_that_states_none(make_raw, tmp_path):
    write_store(make_raw(), DataSpec(size=4, crop="center-square"), tmp_path / "s")
    for crop in (None, "center-square"):
        assert len(open_store(DataSpec(source="array", path=str(tmp_path / "s"), crop=crop))) == 20


def test_what_a_killed_process_left_beside_its_finished_store_is_cleared(npy, own_cache):
    store = open_store(npy)
    left = store.directory.with_name(f".{store.directory.name}.preparing")
    left.mkdir()
    (left / "journal.jsonl").touch()
    open_store(npy)
    assert os.listdir(own_cache / "stores") == [store.directory.name]


def test_who_comes_second_waits_and_gets_the_first_one_s_store(npy, monkeypatch, capsys):
    going, may_go = threading.Event(), threading.Event()
    real = write.fill

    def fill(*arguments):
        going.set()
        assert may_go.wait(20)
        return real(*arguments)

    monkeypatch.setattr(write, "fill", fill)
    stores = []
    threads = [threading.Thread(target=lambda: stores.append(open_store(npy))) for _ in range(2)]
    threads[0].start()
    assert going.wait(20)
    monkeypatch.setattr(write, "fill", lambda *arguments: pytest.fail("prepared twice"))
    threads[1].start()
    waited = time.monotonic() + 20
    while "waiting for it" not in (said := capsys.readouterr().err) and time.monotonic() < waited:
        time.sleep(0.01)
    may_go.set()
    for thread in threads:
        thread.join(20)
    assert said == f"Another process prepares {stores[0].directory} at this moment; waiting for it.\n"
    assert len(stores) == 2 and stores[0].checksum == stores[1].checksum


def test_the_crop_s_words_and_numbers_stand_in_the_manifest(tmp_path):
    (tmp_path / "f").mkdir()
    for i in range(3):
        Image.new("RGB", (10, 8)).save(tmp_path / "f" / f"{i}.png")
    spec = DataSpec(source="folder", path=str(tmp_path / "f"), size=4, crop="1,2,6,6")
    manifest = open_store(spec).manifest
    assert manifest["request"]["crop"] == "1,2,6,6" and not manifest["restricted"]
    assert manifest["fit"]["box"] == {"left": 1, "top": 2, "width": 6, "height": 6, "of": [8, 10]}
    assert manifest["fit"]["words"] == manifest["crop"] and "lanczos" in manifest["fit"]["filter"].lower()
