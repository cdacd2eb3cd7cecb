"""Preparations that stop for a reason that the user can mend, and go on."""

import errno
import os
import re
import resource
import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data.preparation.packs import CRASH, DEADLY, LOST, content, encoded, raw_of, write_folder
from zscape.core.errors import InputError
from zscape.data import write
from zscape.data.preparation import finish, plan, pool, writer
from zscape.data.preparation.jobs import CRASHED
from zscape.data.readers.folder import read_folder
from zscape.data.resize import plan_fit
from zscape.data.store import Store
from zscape.data.write import write_new
from zscape.specs.data import DataSpec

COUNT, BAD = 12, 5


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(plan, "_CHUNK_ENTRIES", 4)
    monkeypatch.setattr(writer, "_SYNC_SECONDS", 0)
    return write_folder(tmp_path / "faces", COUNT, bad=(BAD,))


@pytest.fixture
def spec(folder):
    return DataSpec(source="folder", path=str(folder), size=6)


@pytest.fixture
def expected(folder, spec, tmp_path):
    write_new(read_folder(folder), spec, tmp_path / "uninterrupted")
    return content(tmp_path / "uninterrupted")


class Notes(list):
    def __call__(self, sentence):
        self.append(sentence)


def prepare(folder, spec, store, **options):
    notes = Notes()
    return write_new(read_folder(folder), spec, store, note=notes, **options), notes


def stop_after(chunks, error):
    """Let the images file take so many chunks and then fail, until the patch that is returned is undone."""
    real, calls = writer.ImagesFile.add, []

    def add(self, pixels):
        calls.append(len(pixels))
        if len(calls) > chunks:
            raise error
        real(self, pixels)

    patch = pytest.MonkeyPatch()
    patch.setattr(writer.ImagesFile, "add", add)
    return patch


def test_what_the_store_holds(folder, spec, expected, tmp_path):
    store = Store.open(tmp_path / "uninterrupted")
    names = [name for number in range(COUNT) if number != BAD for name in [f"{'ab'[number % 2]}/{number:04}.png"]]
    assert store.names() == tuple(sorted(names)) and len(store) == COUNT - 1
    assert [name for name, _ in store.skipped()] == [f"b/{BAD:04}.png"]
    assert store.labels.tolist() == [0] * 6 + [1] * 5
    assert set(expected) == {"images.npy", "labels.npy", "splits.npy", "names.json", "skipped.json", "manifest.json"}
    assert os.listdir(tmp_path / "uninterrupted") and not (tmp_path / ".uninterrupted.preparing").exists()


@pytest.mark.parametrize("stopped", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk(folder, spec, expected, tmp_path, stopped):
    patch = stop_after(2, OSError(stopped, "in the way"))
    with pytest.raises(InputError) as caught:
        prepare(folder, spec, tmp_path / "s")
    patch.undo()
    first = {errno.ENOSPC: "The disk is full", errno.EDQUOT: "The disk quota is used up"}
    begins = first.get(stopped, "The file of images is larger than is allowed here")
    assert str(caught.value).startswith(
        f"{begins}: the store {tmp_path}/s cannot be written (432 bytes are still to be"
    )
    assert str(caught.value).endswith(
        "free some space. 8 of 12 images are done and kept: the same command goes on there."
    )
    assert not (tmp_path / "s").exists()
    _, notes = prepare(folder, spec, tmp_path / "s")
    assert notes == ["Going on where it was stopped: 8 of 12 images are done."]
    assert content(tmp_path / "s") == expected and not (tmp_path / ".s.preparing").exists()


@pytest.mark.parametrize("room", range(700, 1800, 150))
def test_a_disk_that_is_full_to_the_last_byte_keeps_what_is_done(folder, spec, expected, tmp_path, room):
    real, staging = os.write, tmp_path / ".s.preparing" / "store"

    def write(handle, data):
        left = room - sum(path.stat().st_size for path in staging.parent.rglob("*") if path.is_file())
        if left <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(handle, memoryview(data)[:left])

    with pytest.MonkeyPatch.context() as patch, pytest.raises(InputError, match=r"^The disk is full: ") as caught:
        patch.setattr(os, "write", write)
        prepare(folder, spec, tmp_path / "s")
    _, notes = prepare(folder, spec, tmp_path / "s")
    promised = re.findall(r"(\d+) of 12 images are done and kept", str(caught.value))
    assert re.findall(r"(\d+) of 12 images are done\.", " ".join(notes)) == promised
    assert room < 1600 or promised, "there is room for a chunk"
    assert content(tmp_path / "s") == expected and not staging.parent.exists()


def test_a_disk_that_fills_up_after_the_last_image(folder, spec, expected, tmp_path):
    def full(path, value):
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.MonkeyPatch.context() as patch, pytest.raises(InputError) as caught:
        patch.setattr(finish, "write_json", full)
        prepare(folder, spec, tmp_path / "s")
    assert str(caught.value) == (
        f"The disk is full: the store {tmp_path}/s cannot be written; free some space. "
        "All images are made and kept: the same command finishes the store."
    )
    prepare(folder, spec, tmp_path / "s")
    assert content(tmp_path / "s") == expected


def test_a_limit_of_the_system_on_the_size_of_files(folder, spec, expected, tmp_path):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (128 + 9 * 6 * 6 * 3, before[1]))
    try:
        with pytest.raises(InputError, match=r"larger than is allowed here: .*8 of 12 images are done and kept"):
            prepare(folder, spec, tmp_path / "s")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    prepare(folder, spec, tmp_path / "s")
    assert content(tmp_path / "s") == expected


