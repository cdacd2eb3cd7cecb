"""`readers.folder` and `readers.walk`: image files in a folder."""

import os
import pickle

import numpy as np
import pytest
from PIL import Image

from zscape.core.errors import InputError
from zscape.data.raw import RawImages
from zscape.data.readers.decode import decode_whole
from zscape.data.readers.folder import FolderPack, image_names, read_folder
from zscape.data.readers.pack import MOST_BYTES, Pack, SourceLost, Unusable


def save(path, mode="RGB", size=(6, 4), colour=None, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, colour or 0).save(path, **options)


def pack_of(raw: RawImages) -> Pack:
    assert isinstance(raw.images, Pack)
    return raw.images


def decoded(raw: RawImages, position: int) -> np.ndarray:
    return decode_whole(pack_of(raw).read(position))


@pytest.mark.parametrize("suffix", ["png", "jpg", "jpeg", "bmp", "webp", "gif", "tif", "PNG", "tiff"])
def test_every_format(tmp_path, suffix):
    save(tmp_path / f"a.{suffix}", colour=(255, 0, 0))
    image = decoded(read_folder(tmp_path), 0)
    assert image.shape == (4, 6, 3) and image.dtype == np.uint8
    np.testing.assert_allclose(image[0, 0], [255, 0, 0], atol=4)


def test_sorted_by_relative_name_and_read_on_demand(tmp_path):
    for name, level in (("b.png", 2), ("a/z.png", 1), ("c.png", 3)):
        save(tmp_path / name, "L", colour=level)
    raw = read_folder(tmp_path)
    assert raw.names == ("a/z.png", "b.png", "c.png")
    assert [int(decoded(raw, i)[0, 0, 0]) for i in range(3)] == [1, 2, 3]
    assert len(raw) == 3 and pack_of(raw).names == raw.names


def test_first_level_folders_are_classes(tmp_path):
    for name in ("dog/1.png", "cat/deep/1.png", "cat/2.png"):
        save(tmp_path / name)
    raw = read_folder(tmp_path)
    assert raw.names == ("cat/2.png", "cat/deep/1.png", "dog/1.png")
    assert raw.label_names == ("cat", "dog")
    assert raw.labels is not None and raw.labels.tolist() == [0, 0, 1]


@pytest.mark.parametrize("names", [("1.png", "2.png"), ("all/1.png", "all/2.png"), ("1.png", "a/1.png", "b/1.png")])
def test_no_classes_without_two_folders_that_hold_everything(tmp_path, names):
    for name in names:
        save(tmp_path / name)
    raw = read_folder(tmp_path)
    assert raw.labels is None and raw.label_names is None


def test_hidden_files_and_other_files_are_left_out(tmp_path):
    save(tmp_path / "a.png")
    (tmp_path / "._a.png").write_bytes(b"resource fork")
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache" / "b.png").write_bytes(b"thumbnail")
    (tmp_path / "notes.txt").write_text("x")
    raw = read_folder(tmp_path)
    assert raw.names == ("a.png",) and raw.skipped == ()


def test_folder_without_images(tmp_path):
    with pytest.raises(InputError, match=r"holds no image files \(\.png, \.jpg"):
        read_folder(tmp_path)


def test_missing_folder_and_file_in_place_of_a_folder(tmp_path):
    with pytest.raises(InputError, match=r"There is no folder .*nowhere"):
        read_folder(tmp_path / "nowhere")
    save(tmp_path / "a.png")
    with pytest.raises(InputError, match=r"a\.png is a file, not a folder, a \.zip or a \.tar of image files"):
        read_folder(tmp_path / "a.png")


def test_a_file_or_folder_that_vanishes_is_a_lost_source(tmp_path):
    save(tmp_path / "in" / "a.png")
    pack = pack_of(read_folder(tmp_path / "in"))
    (tmp_path / "in" / "a.png").unlink()
    with pytest.raises(SourceLost, match=r"^The folder .*in has lost the file a\.png\.$"):
        pack.read(0)
    (tmp_path / "in").rmdir()
    with pytest.raises(SourceLost, match=r"^The folder .*in is gone\.$"):
        pack.read(0)


