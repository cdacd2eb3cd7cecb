"""`zscape reconstruct`."""

import numpy as np
from PIL import Image


def pixels(path):
    with Image.open(path) as picture:
        return np.asarray(picture)


def test_originals_stand_above_what_the_run_kept_of_them(zscape, trained, tmp_path):
    outcome = zscape("reconstruct", trained, "--out", "x.png", "-n", 6, "--columns", 6)
    assert (outcome.code, outcome.out) == (0, "x.png\n")
    picture = pixels(tmp_path / "x.png")
    assert picture.shape == (2 * 67 + 3, 6 * 67 + 3, 3)
    with np.load(trained / "images.npz") as images:
        for i in range(6):
            left = 3 + 67 * i
            for top, name in ((3, "originals"), (70, "reconstructions")):
                tile = picture[top : top + 64 : 8, left : left + 64 : 8, :1]
                np.testing.assert_array_equal(tile, images[name][i])


def test_more_than_there_are_shows_all_and_splits_differ(zscape, trained, tmp_path):
    assert zscape("reconstruct", trained, "--out", "test.png", "-n", 1000, "--columns", 10).code == 0
    assert pixels(tmp_path / "test.png").shape[1] == 6 * 67 + 3
    assert zscape("reconstruct", trained, "--out", "train.png", "-n", 6, "--split", "train").code == 0
    assert (tmp_path / "train.png").read_bytes() != (tmp_path / "test.png").read_bytes()


def test_other_images(zscape, trained, tmp_path):
    (tmp_path / "own").mkdir()
    for i in range(12):
        Image.new("L", (8, 8), 20 * i).save(tmp_path / "own" / f"{i:02}.png")
    outcome = zscape("reconstruct", trained, "--data", "own", "--columns", 12, "--out", "x.png")
    assert (outcome.code, outcome.err) == (0, "")
    assert set(np.unique(pixels(tmp_path / "x.png")[3])) == {*range(0, 240, 20), 255}  # all originals, and white


def test_a_single_picture_beside_a_broken_one(zscape, trained, tmp_path):
    (tmp_path / "own").mkdir()
    Image.new("L", (8, 8), 20).save(tmp_path / "own" / "a.png")
    (tmp_path / "own" / "broken.png").write_bytes(b"no image")
    left_out = "1 file left out: broken.png (not an image in a format that Pillow knows)\n"
    outcome = zscape("reconstruct", trained, "--data", "own", "--out", "x.png")
    assert (outcome.code, outcome.out, outcome.err) == (0, "x.png\n", left_out)
    assert pixels(tmp_path / "x.png").shape == (2 * 67 + 3, 67 + 3, 3)
    outcome = zscape("encode", trained, "--data", "own", "--out", "x.npz")
    assert (outcome.code, outcome.out, outcome.err) == (0, "x.npz: 1 code in 3 dimensions\n", left_out)
