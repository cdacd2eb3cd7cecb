"""`zscape quality`."""

import json

import pytest

from zscape.analysis.embedding import PixelEmbedding
from zscape.inference.storage import save_networks
from zscape.pathways.build import build_model
from zscape.runs.directory import RunDirectory
from zscape.specs.compose import compose_recipe


@pytest.fixture
def measure(zscape, in_reach):
    def call(*arguments):
        return zscape("quality", in_reach, "--split", "validation", "--embedding", "pixels", "-n", 10, *arguments)

    return call


def test_what_is_printed(measure):
    outcome = measure("--from", "normal,fitted", "--from", "uniform:1", "--log-likelihood", 3, "--images", 4)
    assert (outcome.code, outcome.err) == (0, "Estimating log p(x) of 4 images from 3 draws each\n")
    lines = outcome.out.splitlines()
    assert lines[0].split() == ["reconstructions", "mean", "sd", "5", "%", "50", "%", "95", "%", "unit"]
    names = [line.split("  ")[0].split()[0] for line in lines if line][1:10]
    assert names == ["psnr", "ssim", "reconstruction", "random", "real", "normal", "fitted", "uniform:1", "embedding:"]
    assert "embedding: pixels, " in outcome.out and "3 draws each" in outcome.out
    assert lines[-1].startswith("Protocol: PSNR, SSIM (window of 7 pixels")


def test_fid_stands_where_the_frechet_distance_stood(measure, in_reach, monkeypatch):
    def printed():
        return next(line for line in measure("--from", "normal").out.splitlines() if line.startswith("random images"))

    assert printed().split()[-3:] == ["kernel", "distance", "frechet"]
    monkeypatch.setattr(PixelEmbedding, "fid", True)
    assert printed().split()[-3:] == ["kernel", "distance", "FID"]
    values = json.loads((in_reach / "quality.json").read_text())["generation"]
    assert values["embedding"]["fid"] and values["real"]["fid"] == values["real"]["frechet"]


def test_json_is_the_file(measure, in_reach):
    outcome = measure("--from", "normal", "--json")
    assert outcome.code == 0 and json.loads(outcome.out) == json.loads((in_reach / "quality.json").read_text())
    assert json.loads(outcome.out)["log_likelihood"] is None


def test_too_few_images_are_said_once_on_each_stream(zscape, in_reach):
    outcome = zscape("quality", in_reach, "--from", "normal")
    assert outcome.code == 0 and "random images  " not in outcome.out
    assert outcome.err.startswith("Random images are not measured. The split 'test' has 6 images,")
    assert "The split 'test' has 6 images," in outcome.out


def test_an_autoencoder_has_no_log_likelihood(refused, tmp_path, tiny):
    # Untrained networks do: it is refused before anything is measured.
    recipe, run = compose_recipe("digits", [*tiny, "model.kind=ae"]), RunDirectory(tmp_path / "ae")
    run.write_recipe(recipe)
    save_networks(build_model(recipe), recipe, 1, run.path)
    sentence = refused("quality", "ae", "--log-likelihood", 5)
    assert sentence == (
        "An autoencoder has no log-likelihood: its encoder gives a point for each image, not a distribution, and "
        "nothing says how codes are spread; leave --log-likelihood out."
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere"], "There is no run directory nowhere."),
        (["run", "-n", 2], "-n must be at least 4, one more than k"),
        (["run", "--from", "nromal"], "Unknown prior 'nromal'. Did you mean 'normal'?"),
        (
            ["run", "--embedding", "pixel"],
            "Unknown embedding 'pixel', and no run directory of this name. Did you mean 'p",
        ),
        (["run", "--embedding", "inception:none.pth"], "There is no file none.pth with Inception's weights"),
    ],
)
def test_wrong_input(refused, in_reach, arguments, sentence):
    assert refused("quality", *arguments).startswith(sentence)