def test_ctrl_c(folder, spec, expected, tmp_path):
    patch, notes = stop_after(1, KeyboardInterrupt()), Notes()
    with pytest.raises(KeyboardInterrupt):
        write_new(read_folder(folder), spec, tmp_path / "s", note=notes)
    patch.undo()
    assert notes == ["Stopped. 4 of 12 images are done and kept: the same command goes on there."]
    prepare(folder, spec, tmp_path / "s")
    assert content(tmp_path / "s") == expected


def test_a_folder_that_is_moved_away_and_comes_back(folder, spec, expected, tmp_path):
    raw = read_folder(folder)
    away = tmp_path / "away"

    def move(done, total, speed):
        folder.rename(away)

    gone = r"^The folder .*faces is gone\. 4 of 12 images are done and kept: the same command goes on there\.$"
    with pytest.MonkeyPatch.context() as patch, pytest.raises(InputError, match=gone):
        patch.setattr(writer, "_TELL_SECONDS", 0)
        write_new(raw, spec, tmp_path / "s", progress=move)
    away.rename(folder)
    _, notes = prepare(folder, spec, tmp_path / "s")
    assert notes == ["Going on where it was stopped: 4 of 12 images are done."]
    assert content(tmp_path / "s") == expected


def test_a_file_that_vanished_is_no_damaged_file(folder, spec, tmp_path):
    raw = read_folder(folder)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(InputError) as caught:
        patch.setattr(writer, "_TELL_SECONDS", 0)
        write_new(raw, spec, tmp_path / "s", progress=lambda *_: (folder / "b" / "0011.png").unlink(missing_ok=True))
    lost = f"The folder {folder} has lost the file b/0011.png."
    assert str(caught.value) == f"{lost} 8 of 12 images are done and kept: the same command goes on there."


def test_what_was_begun_with_other_options_is_not_thrown_away_by_a_slip(folder, spec, tmp_path):
    patch = stop_after(2, OSError(errno.ENOSPC, "full"))
    with pytest.raises(InputError):
        write_new(read_folder(folder), spec, tmp_path / "s", wait=False)
    patch.undo()
    other = spec.model_copy(update={"size": (5, 5)})
    with pytest.raises(InputError) as caught:
        write_new(read_folder(folder), other, tmp_path / "s", wait=False)
    fit = plan_fit([(9, 8, 3)], spec)
    assert str(caught.value) == (
        f"{tmp_path}/s is half prepared with other options: {fit.crop}. Give that command again to go on, name another "
        f"--out, or delete {tmp_path}/.s.preparing."
    )
    notes = []
    write_new(read_folder(folder), spec, tmp_path / "s", wait=False, note=notes.append)
    assert notes[0].startswith("Going on where it was stopped: ")


