"""`readers.folder` and `readers.decode`."""

import numpy as np
import pytest
from PIL import Image

from zscape.core.errors import InputError
from zscape.data.readers.decode import decode_image
from zscape.data.readers.folder import read_folder


def save(path, mode="RGB", size=(6, 4), colour=None, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, colour or 0).save(path, **options)


@pytest.mark.parametrize("suffix", ["png", "jpg", "jpeg", "bmp", "webp", "gif", "tif", "PNG", "tiff"])
def test_every_format(tmp_path, suffix):
    save(tmp_path / f"a.{suffix}", colour=(255, 0, 0))
    image = read_folder(tmp_path).images[0]
    assert image.shape == (4, 6, 3) and image.dtype == np.uint8
    np.testing.assert_allclose(image[0, 0], [255, 0, 0], atol=4)


def test_sorted_by_relative_name_and_read_on_demand(tmp_path):
    for name, level in (("b.png", 2), ("a/z.png", 1), ("c.png", 3)):
        save(tmp_path / name, "L", colour=level)
    raw = read_folder(tmp_path)
    assert raw.names == ("a/z.png", "b.png", "c.png")
    assert [int(image[0, 0, 0]) for image in raw.images] == [1, 2, 3]
    assert raw.shapes == ((4, 6, 1),) * 3
    assert [int(image[0, 0, 0]) for image in raw.images[1:]] == [2, 3]


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


def test_exif_orientation_is_honoured(tmp_path):
    pixels = np.zeros((4, 6), np.uint8)
    pixels[0, 0] = 255
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise by a quarter
    Image.fromarray(pixels).save(tmp_path / "a.png", exif=exif)
    image = read_folder(tmp_path).images[0]
    assert image.shape == (6, 4, 1)
    assert image[0, 3, 0] == 255 and image.sum() == 255


def test_damaged_images_are_skipped_and_listed_without_the_folder_s_path(tmp_path):
    save(tmp_path / "good.png")
    (tmp_path / "text.jpg").write_text("no image")
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (50, 50, 3), np.uint8)).save(tmp_path / "whole.jpg")
    (tmp_path / "cut.jpg").write_bytes((tmp_path / "whole.jpg").read_bytes()[:800])
    (tmp_path / "empty.png").touch()
    raw = read_folder(tmp_path)
    assert raw.names == ("good.png", "whole.jpg")
    assert [name for name, _ in raw.skipped] == ["cut.jpg", "empty.png", "text.jpg"]
    assert "truncated" in raw.skipped[0][1]
    assert raw.skipped[2][1] == "not an image in a format that Pillow knows"
    assert not any(str(tmp_path) in reason for _, reason in raw.skipped)


def test_hidden_files_and_other_files_are_left_out(tmp_path):
    save(tmp_path / "a.png")
    (tmp_path / "._a.png").write_bytes(b"resource fork")
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache" / "b.png").write_bytes(b"thumbnail")
    (tmp_path / "notes.txt").write_text("x")
    raw = read_folder(tmp_path)
    assert raw.names == ("a.png",) and raw.skipped == ()


@pytest.mark.parametrize(
    ("mode", "colour", "expected"),
    [
        ("1", 1, [255]),
        ("L", 9, [9]),
        ("LA", (9, 0), [9]),
        ("RGBA", (1, 2, 3, 0), [1, 2, 3]),
        ("I;16", 65535, [255]),
        ("I;16", 257 * 7, [7]),
    ],
)
def test_modes(tmp_path, mode, colour, expected):
    save(tmp_path / "a.png", mode, colour=colour)
    assert decode_image(tmp_path / "a.png")[0, 0].tolist() == expected


@pytest.mark.filterwarnings("error")
def test_a_transparent_palette_gives_colour_without_a_warning(tmp_path):
    image = Image.new("P", (6, 4), 1)
    image.putpalette([0, 0, 0, 10, 20, 30])
    image.save(tmp_path / "a.png", transparency=b"\xff\x80")
    assert decode_image(tmp_path / "a.png")[0, 0].tolist() == [10, 20, 30]


def test_floating_point_images_are_skipped(tmp_path):
    save(tmp_path / "a.png")
    save(tmp_path / "f.tif", "F")
    assert read_folder(tmp_path).skipped == (("f.tif", "floating-point pixels have no stated range"),)


def test_none_readable(tmp_path):
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_text("no image")
    with pytest.raises(InputError, match=r"None of the 2 image files in .* can be used; the first, a\.png: not an im"):
        read_folder(tmp_path)


def test_folder_without_images(tmp_path):
    with pytest.raises(InputError, match=r"holds no image files \(\.png, \.jpg"):
        read_folder(tmp_path)


def test_missing_folder_and_file_in_place_of_a_folder(tmp_path):
    with pytest.raises(InputError, match=r"There is no folder .*nowhere"):
        read_folder(tmp_path / "nowhere")
    save(tmp_path / "a.png")
    with pytest.raises(InputError, match=r"a\.png is a file, not a folder"):
        read_folder(tmp_path / "a.png")


def test_a_file_that_vanishes_after_the_check(tmp_path):
    save(tmp_path / "a.png")
    raw = read_folder(tmp_path)
    (tmp_path / "a.png").unlink()
    with pytest.raises(InputError, match=r"a\.png can no longer be read: No such file or directory"):
        raw.images[0]


def test_images_of_a_few_pixels_are_skipped_and_listed(tmp_path):
    save(tmp_path / "dot.png", size=(1, 1))
    save(tmp_path / "line.png", size=(50, 3))
    with pytest.raises(
        InputError, match=r"None of the 2 .* first, dot\.png: it has 1x1 pixels, the smallest size .* 4x4\."
    ):
        read_folder(tmp_path)
    save(tmp_path / "good.png", size=(4, 4))
    raw = read_folder(tmp_path)
    assert raw.names == ("good.png",) and [name for name, _ in raw.skipped] == ["dot.png", "line.png"]


def test_a_run_inside_the_folder_is_no_data(tmp_path):
    save(tmp_path / "a.png")
    save(tmp_path / "runs" / "one" / "figures" / "kl.png")
    (tmp_path / "runs" / "one" / "recipe.yaml").touch()
    assert read_folder(tmp_path).names == ("a.png",)
