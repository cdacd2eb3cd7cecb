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
    assert "the largest centred rectangle with the height-to-width ratio 8:8 is cut out, then resized" in lines[crop]
    assert lines[crop + 1].strip() == "left 5, top 0, width 20, height 20 of 30x20 (width x height) pixels"
    assert lines[crop + 2].startswith("store       store: 24 images of 8x8x3, 0.0 MB")
    assert lines[crop + 3] == "parts       20 train, 2 validation, 2 test"
    assert lines[crop + 4] == "left out    6 files, listed in store/skipped.json"
    assert [line.split(":")[0].strip() for line in lines[crop + 5 : crop + 10]] == [f"bad{i}.png" for i in range(5)]
    checksum = json.loads(Path("store/manifest.json").read_text())["checksum"]
    assert lines[crop + 10] == f"checksum    {checksum}"
    assert lines[-1] == "Next: zscape run store"


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
        (["photos", "--out", "s", "--crop", "0,0,50,50"], "data.crop=0,0,50,50 "),
        (["photos", "--out", "s", "--workers", "0"], "--workers must be at least 1, received 0."),
        (["photo", "--out", "s"], "There is no file or folder photo, nor is it one of digits, "),
        (["--verify", "photos"], "photos is not a store of prepared images"),
    ],
)
def test_mistakes_get_one_sentence(refused, arguments, sentence):
    assert refused("prepare", *arguments).startswith(sentence)
