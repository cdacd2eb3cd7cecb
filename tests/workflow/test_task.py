"""A run with a task, from its training to its report, and what every verb makes of it."""

import json
import shutil

import numpy as np
import pytest
from PIL import Image

import zscape
from zscape.cli.main import main
from zscape.core.errors import InputError
from zscape.data.corrupt import corrupt_fixed
from zscape.data.prepare import open_store
from zscape.reporting import build
from zscape.runs.directory import RunDirectory

TASK = ("task.kind=denoise", "task.drop=0.5", "training.seed=4")


def quiet(sentence):
    return None


@pytest.fixture(scope="module")
def denoised(tiny, session_cache, tmp_path_factory):
    """A complete run; to be copied by whoever changes it."""
    return zscape.run("digits", [*tiny, *TASK], out=tmp_path_factory.mktemp("runs") / "denoised", note=quiet)


@pytest.fixture(scope="module")
def model(denoised):
    return zscape.load(denoised.path)


@pytest.fixture(scope="module")
def seen(denoised):
    """Test images and what goes in for them."""
    split = open_store(denoised.recipe.data).split("test")
    return split.images(), corrupt_fixed(split.images(), denoised.recipe.task, 4, "test", split.ids), split.ids


def decibel(one, other):
    return -10 * np.log10((((one - other) / 255.0) ** 2).mean(axis=(1, 2, 3)))


def test_numbers_are_against_the_clean_images_and_beside_those_of_what_went_in(denoised, model, seen):
    images, inputs, _ = seen
    numbers, history = denoised.read("metrics.json"), denoised.history()
    assert numbers["test"]["psnr_input"] == pytest.approx(decibel(inputs.astype(float), images.astype(float)).mean())
    assert numbers["test"]["psnr"] == pytest.approx(decibel(255 * model.reconstruct(inputs), images).mean(), rel=1e-5)
    assert numbers["units"]["psnr_input"].startswith("decibel")
    for part in ("train", "validation"):
        assert numbers[part]["psnr_input"] < 12
    assert numbers["validation"]["loss"] == pytest.approx(history[-1]["validation"]["loss"], rel=1e-5)


