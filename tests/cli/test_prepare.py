"""`zscape prepare`, as typed."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def photos(tmp_path):
    """A working directory with `photos`: 24 pictures of 20x30 pixels, six files that are none."""
    (tmp_path / "photos").mkdir()
    for i in range(24):
        Image.fromarray(np.full((20, 30, 3), 10 * i, np.uint8)).save(tmp_path / "photos" / f"{i:02}.png")
    for i in range(6):
        (tmp_path / "photos" / f"bad{i}.png").write_bytes(b"no picture")


@pytest.mark.usefixtures("photos")
def test_what_a_user_sees(zscape):
    outcome = zscape("prepare", "photos", "--out", "store", "--size", "8")
    assert outcome.code == 0 and outcome.err == ""
    lines = outcome.out.splitlines()
    assert lines[0] == "found       30 images"
    crop = next(i for i, line in enumerate(lines) if line.startswith("crop"))
    assert lines[crop] == (
        "crop        the largest centred square is cut out, then resized to 8x8 with Pillow's Lanczos filter"
    )
    assert lines[crop + 1].strip() == "left 5, top 0, width 20, height 20 of 20x30 pixels (height x width)"
    size = sum(file.stat().st_size for file in Path("store").iterdir())
    assert lines[crop + 2] == f"store       store: 24 images of 8x8x3, {size / 1000:.1f} kB"
    assert lines[crop + 3] == "parts       20 train, 2 validation, 2 test"
    assert lines[crop + 4] == "left out    6 files, listed in store/skipped.json"
    assert [line.split(":")[0].strip() for line in lines[crop + 5 : crop + 10]] == [f"bad{i}.png" for i in range(5)]
    checksum = json.loads(Path("store/manifest.json").read_text())["checksum"]
    assert lines[crop + 10] == f"checksum    {checksum}"
    assert lines[-1] == "Next: zscape run store"


@pytest.mark.usefixtures("photos")
def test_what_is_found_and_left_out_adds_up_and_one_order_of_sizes(zscape, tmp_path):
    (tmp_path / "photos" / "gone.png").symlink_to("nowhere.png")
    (tmp_path / "photos" / "camera.heic").write_bytes(b"photo")
    (tmp_path / "photos" / "folder.png").symlink_to(tmp_path)
    outcome = zscape("prepare", "photos", "--out", "store", "--size", "6x12")
    lines = [line.split(maxsplit=1) for line in outcome.out.splitlines()]
    assert lines[:2] == [["found", "30 images"], ["3", "more files are left out already, see the list below"]]
    shown = outcome.out.splitlines()
    assert any(
        line.startswith("store       store: 24 images of 6x12x3 (height x width x channels), ") for line in shown
    )
    assert "left out    9 files, listed in store/skipped.json" in shown  # 30 + 3 = 24 + 9
    assert any("height-to-width ratio 1:2 is cut out, then resized to 6x12 (height x width)" in line for line in shown)
    assert any("of 20x30 pixels (height x width)" in line for line in shown) and "width x height" not in outcome.out


@pytest.mark.usefixtures("photos")
def test_an_error_of_the_data_names_the_option(refused, tmp_path):
    Image.new("RGB", (40, 40)).save(tmp_path / "photos" / "large.png")
    assert refused("prepare", "photos", "--out", "s").endswith("state the size to bring them to, say --size 96.")
    np.save("four.npy", np.zeros((9, 8, 8, 4), np.uint8))
    sentence = refused("prepare", "four.npy", "--out", "s", "--channels", "3")
    assert sentence.startswith("Images with 4 channels cannot be brought to 3; ") and sentence.endswith("(--channels).")
    assert "SOURCE must be the folder" in refused("prepare", "photos", "--out", "s", "--name", "mnist")


@pytest.mark.usefixtures("photos")
def test_the_same_again_and_verify(zscape):
    first = zscape("prepare", "photos", "--out", "store", "--size", "8x8", "--splits", "3,4", "--quiet")
    assert "17 train, 3 validation, 4 test" in first.out
    again = zscape("prepare", "photos", "--out", "store", "--size", "8", "--splits", "3,4")
    assert again.code == 0 and again.out.startswith("store is finished already: nothing to do.\n")
    checked = zscape("prepare", "--verify", "store")
    assert checked.code == 0
    assert checked.out.startswith("store is whole: files, sizes and checksum are those of its manifest.\n")


@pytest.mark.usefixtures("photos")
def test_json_is_pure(zscape):
    outcome = zscape("prepare", "photos", "--out", "store", "--size", "8", "--json")
    record = json.loads(outcome.out)
    assert outcome.err == "" and record["count"] == 24 and record["skipped"] == 6 and len(record["skipped_first"]) == 5
    assert record["fit"]["box"] == {"left": 5, "top": 0, "width": 20, "height": 20, "of": [20, 30]}
    assert record["finished_before"] is False and record["next"] == "zscape run store"
    assert json.loads(zscape("prepare", "--verify", "store", "--json").out)["checksum"] == record["checksum"]


@pytest.mark.usefixtures("photos")
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["photos"], r"zscape prepare needs SOURCE and --out STORE; or --verify STORE to check a store."),
        (["--out", "store"], r"zscape prepare needs SOURCE and --out STORE; or --verify STORE to check a store."),
        (
            ["photos", "--verify", "store"],
            "--verify checks a finished store and takes nothing else: zscape prepare --v",
        ),
        (
            ["photos", "--out", "s", "--size", "8x"],
            "--size must be pixels on a side or HEIGHTxWIDTH, such as 96 or 96x",
        ),
        (["photos", "--out", "s", "--size", "-8"], "--size must be pixels on a side or HEIGHTxWIDTH"),
        (
            ["photos", "--out", "s", "--splits", "a,b"],
            "--splits must be VALIDATION,TEST as numbers of images or shares",
        ),
        (["photos", "--out", "s", "--splits", "5"], "--splits must be VALIDATION,TEST as numbers of images or shares"),
        (["photos", "--out", "s", "--splits", "1,2,3"], "--splits must be VALIDATION,TEST as numbers of images or sha"),
        (
            ["photos", "--out", "s", "--crop", "0,0,50,50"],
            "--crop 0,0,50,50 fits none of the images: it has 20x30 pixels (height x width), ",
        ),
        (["photos", "--out", "s", "--workers", "0"], "--workers must be at least 1, received 0."),
        (["photo", "--out", "s"], "There is no file or folder photo, nor is it one of digits, "),
        (
            ["photos", "--out", "s", "--splits", "0.9,0.5"],
            "--splits 0.9,0.5 leaves no images for training: the shares for validation and test must be less than 1",
        ),
        (["photos", "--out", "s", "--splits", "0.5,1.0"], "--splits must be VALIDATION,TEST as numbers of images or"),
        (["photos", "--out", "s", "--splits", "0,3"], "--splits must be VALIDATION,TEST as numbers of images or"),
        (["photos", "--out", "s", "--splits", "nan,3"], "--splits must be VALIDATION,TEST as numbers of images or"),
        (
            ["photos", "--out", "s", "--splits", "20,10"],
            "20 images for validation and 10 for test leave none for training: there are 30 images (--splits, "
            "--limit).",
        ),
        (
            ["digits", "--out", "s", "--crop", "middle", "--limit", "0"],
            "2 problems:\n  - --crop: must be one of center, center-square, celeba-face, none or left,top,width,height",
        ),
        (["photos", "--out", "s", "--name", "fodler"], "--name: Unknown source 'fodler'. Did you mean 'folder'?"),
        (["--verify", "photos"], "photos is not a store of prepared images"),
        (["--verify", "no"], "There is no folder no; --verify takes the folder of a finished store."),
    ],
)
def test_mistakes_get_one_sentence(refused, arguments, sentence):
    assert refused("prepare", *arguments).startswith(sentence)
