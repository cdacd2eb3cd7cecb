"""`zscape run FOLDER`: from pictures to a report without a recipe."""

import json

import numpy as np
import pytest
from PIL import Image


def put(folder, count, size=(16, 16)):
    rng = np.random.default_rng(0)
    for i in range(count):
        path = folder / ("left", "right")[i % 2] / f"{i:02}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (*size, 3), np.uint8)).save(path)


def test_a_folder_with_mirrored_black_and_white_pictures(zscape, tmp_path):
    put(tmp_path / "photos", 14)
    (tmp_path / "photos" / "left" / "zz.png").write_bytes(b"no image")
    settings = ["model.filters=[3,3]", "training.epochs=1", "data.binarize=dynamic", "data.flip=true"]
    outcome = zscape("run", "photos", *settings, "--json")
    assert outcome.code == 0, outcome.err
    assert "14 images in 2 classes in photos: a recipe is chosen, key=value changes it\n" in outcome.err
    assert outcome.err.count("1 file left out: left/zz.png (not an image in a format that Pillow knows)\n") == 1
    assert "Training on 12 images, validating on 1, " in outcome.err and "for 12 training images\n" in outcome.err
    assert "  data.size=[16,16]: all images are 16x16 pixels; they stay as they are\n" in outcome.err
    run = tmp_path / "runs" / "photos"
    metrics = json.loads(outcome.out)["metrics"]
    assert [metrics[split]["entropy_floor"] for split in ("train", "validation", "test")] == [0, 0, 0]
    chosen = json.loads((run / "chosen.json").read_text())
    keys = {choice["key"] for choice in chosen["choices"]}
    assert {"data.size", "model.z_dim", "objective.weight.beta"} <= keys and "model.filters" not in keys
    assert all(choice["why"] for choice in chosen["choices"]) and str(tmp_path) not in (run / "chosen.json").read_text()
    with np.load(run / "images.npz") as images:
        assert set(np.unique(images["originals"])) == {0, 255}
    data = json.loads((run / "data.json").read_text())
    assert data["count"] == 14 and data["linear_baseline"]["z_dim"] == 4
    with Image.open(run / "figures" / "contact_sheet.png") as sheet:
        assert sheet.width > 300


@pytest.mark.parametrize("verb", ["run", "train", "plan"])
@pytest.mark.parametrize(
    ("name", "count", "size", "sentence"),
    [
        (
            "none",
            0,
            (1, 1),
            "The folder none holds no image files (.png, .jpg, .jpeg, .bmp, .webp, .gif, .tif, .tiff).",
        ),
        ("one", 1, (16, 16), "There is only 1 image, too few to be split into training, validation and test: "),
        (
            "dots",
            4,
            (1, 1),
            "None of the 4 image files in dots can be used; the first, left/00.png: it has 1x1 pixels, ",
        ),
    ],
)
def test_folders_that_hold_too_little(refused, tmp_path, verb, name, count, size, sentence):
    (tmp_path / name).mkdir()
    put(tmp_path / name, count, size)
    assert refused(verb, name).startswith(sentence)


@pytest.mark.parametrize(
    ("name", "count", "size", "sentence"),
    [
        ("none", 0, (1, 1), " holds no image files (.png, "),
        ("one", 1, (16, 16), "There is only 1 image, too few to be split into training, validation and test: "),
        ("dots", 4, (1, 1), "it has 1x1 pixels, the smallest size that makes sense is 4x4."),
    ],
)
def test_the_same_through_a_recipe(refused, tmp_path, name, count, size, sentence):
    (tmp_path / name).mkdir()
    put(tmp_path / name, count, size)
    settings = ["data.source=folder", "data.size=8", "data.channels=1", f"data.path={name}"]
    assert sentence in refused("plan", "digits", *settings)
