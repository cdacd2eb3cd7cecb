"""From a folder in CelebA's layout to edited images: attributes and factors on their whole way."""

import json

import numpy as np
import pytest
from PIL import Image

import zscape
from zscape.cli.main import main
from zscape.latent.codes import Codes
from zscape.reporting.restricted import restriction
from zscape.runs.directory import RunDirectory
from zscape.workflow.study import study

COUNT = 150


@pytest.fixture(scope="module")
def faces(tmp_path_factory):
    """Squares of a brightness (a factor), with a white lower half where they smile; attributes by file name."""
    folder = tmp_path_factory.mktemp("faces")
    (folder / "img_align_celeba").mkdir()
    rng = np.random.default_rng(0)
    light, smiling, hat = rng.uniform(0.1, 0.7, COUNT), rng.random(COUNT) < 0.5, rng.random(COUNT) < 0.5
    for i in range(COUNT):
        pixels = np.full((16, 16), 255 * light[i])
        pixels[12:] = 255 if smiling[i] else pixels[12:]
        Image.fromarray(np.uint8(pixels + rng.uniform(0, 10, (16, 16)))).save(
            folder / "img_align_celeba" / f"{i + 1:06}.png"
        )
    order = rng.permutation(COUNT)  # joined by name, not by order
    rows = [f"{i + 1:06}.png {2 * smiling[i] - 1} {2 * hat[i] - 1}" for i in order]
    (folder / "list_attr_celeba.txt").write_text("\n".join([str(COUNT), "Smiling Wearing_Hat", *rows]) + "\n")
    parts = [f"{i + 1:06}.png {0 if i < 100 else 1 if i < 120 else 2}" for i in order]
    (folder / "list_eval_partition.txt").write_text("\n".join(parts) + "\n")
    (folder / "factors.csv").write_text(
        "\n".join(["name,light", *(f"{i + 1:06}.png,{light[i]:.6f}" for i in order)]) + "\n"
    )
    return folder, light, smiling


@pytest.fixture(scope="module")
def run(faces, tmp_path_factory):
    """A run of a few seconds on the store of these faces."""
    folder = tmp_path_factory.mktemp("work")
    zscape.prepare(faces[0], folder / "store", name="celeba", size=8, crop="center-square", channels=1)
    settings = [
        f"data.path={folder / 'store'}",
        "data.source=celeba",
        "data.crop=null",
        "data.size=8",
        "data.channels=1",
    ]
    settings += ["model.filters=[8]", "model.strides=2", "model.z_dim=3", "objective.weight.beta=0.05"]
    settings += ["training.epochs=15", "training.batch_size=20", "training.learning_rate=0.02"]
    zscape.train("digits", settings, out=folder / "run", note=lambda sentence: None)
    return folder / "run"


def test_encode_writes_attributes_and_factors(run, faces, tmp_path):
    assert main(["encode", str(run), "--out", str(tmp_path / "codes.npz")]) == 0
    codes = Codes.load(tmp_path / "codes.npz")
    assert codes.attribute_names == ("Smiling", "Wearing_Hat") and codes.factor_names == ("light",)
    assert codes.splits.tolist() == [0] * 100 + [1] * 20 + [2] * 30
    _, light, smiling = faces
    np.testing.assert_array_equal(codes.attribute("Smiling"), smiling[codes.ids])  # ids count the sorted names
    np.testing.assert_allclose(codes.factors[:, 0], light[codes.ids], atol=1e-6)


def test_the_study_knows_both(run):
    study(run)
    analysis = json.loads((run / "analysis.json").read_text())
    assert analysis["attributes"]["names"] == ["Smiling", "Wearing_Hat"]
    assert analysis["attributes"]["auc"][0] > 0.95 > 0.8 > analysis["attributes"]["auc"][1]
    assert analysis["factors"]["names"] == ["light"] and analysis["factors"]["r2"][0] > 0.8
    assert restriction(RunDirectory.open(run)) == "the terms of celeba do not allow passing its images on"


def test_edit_and_walk_know_the_attributes(run, tmp_path, capsys):
    assert main(["edit", str(run), "--attribute", "Smiling", "--out", str(tmp_path / "edit.png"), "--json"]) == 0
    edited = json.loads(capsys.readouterr().out)
    assert edited["attribute"] == "Smiling" and edited["probe"]["auc"] > 0.95
    arguments = ["walk", str(run), "--from", "Smiling", "--to", "Wearing_Hat", "--out", str(tmp_path / "walk.png")]
    assert main(arguments) == 0
    assert (tmp_path / "edit.png").stat().st_size > 1000 and (tmp_path / "walk.png").stat().st_size > 1000
