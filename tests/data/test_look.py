"""`data.look`: folders and archives; arrays and stores are tested with the recipes chosen for them."""

import io
import tarfile
import zipfile

import pytest
from PIL import Image

from zscape.core.errors import InputError
from zscape.data import look
from zscape.data.look import is_images, look_at


def png(size=(6, 5), mode="RGB", colour=(9, 9, 9)):
    buffer = io.BytesIO()
    Image.new(mode, size, colour).save(buffer, "PNG")
    return buffer.getvalue()


FILES = {
    "cat/1.png": png(),
    "cat/2.png": png((8, 7)),
    "dog/1.png": png(colour=(9, 0, 0)),
    "dog/2.png": b"no image",
    "dog/3.png": png((3, 3)),
}


def write(path, files):
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in files.items():
                archive.writestr(name, data)
    elif path.suffix == ".tar":
        with tarfile.open(path, "w") as archive:
            for name, data in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
    else:
        for name, data in files.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(data)
    return path


@pytest.mark.parametrize("name", ["photos", "photos.zip", "photos.tar"])
def test_a_folder_and_an_archive_look_the_same(tmp_path, name):
    path = write(tmp_path / name, FILES)
    assert is_images(path)
    looked = look_at(path)
    assert looked.source == "folder" and looked.count == 3 and looked.opened == 3 and looked.classes == 2
    assert looked.shapes == ((5, 6, 3), (7, 8, 3), (5, 6, 3)) and not looked.grey
    assert dict(looked.skipped) == {
        "dog/2.png": "not an image in a format that Pillow knows",
        "dog/3.png": "it has 3x3 pixels, the smallest size that makes sense is 4x4",
    }


def test_what_the_listing_skips_is_told_too(tmp_path):
    looked = look_at(write(tmp_path / "a.zip", {f"{i}.png": png() for i in range(4)} | {"../out.png": png()}))
    assert (
        looked.skipped == (("../out.png", "its name leads out of the archive"),) and looked.count == 4 and looked.grey
    )


@pytest.mark.parametrize("name", ["photos", "photos.zip"])
def test_no_usable_image(tmp_path, name, monkeypatch):
    path = write(tmp_path / name, {f"{i}.png": b"x" for i in range(4)})
    with pytest.raises(
        InputError, match=r"None of the 4 image files in .* can be used; the first, 0\.png: not an image"
    ):
        look_at(path)
    monkeypatch.setattr(look, "MOST_OPENED", 2)
    with pytest.raises(
        InputError, match=r"None of 2 image files tried in .* can be used; the first, 0\.png: not an im"
    ):
        look_at(path)


def test_too_few_and_none(tmp_path):
    with pytest.raises(InputError, match=r"There are only 2 images, too few"):
        look_at(write(tmp_path / "a.zip", {"1.png": png(), "2.png": png()}))
    with pytest.raises(InputError, match=r"The archive .*b\.tar holds no image files"):
        look_at(write(tmp_path / "b.tar", {"x.txt": b""}))


def test_a_packed_tar_is_told_how_to_unpack_it(tmp_path):
    path = tmp_path / "a.tar.gz"
    path.write_bytes(b"\x1f\x8b")
    assert is_images(path)
    with pytest.raises(InputError, match=r"unpack it once with `gunzip -k a\.tar\.gz` and give a\.tar\.$"):
        look_at(path)


def test_a_run_directory_is_no_folder_of_images(tmp_path):
    (tmp_path / "recipe.yaml").touch()
    with pytest.raises(InputError, match=r"is a run directory, not a folder of images; `zscape report"):
        look_at(tmp_path)
