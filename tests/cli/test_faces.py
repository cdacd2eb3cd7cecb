"""`zscape faces`."""

import json

import pytest
from PIL import Image

import zscape as package
from zscape.cli import progress_line


def test_a_set_with_a_picture(zscape, tmp_path):
    outcome = zscape("faces", "--out", "set", "-n", 12, "--workers", 1, "--sheet", "new/sheet.png")
    assert (outcome.code, outcome.err) == (0, "")
    first, parts, factors, attributes, picture, blank, following = outcome.out.splitlines()
    assert first == "set: 12 faces of 178x218 (width x height) pixels, set 1"
    assert parts == "Parts: 10 train, 1 validation, 1 test"
    assert factors.startswith("Factors: yaw, pitch, roll, ") and "Smiling " in attributes
    assert (picture, blank, following) == ("Picture: new/sheet.png", "", "Next: zscape run faces data.path=set")
    assert len(list((tmp_path / "set" / "img_align_celeba").iterdir())) == 12
    with Image.open(tmp_path / "new" / "sheet.png") as sheet:
        # 12 tiles of 89x109 in rows of 10, 3 pixels between them and around.
        assert sheet.size == (10 * (89 + 3) + 3, 2 * (109 + 3) + 3)


def test_json(zscape):
    outcome = zscape("faces", "--out", "set", "-n", 10, "--workers", 1, "--seed", 4, "--json")
    record = json.loads(outcome.out)
    assert (record["count"], record["seed"], record["sheet"]) == (10, 4, None)
    assert record["parts"] == {"train": 8, "validation": 1, "test": 1}
    assert set(record["attributes"]) >= {"Smiling", "Eyeglasses", "Wearing_Hat", "No_Beard"}


def test_quiet_shows_no_progress(zscape, monkeypatch):
    monkeypatch.setattr(progress_line, "_PLAIN", 0.0)
    shown = zscape("faces", "--out", "shown", "-n", 10, "--workers", 1)
    assert shown.err.startswith("10/10 faces  ") and shown.err.count("\n") == 1
    quiet = zscape("faces", "--out", "quiet", "-n", 10, "--workers", 1, "--quiet")
    assert (quiet.code, quiet.err) == (0, "") and quiet.out == shown.out.replace("shown", "quiet")


def test_as_a_function(tmp_path):
    record = package.faces(tmp_path / "set", 10, workers=1)
    assert record.directory == str(tmp_path / "set") and record.count == 10 and len(record.factors) >= 8


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("-n", 9),
            "-n must be between 10 and 999,999 faces, received 9: training, validation and test need at least ",
        ),
        (("-n", 1_000_000), "-n must be between 10 and 999,999 faces, received 1,000,000: "),
        (("--workers", 0), "--workers must be at least 1, received 0."),
        (("--seed", -1), "--seed must be 0 or more, received -1."),
        (("--sheet", "x.jpg"), "--sheet must be a .png file; received x.jpg."),
    ],
)
def test_mistakes_get_a_sentence_and_leave_nothing(zscape, tmp_path, arguments, sentence):
    outcome = zscape("faces", "--out", "set", *arguments)
    assert outcome.code == 2 and outcome.last_line.startswith(f"zscape: {sentence}"), outcome
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_is_left_alone(zscape, tmp_path):
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "mine.txt").write_text("mine")
    outcome = zscape("faces", "--out", "set", "-n", 10)
    assert outcome.code == 2
    assert outcome.err.endswith("set exists already and is not an empty folder; delete it or name another.\n")
    assert [entry.name for entry in (tmp_path / "set").iterdir()] == ["mine.txt"]
