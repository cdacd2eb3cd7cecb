"""Every recipe that is shipped: its header, and a tiny real run of it from its data to its report."""

import gzip
import json
import re
import shlex
import struct
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from zscape.cli.main import main
from zscape.figures.canvas import png
from zscape.reporting import build
from zscape.specs.compose import compose_recipe
from zscape.specs.shipped import shipped_recipes

RECIPES = shipped_recipes()
FIELDS = ("Source:", "Command:", "Time:", "Numbers:")


def test_recipes_are_found():
    assert {"digits", "mnist", "mnist_2d", "mnist_ae", "fashion_mnist", "cifar10", "celeba"} <= set(RECIPES)
    assert {recipe.task.kind for recipe in map(compose_recipe, RECIPES)} == {"reconstruct", "denoise", "recolor"}


@pytest.mark.parametrize("name", RECIPES)
def test_header_says_what_from_where_how_and_what_comes_out(name):
    title, *lines = RECIPES[name].header.splitlines()
    assert title and not title.startswith(FIELDS) and title.endswith(".")
    stated = {field: line.removeprefix(field).strip() for field in FIELDS for line in lines if line.startswith(field)}
    assert [field for field in FIELDS if not stated.get(field)] == []
    assert any(character.isdigit() for character in stated["Time:"] + stated["Numbers:"])
    assert not re.search(r"(TIME|NUMBERS)_|TODO|TBD", RECIPES[name].header)  # places to be filled in


@pytest.mark.parametrize("name", RECIPES)
def test_command_of_the_header_is_one_for_this_recipe(name):
    lines = [line for line in RECIPES[name].header.splitlines() if line.startswith("Command:")]
    assert len(lines) == 1
    command = re.split(r"\s\s+\(", lines[0].removeprefix("Command:"))[0]  # a remark may follow
    program, verb, recipe, *settings = shlex.split(command)
    assert (program, recipe) == ("zscape", name) and verb in ("run", "train", "plan")
    compose_recipe(name, [text for text in settings if not text.startswith("-")])


def mnist(folder: Path) -> list[str]:
    rng = np.random.default_rng(0)
    folder.mkdir()
    for part, count in (("train", 24), ("t10k", 12)):
        for kind, values in (
            ("images-idx3", rng.integers(0, 256, (count, 28, 28), np.uint8)),
            ("labels-idx1", np.arange(count, dtype=np.uint8) % 10),
        ):
            header = struct.pack(f">BBBB{values.ndim}I", 0, 0, 8, values.ndim, *values.shape)
            (folder / f"{part}-{kind}-ubyte.gz").write_bytes(gzip.compress(header + values.tobytes()))
    return [f"data.path={folder}"]


def portraits(folder: Path) -> list[str]:
    rng = np.random.default_rng(0)
    folder.mkdir()
    for i in range(24):  # of the size and the kind of CelebA's
        Image.fromarray(rng.integers(0, 256, (218, 178, 3), np.uint8)).save(folder / f"{i:06}.jpg")
    return [f"data.path={folder}"]


def cifar10(folder: Path) -> list[str]:
    rng = np.random.default_rng(0)
    folder.mkdir()
    for name in [*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin"]:
        records = rng.integers(0, 256, (6, 3073), np.uint8)
        records[:, 0] %= 10
        (folder / name).write_bytes(records.tobytes())
    return [f"data.path={folder}"]


TINY_DATA = {
    "digits": lambda folder: ["data.limit=36"],
    "mnist": mnist,
    "fashion_mnist": mnist,
    "cifar10": cifar10,
    "celeba": portraits,
    "faces": lambda folder: ["data.limit=36"],
}
"""Data for every source that a shipped recipe names."""


@pytest.mark.parametrize("name", RECIPES)
def test_tiny_run(name, tmp_path, monkeypatch, capsys):
    # Figures are drawn but not put on paper, which would take most of the time.
    monkeypatch.setattr(
        build, "png", lambda picture: png(Image.new("L", (9, 9)) if isinstance(picture, Figure) else picture)
    )
    recipe = compose_recipe(name)
    settings = [
        *TINY_DATA[recipe.data.source](tmp_path / "data"),
        f"model.filters={[2] * len(recipe.model.filters)}",
        "training.epochs=1",
        "training.batch_size=16",
    ]
    if recipe.model.decoder.filters:
        *inner, channels = recipe.model.decoder.filters
        settings.append(f"model.decoder.filters={[2] * len(inner) + [channels]}")
    assert main(["run", name, *settings, "--out", str(tmp_path / "run"), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)

    record = json.loads((tmp_path / "run" / "history.jsonl").read_text())
    for terms in (record["train"], record["validation"], printed["metrics"]["test"]):
        assert terms["loss"] == pytest.approx(terms["reconstruction"] + terms["weighted_kl"], rel=1e-6)
        assert (terms["kl"] > 0) == (terms["beta"] > 0) == (recipe.model.kind == "vae")
    assert ("psnr_input" in printed["metrics"]["test"]) == recipe.task.has_target
    validation = printed["metrics"]["validation"]
    assert validation["loss"] == pytest.approx(record["validation"]["loss"], rel=1e-5)
    with np.load(tmp_path / "run" / "latents.npz") as codes:
        assert codes["mu"].shape == (sum(np.bincount(codes["splits"])), recipe.model.z_dim)
        assert ("log_var" in codes.files) == (recipe.model.kind == "vae")
    with np.load(tmp_path / "run" / "images.npz") as images:
        assert images["random_normal"].shape[1:] == images["originals"].shape[1:] == recipe.image_shape
        assert ("inputs" in images.files) == recipe.task.has_target
    assert (tmp_path / "run" / "report.html").stat().st_size > 5_000
    assert (tmp_path / "run" / "priors" / "fitted_normal.npz").is_file()
    assert (tmp_path / "run" / "figures" / "kl.png").exists() == (recipe.model.kind == "vae")
