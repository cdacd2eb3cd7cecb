"""`zscape sample`."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from zscape.latent.codes import Codes
from zscape.latent.priors.fit_mixture import fit_mixture
from zscape.latent.priors.mixture import Mixture


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
    texts = ["normal", "uniform:1.5", "uniform:0:8", "fitted", "fitted:1sigma", "mixture:3"]
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


def test_fitted_priors_come_from_priors_from_latents_or_from_the_images(draw, in_reach):
    texts = ["fitted", "fitted:2sigma", "mixture", "mixture:2"]
    saved = [draw("--from", text, run=in_reach) for text in texts]
    shutil.rmtree(in_reach / "priors")
    assert [draw("--from", text, run=in_reach) for text in texts] == saved
    (in_reach / "latents.npz").unlink()
    assert [draw("--from", text, run=in_reach) for text in texts] == saved


def test_the_saved_mixture_serves_its_own_number_too(draw, in_reach):
    saved = Mixture.load(in_reach / "priors" / "mixture.npz")
    assert saved.chosen
    other = fit_mixture(Codes.load(in_reach / "latents.npz"), 5, seed=7)
    replace(other, chosen=True).save(in_reach / "priors" / "mixture.npz")
    of_file = draw("--from", "mixture", run=in_reach)
    assert draw("--from", "mixture:5", run=in_reach) == of_file != draw("--from", "mixture:4", run=in_reach)


def test_a_mixture_of_more_normals_than_codes(refused, in_reach):
    assert refused("sample", in_reach, "--out", "x.png", "--from", "mixture:300").startswith(
        "A mixture of 300 normals needs at least 600 codes of training images, got 29: ask for fewer"
    )
