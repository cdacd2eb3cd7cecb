"""From a source to a store, and what is said of it."""

import json
import shutil
import zipfile

import numpy as np
import pytest
from PIL import Image

import zscape
from zscape.core.errors import InputError
from zscape.core.files import to_json
from zscape.core.records import to_plain
from zscape.data.prepare import open_store
from zscape.data.store import Store
from zscape.specs.data import DataSpec
from zscape.workflow.prepare import verify


def quiet(sentence):
    raise AssertionError(f"nothing was to be said: {sentence}")


def prepare(*arguments, **options):
    return zscape.prepare(*arguments, note=quiet, **options)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Thirty pictures of 20x30 pixels, bright from top to bottom, and one that is none."""
    folder = tmp_path_factory.mktemp("photos")
    for i in range(30):
        pixels = np.full((20, 30, 3), 5 * i, np.uint8)
        pixels[:, :5] = 255  # the left edge, which the centred square has not
        Image.fromarray(pixels).save(folder / f"{i:02}.png")
    (folder / "broken.png").write_bytes(b"no picture")
    return folder


@pytest.fixture
def store(photos, tmp_path):
    return prepare(photos, tmp_path / "store", size=8)


def test_the_record_says_what_the_store_holds(store, tmp_path):
    assert store.store == str(tmp_path / "store") and store.source == "folder" and not store.finished_before
    assert (store.count, store.image_shape, store.splits) == (30, (8, 8, 3), {"train": 24, "validation": 3, "test": 3})
    assert store.skipped == 1 and [name for name, _ in store.skipped_first] == ["broken.png"]
    assert json.loads((tmp_path / "store" / "skipped.json").read_text())[0][0] == "broken.png"
    assert store.skipped_list == str(tmp_path / "store" / "skipped.json")
    assert store.fit["box"] == {"left": 5, "top": 0, "width": 20, "height": 20, "of": [20, 30]}
    assert store.bytes == sum(file.stat().st_size for file in (tmp_path / "store").iterdir()) > 30 * 192
    assert (store.classes, store.attributes, store.factors, store.restricted) == (None, None, None, False)
    assert store.next == f"zscape run {tmp_path / 'store'}"
    opened = Store.open(tmp_path / "store")
    assert opened.checksum == store.checksum and (opened.images[3] == 15).all()
    json.loads(to_json(to_plain(store)))


def test_the_same_again_changes_nothing(store, photos, tmp_path):
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in (tmp_path / "store").iterdir()}
    again = prepare(str(photos), tmp_path / "store", size=(8, 8))
    assert again.finished_before and again.checksum == store.checksum
    assert before == {
        path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in (tmp_path / "store").iterdir()
    }


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {"size": 9},
            r"store is a store already, prepared with size 8x8 \(asked for: 9x9\); name another --out, or del",
        ),
        ({"size": 8, "limit": 5}, r"prepared with limit none \(asked for: 5\); name another"),
        ({"size": 8, "crop": "none"}, r"prepared with crop center \(asked for: none\); name another"),
        (
            {"size": 8, "test": 9},
            r"prepared with splits validation=none/test=none \(asked for: validation=none/test=9\)",
        ),
    ],
)
def test_a_finished_store_of_other_options_is_left_alone(store, photos, tmp_path, options, sentence):
    with pytest.raises(InputError, match=sentence):
        prepare(photos, tmp_path / "store", **options)
    assert verify(tmp_path / "store").checksum == store.checksum


def test_what_a_killed_process_left_beside_a_whole_store_goes(store, photos, tmp_path):
    (tmp_path / ".store.preparing").mkdir()
    (tmp_path / ".store.preparing" / "journal.jsonl").write_text("{}")
    assert prepare(photos, tmp_path / "store", size=8).checksum == store.checksum
    assert not (tmp_path / ".store.preparing").exists()


def test_a_finished_store_of_other_images_is_left_alone(store, photos, tmp_path):
    other = shutil.copytree(photos, tmp_path / "other")
    (other / "29.png").unlink()
    with pytest.raises(
        InputError, match=r"store is a store of other images than those that .*other holds now; name an"
    ):
        prepare(other, tmp_path / "store", size=8)
    with pytest.raises(InputError, match=r"store is a store of source 'folder', this command asks for 'digits'; name"):
        prepare("digits", tmp_path / "store", size=8)


def test_a_finished_store_needs_its_source_no_more(photos, tmp_path):
    shutil.copytree(photos, tmp_path / "gone")
    prepare(tmp_path / "gone", tmp_path / "store", size=8)
    shutil.rmtree(tmp_path / "gone")
    with pytest.raises(InputError, match="There is no file or folder"):
        prepare(tmp_path / "gone", tmp_path / "store", size=8)  # its kind cannot be told any more
    assert prepare(tmp_path / "gone", tmp_path / "store", size=8, name="folder").finished_before


def test_a_store_may_be_moved_to_another_machine(store, tmp_path):
    moved = tmp_path / "elsewhere" / "faces"
    shutil.move(tmp_path / "store", moved)
    assert verify(moved).checksum == store.checksum
    assert str(tmp_path).encode() not in (moved / "manifest.json").read_bytes()
    spec = DataSpec(source="folder", path=str(moved), size=(8, 8), channels=3)
    assert open_store(spec).checksum == store.checksum


def test_verify_finds_a_changed_pixel(store, tmp_path):
    with (tmp_path / "store" / "images.npy").open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\xff")
    with pytest.raises(InputError, match="checksum"):
        verify(tmp_path / "store")
    with pytest.raises(InputError, match="is not a store of prepared images"):
        verify(tmp_path)


def test_a_zip_gives_the_same_images_as_its_folder(store, photos, tmp_path):
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as opened:
        for file in sorted(photos.iterdir(), reverse=True):
            opened.write(file, file.name)
    packed = prepare(tmp_path / "photos.zip", tmp_path / "packed", size=8)
    assert packed.checksum == store.checksum and packed.skipped == 1


def test_sources_by_name_and_arrays(tmp_path):
    digits = prepare("digits", tmp_path / "digits", limit=60, validation=0.2, test=7)
    assert digits.splits == {"train": 41, "validation": 12, "test": 7} and digits.classes == 10
    np.save(tmp_path / "images.npy", Store.open(tmp_path / "digits").images[:40])
    array = prepare(tmp_path / "images.npy", tmp_path / "array")
    assert array.source == "array" and array.count == 40
    assert prepare(tmp_path / "images.npy", tmp_path / "array").finished_before
    np.save(tmp_path / "images.npy", np.zeros((39, 8, 8), np.uint8))
    with pytest.raises(InputError, match="is a store of other images"):
        prepare(tmp_path / "images.npy", tmp_path / "array")


def test_the_next_command_is_a_shipped_recipe_where_one_fits(tmp_path):
    assert prepare("digits", tmp_path / "a").next == f"zscape run digits data.path={tmp_path / 'a'}"
    assert prepare("digits", tmp_path / "b", size=9).next == f"zscape run {tmp_path / 'b'}"


def test_what_is_found_and_how_far_it_is_are_told(photos, tmp_path):
    found, told = [], []
    prepare(
        photos,
        tmp_path / "store",
        size=8,
        found=found.append,
        progress=lambda *numbers: told.append(numbers),
        workers=1,
    )
    assert found[0].count == 31 and found[0].fit["box"]["width"] == 20 and found[0].parts is None
    assert told[-1][:2] == (31, 31) and told[-1][2] > 0


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"workers": 0}, r"^--workers must be at least 1, received 0\.$"),
        ({"crop": "middle"}, r"crop: must be one of center, .*received 'middle'"),
        ({"name": "fodler"}, r"Unknown source 'fodler'\. Did you mean 'folder'\?"),
        ({"limit": 0}, r"limit"),
        ({}, r"The images have 2 different sizes"),
    ],
)
def test_mistakes(photos, tmp_path, options, sentence):
    mixed = shutil.copytree(photos, tmp_path / "mixed")
    Image.new("RGB", (40, 40)).save(mixed / "large.png")
    with pytest.raises(InputError, match=sentence):
        prepare(mixed, tmp_path / "store", **options)
    assert not (tmp_path / "store").exists()


def test_a_folder_that_holds_something_else(photos, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(
        InputError, match=r"mine holds something that is no store; a store is a folder of its own: name"
    ):
        prepare(photos, tmp_path / "mine", size=8)
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match=r"file holds something that is no store"):
        prepare(photos, tmp_path / "file", size=8)