@pytest.mark.parametrize("change", ["options", "files", "versions"])
def test_what_was_begun_for_something_else_is_begun_anew(folder, spec, tmp_path, monkeypatch, change):
    patch = stop_after(2, OSError(errno.ENOSPC, "full"))
    with pytest.raises(InputError):
        prepare(folder, spec, tmp_path / "s")
    patch.undo()
    if change == "options":
        spec = spec.model_copy(update={"size": (5, 5)})
    elif change == "files":
        os.utime(folder / "a" / "0000.png", (1, 1))
    else:
        monkeypatch.setattr(write, "versions", lambda: {"pillow": "1.0"})
    _, notes = prepare(folder, spec, tmp_path / "s")
    assert notes == [
        f"What was prepared of {tmp_path}/s before was of other files, options or versions; it is begun anew."
    ]
    prepare(folder, spec, tmp_path / "t")
    assert content(tmp_path / "s") == content(tmp_path / "t")


def test_splits_may_change_while_it_is_stopped(folder, spec, tmp_path):
    patch = stop_after(2, OSError(errno.ENOSPC, "full"))
    with pytest.raises(InputError):
        prepare(folder, spec, tmp_path / "s")
    patch.undo()
    other = DataSpec(source="folder", path=str(folder), size=6, splits={"validation": 2, "test": 3})
    store, notes = prepare(folder, other, tmp_path / "s")
    assert notes == ["Going on where it was stopped: 8 of 12 images are done."]
    assert store.manifest["splits"] == {"train": 6, "validation": 2, "test": 3}


@settings(max_examples=10)
@given(entries=st.integers(1, 13), stop=st.integers(0, 12), size=st.integers(200, 2000))
def test_chunks_of_any_size_and_a_stop_anywhere_give_the_same_bytes(tmp_path_factory, entries, stop, size):
    root = tmp_path_factory.mktemp("chunks")
    folder = write_folder(root / "faces", COUNT, bad=(BAD,))
    spec = DataSpec(source="folder", path=str(folder), size=6)
    prepare(folder, spec, root / "uninterrupted")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "_CHUNK_ENTRIES", entries)
        patch.setattr(plan, "_CHUNK_BYTES", size)
        patch.setattr(writer, "_SYNC_SECONDS", 0)
        stopping = stop_after(stop, OSError(errno.ENOSPC, "full"))
        try:
            prepare(folder, spec, root / "s")
        except InputError as error:
            assert "The disk is full" in str(error)
        finally:
            stopping.undo()
        prepare(folder, spec, root / "s")
    assert content(root / "s") == content(root / "uninterrupted")
    shutil.rmtree(root)


def test_any_number_of_workers_gives_the_same_bytes_also_for_a_chunk_and_a_half(folder, spec, expected, tmp_path):
    for workers in (2, 3):
        prepare(folder, spec, tmp_path / str(workers), workers=workers)
        assert content(tmp_path / str(workers)) == expected


def test_a_crashing_entry_is_listed_and_leaves_no_hole(tmp_path):
    raw = raw_of({f"{i}.png": CRASH if i == 3 else encoded(i) for i in range(6)}, labels=np.arange(6))
    store = write_new(raw, DataSpec(source="folder", size=6), tmp_path / "s", workers=2)
    assert store.skipped() == (("3.png", CRASHED),)
    assert store.labels.tolist() == [0, 1, 2, 4, 5] and store.names() == ("0.png", "1.png", "2.png", "4.png", "5.png")


def test_workers_that_die_over_everything_are_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(pool, "_MOST_CRASHES", 0)
    raw = raw_of({f"{i}.png": DEADLY for i in range(4)})
    with pytest.raises(InputError) as caught:
        write_new(raw, DataSpec(source="folder", size=6), tmp_path / "s", workers=2)
    assert str(caught.value) == (
        "The worker processes are ended again and again, as happens where memory is used up. Give fewer workers. "
        "Nothing is done yet: the same command begins again."
    )
    assert os.listdir(tmp_path) == []


