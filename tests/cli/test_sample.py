"""`zscape sample`."""

import shutil

import numpy as np
import pytest
from PIL import Image


def pixels(path):
    with Image.open(path) as picture:
        return np.asarray(picture)


@pytest.fixture
def draw(zscape, trained, tmp_path):
    def call(*arguments, run=trained, out="x.png"):
        outcome = zscape("sample", run, "--out", out, "-n", 6, *arguments)
        assert (outcome.code, outcome.out) == (0, f"{out}\n"), outcome
        return (tmp_path / out).read_bytes()

    return call


def test_every_prior_gives_a_picture_of_its_own(draw):
    texts = ["normal", "uniform:1.5", "uniform:0:8", "fitted", "fitted:1sigma"]
    assert len({draw("--from", text) for text in texts}) == len(texts)


def test_one_seed_one_picture(draw):
    assert draw() == draw() == draw("--seed", 1, "--from", "normal")
    assert draw("--seed", 2) != draw()


def test_sharpening(draw):
    plain, as_is, sharp = draw(), draw("--sharpen", 1), draw("--sharpen", 7)
    assert plain == as_is != sharp


def test_number_and_columns(draw, tmp_path):
    # Tiles of 8 x 8 pixels drawn 8 times as large, 3 pixels between them and around.
    draw("--columns", 3)
    assert pixels(tmp_path / "x.png").shape == (2 * 67 + 3, 3 * 67 + 3, 3)
    draw("-n", 2)
    assert pixels(tmp_path / "x.png").shape == (67 + 3, 2 * 67 + 3, 3)


def test_folders_on_the_way_are_made(draw, tmp_path):
    draw(out="new/folder/x.png")
    assert (tmp_path / "new" / "folder" / "x.png").is_file()


def test_the_fitted_normal_comes_from_priors_from_latents_or_from_the_images(draw, in_reach):
    saved = draw("--from", "fitted", run=in_reach)
    shutil.rmtree(in_reach / "priors")
    assert draw("--from", "fitted", run=in_reach) == saved
    (in_reach / "latents.npz").unlink()
    assert draw("--from", "fitted", run=in_reach) == saved