def test_a_file_that_may_not_be_read_is_unusable_and_a_dead_disk_is_a_lost_source(tmp_path, monkeypatch):
    save(tmp_path / "a.png")
    pack = pack_of(read_folder(tmp_path))
    (tmp_path / "a.png").unlink()
    (tmp_path / "a.png").mkdir()
    with pytest.raises(Unusable, match=r"^Is a directory$"):
        pack.read(0)

    def dead(path):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "scandir", dead)
    with pytest.raises(SourceLost, match=r"cannot be read any more: Is a directory\.$"):
        pack.read(0)


def test_a_huge_file_is_not_read(tmp_path):
    with (tmp_path / "a.png").open("wb") as file:
        file.truncate(MOST_BYTES + 1)  # a hole: takes no space
    with pytest.raises(Unusable, match=r"^its file has 134 MB, more than the 134 MB that are read$"):
        pack_of(read_folder(tmp_path)).read(0)


def test_a_pack_can_be_pickled_and_a_part_of_it_chosen(tmp_path):
    for name in "abc":
        save(tmp_path / f"{name}.png", "L", colour=ord(name))
    pack = pack_of(read_folder(tmp_path))
    assert isinstance(pack, FolderPack) and isinstance(pack, Pack)
    again = pickle.loads(pickle.dumps(pack.select([0, 2])))
    assert again.names == ("a.png", "c.png") and again.read(1) == (tmp_path / "c.png").read_bytes()


def test_names_that_are_no_text_are_escaped_and_still_read(tmp_path):
    odd = os.fsdecode(b"caf\xe9\n.png")  # Latin-1, and a line break
    save(tmp_path / "a.png")
    os.rename(tmp_path / "a.png", tmp_path / odd)
    raw = read_folder(tmp_path)
    assert raw.names == ("caf\\udce9\\n.png",)
    assert decoded(raw, 0).shape == (4, 6, 3)
    assert pack_of(raw).select([0]).read(0)  # type: ignore[attr-defined]


def test_names_that_become_the_same_are_taken_once(tmp_path):
    save(tmp_path / "x\n.png")
    save(tmp_path / "x\\n.png")
    raw = read_folder(tmp_path)
    assert raw.names == ("x\\n.png",)
    assert raw.skipped == (("x\\n.png", "another file has the same name once it is made printable"),)


def test_links(tmp_path):
    save(tmp_path / "elsewhere" / "secret.png")
    root = tmp_path / "in"
    save(root / "a.png")
    (root / "b.png").symlink_to("a.png")
    (root / "out.png").symlink_to(tmp_path / "elsewhere" / "secret.png")
    (root / "nowhere.png").symlink_to("missing.png")
    (root / "circle.png").symlink_to("circle.png")
    (root / "loop").symlink_to(root)
    (root / "outside").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(root / "pipe.png")
    raw = read_folder(root)
    assert raw.names == ("a.png", "b.png")
    assert dict(raw.skipped) == {
        "out.png": "a link that leads out of the folder",
        "nowhere.png": "a link that leads nowhere",
        "circle.png": "a link that leads nowhere",
        "loop": "a link to a folder; such links are not followed",
        "outside": "a link to a folder; such links are not followed",
        "pipe.png": "no regular file",
    }
    (tmp_path / "way").symlink_to(root)
    assert read_folder(tmp_path / "way").names == ("a.png", "b.png")


def test_only_links_that_lead_out(tmp_path):
    save(tmp_path / "elsewhere.png")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.png").symlink_to(tmp_path / "elsewhere.png")
    with pytest.raises(
        InputError, match=r"None of the 1 image files in .*in can be used; the first, a\.png: a link that"
    ):
        read_folder(tmp_path / "in")


def test_a_closed_folder_is_skipped_and_listed(tmp_path, monkeypatch):
    save(tmp_path / "a.png")
    save(tmp_path / "closed" / "b.png")
    plain = os.scandir

    def scandir(path):
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return plain(path)

    monkeypatch.setattr(os, "scandir", scandir)
    raw = read_folder(tmp_path)
    assert raw.names == ("a.png",) and raw.skipped == (("closed", "Permission denied"),)


def test_names_alone(tmp_path):
    save(tmp_path / "b" / "x.PNG")
    save(tmp_path / "a.png")
    assert image_names(tmp_path) == ["a.png", "b/x.PNG"]


def test_a_run_inside_the_folder_is_no_data(tmp_path):
    save(tmp_path / "a.png")
    save(tmp_path / "runs" / "one" / "figures" / "kl.png")
    (tmp_path / "runs" / "one" / "recipe.yaml").touch()
    assert read_folder(tmp_path).names == ("a.png",)