def test_evaluate_gives_the_same_bytes_and_shows_both(denoised, capsys):
    assert zscape.evaluate(denoised.path) == {"split": "test", **denoised.read("metrics.json")["test"]}
    capsys.readouterr()
    assert main(["evaluate", str(denoised.path)]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [row[0] for row in rows[-2:]] == ["psnr", "psnr_input"] and rows[-1][-1] == "dB"


def test_a_run_without_a_task_has_no_such_number(trained):
    assert all("psnr_input" not in numbers for numbers in map(RunDirectory(trained).read("metrics.json").get, SPLITS))
    assert "inputs" not in RunDirectory(trained).images()


SPLITS = ("train", "validation", "test")


def test_codes_are_those_of_what_goes_in(denoised, model, seen, tmp_path):
    _, inputs, ids = seen
    codes = zscape.encode(denoised.path, tmp_path / "codes.npz", note=quiet).of_split("test")
    np.testing.assert_array_equal(codes.ids, ids)
    np.testing.assert_allclose(codes.mu, model.encode(inputs), rtol=1e-4, atol=1e-5)
    with np.load(denoised.path / "latents.npz") as kept, np.load(tmp_path / "codes.npz") as made:
        np.testing.assert_array_equal(kept["mu"], made["mu"])


def test_the_prior_of_a_run_that_was_only_trained_is_that_of_the_study(denoised, tmp_path):
    run = shutil.copytree(denoised.path, tmp_path / "run")
    for name in ("priors/fitted_normal.npz", "latents.npz"):
        (run / name).unlink()
    pictures = [
        zscape.sample(path, out, prior="fitted", n=4).read_bytes()
        for path, out in ((denoised.path, tmp_path / "a.png"), (run, tmp_path / "b.png"))
    ]
    assert pictures[0] == pictures[1]


def test_pictures_show_what_goes_in_above_the_original_above_what_comes_out(denoised, seen, tmp_path):
    images, inputs, _ = seen
    kept = denoised.images()
    zscape.reconstruct(denoised.path, tmp_path / "x.png", n=100, columns=100, note=quiet)
    with Image.open(tmp_path / "x.png") as picture:
        page = np.asarray(picture)[..., 0]
    assert page.shape == (3 * 67 + 3, len(images) * 67 + 3)
    for i in range(len(images)):
        for top, expected in zip((3, 70, 137), (inputs[i], images[i], kept["reconstructions"][i]), strict=True):
            tile = page[top : top + 64 : 8, 3 + 67 * i : 67 + 67 * i : 8]
            np.testing.assert_array_equal(tile, expected[..., 0])
    np.testing.assert_array_equal(kept["inputs"], inputs)
    with Image.open(denoised.path / "figures" / "reconstructions.png") as picture:
        assert picture.size[1] == 3 * 67 + 3
    with Image.open(denoised.path / "figures" / "training" / "epoch-0001.png") as picture:
        assert picture.size[1] == 5 * 67 + 3  # what goes in, originals, what comes out, two rows of random points


def test_the_report_says_what_goes_in_and_compares_with_no_code_of_clean_images(denoised):
    page = (denoised.path / "report.html").read_text(encoding="utf-8")
    for text in (
        "Its task is to denoise: the images go in with 50 % of the pixels black, the clean images are to come out.",
        "What goes in, below it the original, below that what comes out.",
        "PSNR of what went in",
    ):
        assert text in page
    assert "linear code" not in page


def test_other_images_are_taken_for_clean(denoised, tmp_path):
    images = np.random.default_rng(0).integers(1, 256, (9, 8, 8), np.uint8)
    np.save(tmp_path / "own.npy", images)
    numbers = zscape.evaluate(denoised.path, data=tmp_path / "own.npy", note=quiet)
    inputs = corrupt_fixed(images[..., None], denoised.recipe.task, 4, "test", np.arange(9))
    expected = decibel(inputs.astype(float), images[..., None].astype(float)).mean()
    assert numbers["psnr_input"] == pytest.approx(expected, rel=1e-9)


def test_another_task_is_another_run(denoised, tiny):
    with pytest.raises(InputError, match=r"its recipe differs in task\.drop \(0\.5 there, 0\.4 here\)"):
        zscape.train("digits", [*tiny, *TASK, "task.drop=0.4"], out=denoised.path, note=quiet)


def test_colours_cannot_be_learned_from_grey_pictures(tmp_path, tiny):
    (tmp_path / "pictures").mkdir()
    for i in range(30):
        Image.new("RGB", (8, 8), (7 * i, 7 * i, 7 * i)).save(tmp_path / "pictures" / f"{i:02}.png")
    settings = ["data.channels=3", "task.kind=recolor", "model.filters=[4]", "model.strides=2"]
    with pytest.raises(InputError, match=r"recolor learns colours, but these images are grey: all three channels"):
        zscape.train(str(tmp_path / "pictures"), settings, out=tmp_path / "run", note=quiet)
    assert not (tmp_path / "run").exists()
    with pytest.raises(InputError, match=r"task\.kind: recolor learns colours and needs data\.channels: 3; received 1"):
        zscape.train(str(tmp_path / "pictures"), ["task.kind=recolor"], out=tmp_path / "run", note=quiet)


def test_a_folder_of_colour_pictures(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "build_report", lambda run, **options: (run.path / "report.html").write_text("made"))
    rng = np.random.default_rng(0)
    (tmp_path / "pictures").mkdir()
    for i in range(40):
        Image.fromarray(rng.integers(0, 256, (8, 8, 3), np.uint8)).save(tmp_path / "pictures" / f"{i:02}.png")
    settings = ["task.kind=recolor", "model.filters=[4]", "model.strides=2", "model.z_dim=3", "training.epochs=1"]
    run = zscape.run(str(tmp_path / "pictures"), settings, out=tmp_path / "run", note=quiet)
    inputs = run.images()["inputs"]
    assert inputs.shape[-1] == 3 and (inputs == inputs[..., :1]).all()
    assert json.loads((run.path / "metrics.json").read_text())["test"]["psnr_input"] > 0