def test_where_workers_cannot_be_started_it_is_done_here(folder, spec, expected, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    _, notes = prepare(folder, spec, tmp_path / "s", workers=2)
    assert len(notes) == 1 and notes[0].startswith("Worker processes cannot be started here (")
    assert content(tmp_path / "s") == expected


def test_none_usable_leaves_nothing(tmp_path):
    raw = raw_of({f"{i}.png": b"no image" for i in range(4)})
    with pytest.raises(
        InputError, match=r"^None of the 4 image files can be used; the first, 0\.png: not an image in a"
    ):
        write_new(raw, DataSpec(source="folder", size=6), tmp_path / "s")
    assert os.listdir(tmp_path) == []


def test_too_few_left_after_skipping_leaves_nothing(tmp_path):
    raw = raw_of({f"{i}.png": encoded(i) if i < 2 else encoded(i)[:60] for i in range(4)})
    with pytest.raises(InputError, match="There are only 2 images, too few to be split"):
        write_new(raw, DataSpec(source="folder", size=6), tmp_path / "s", note=lambda note: None)
    assert os.listdir(tmp_path) == []


def test_a_source_that_is_lost_before_the_first_image_leaves_nothing(tmp_path):
    raw = raw_of({"0.png": LOST, "1.png": encoded(1), "2.png": encoded(2)})
    with pytest.raises(InputError, match=r"^The folder of the test is gone\.$"):
        write_new(raw, DataSpec(source="folder", size=6), tmp_path / "s")
    assert os.listdir(tmp_path) == []


def test_something_else_at_the_store_s_place(folder, spec, tmp_path):
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "thesis.tex").touch()
    with pytest.raises(
        InputError, match=r"^.*/s holds something that is no store; delete it or name another folder\.$"
    ):
        prepare(folder, spec, tmp_path / "s")
    assert sorted(os.listdir(tmp_path)) == ["faces", "s"] and os.listdir(tmp_path / "s") == ["thesis.tex"]


def test_a_link_to_a_folder_on_another_disk(folder, spec, expected, tmp_path):
    (tmp_path / "big").mkdir()
    (tmp_path / "s").symlink_to(tmp_path / "big")
    prepare(folder, spec, tmp_path / "s")
    assert content(tmp_path / "big") == expected and (tmp_path / "s").is_symlink()


def test_progress_tells_the_last_number_and_not_every_image(folder, spec, tmp_path):
    told = []
    prepare(folder, spec, tmp_path / "s", progress=lambda *numbers: told.append(numbers))
    assert [numbers[:2] for numbers in told] == [(12, 12)] and told[0][2] > 0


def test_attributes_factors_and_parts_of_what_became_an_image(tmp_path):
    rng = np.random.default_rng(0)
    attributes, factors = rng.integers(0, 2, (10, 3)).astype(bool), rng.random((10, 2), np.float32)
    parts = np.array([0, 0, 1, 2, 0, 1, 2, 0, 0, 0], np.uint8)
    raw = raw_of(
        {f"{i}.png": b"" if i == 4 else encoded(i) for i in range(10)},
        attributes=attributes,
        attribute_names=("young", "smiling", "hat"),
        factors=factors,
        factor_names=("turn", "light"),
        parts=parts,
        skipped=(("x.png", "no line in list_attr_celeba.txt"),),
    )
    store = write_new(raw, DataSpec(source="folder", size=6), tmp_path / "s")
    rows = [0, 1, 2, 3, 5, 6, 7, 8, 9]
    assert store.attribute_names == ("young", "smiling", "hat") and store.factor_names == ("turn", "light")
    np.testing.assert_array_equal(store.attributes, attributes[rows])
    np.testing.assert_array_equal(store.factors, factors[rows])
    np.testing.assert_array_equal(store.splits, parts[rows])
    split = store.split("test")
    np.testing.assert_array_equal(split.attributes(), attributes[[3, 6]])
    np.testing.assert_array_equal(split.factors(np.array([1])), factors[[6]])
    assert store.skipped() == (("x.png", "no line in list_attr_celeba.txt"), ("4.png", "the file is empty"))
    assert store.attributes.dtype == bool and store.factors.dtype == np.float32


def test_a_limit_that_leaves_no_validation_image_of_official_parts_is_refused_at_once(tmp_path):
    parts = np.array([0] * 30 + [1] + [2] * 9, np.uint8)
    raw = raw_of({f"{i:02}.png": encoded(i) for i in range(40)}, parts=parts)
    with pytest.raises(InputError, match=r"own parts is empty here \(\d train, 0 validation, \d test\); raise"):
        write_new(raw, DataSpec(source="folder", size=6, limit=6), tmp_path / "s")
    assert os.listdir(tmp_path) == []
