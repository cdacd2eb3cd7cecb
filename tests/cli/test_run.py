"""`zscape run`: what it leaves and what it prints."""

import csv
import json

import numpy as np
import pytest
import yaml
from PIL import Image

from zscape.specs.compose import compose_recipe

PARTS = ("loss", "reconstruction", "kl", "kl_mu", "kl_log_var", "weighted_kl", "kl_share", "beta")
FILES = {
    *(
        "recipe.yaml",
        "provenance.json",
        "history.jsonl",
        "history.csv",
        "metrics.json",
        "latents.npz",
        "analysis.json",
        "images.npz",
    ),
    *(
        "checkpoints/last.safetensors",
        "checkpoints/previous.safetensors",
        "checkpoints/best.safetensors",
        "report.html",
    ),
    *("priors/fitted_normal.npz", "priors/mixture.npz"),
    *("encoder/config.json", "encoder/weights.safetensors", "decoder/config.json", "decoder/weights.safetensors"),
    *("figures/curves.png", "figures/reconstructions.png", "figures/random_normal.png", "figures/random_fitted.png"),
    *("figures/random_mixture.png", "figures/random_uniform.png"),
    *("figures/scatter.png", "figures/radius.png", "figures/kl.png", "figures/spectrum.png", "figures/normality.png"),
    *("figures/coordinates.png", "figures/drawn.png", "figures/log_var.png", "figures/clusters.png"),
    "figures/attributes.png",
    *("data.json", "figures/contact_sheet.png"),
    *("figures/training/epoch-0001.png", "figures/training/epoch-0002.png"),
}


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture
def history(trained):
    return [json.loads(line) for line in (trained / "history.jsonl").read_text().splitlines()]


def test_the_run_directory_is_complete_and_holds_nothing_else(trained):
    found = {str(path.relative_to(trained)) for path in trained.rglob("*") if path.is_file()}
    assert found == FILES


def test_pictures_are_pictures(trained):
    for path in trained.rglob("*.png"):
        with Image.open(path) as picture:
            assert np.asarray(picture.convert("L")).std() > 1, f"{path} is blank"


def test_the_recipe_is_complete_and_plans_as_before(trained, tiny, zscape):
    recipe = yaml.safe_load((trained / "recipe.yaml").read_text())
    assert recipe["data"]["size"] == [8, 8] and recipe["data"]["channels"] == 1
    assert recipe["model"]["leaky_slope"] == 0.3 and recipe["training"]["seed"] == 1
    assert zscape("plan", trained / "recipe.yaml").out == zscape("plan", "digits", *tiny).out


def test_provenance(trained):
    provenance = read(trained / "provenance.json")
    assert set(provenance) == {
        *("zscape", "git", "backend", "precision", "seed", "data", "packages", "python", "hardware", "threads"),
        *("started", "seconds", "best_epoch", "kept_epoch", "peak_memory_mib"),
    }
    assert provenance["seed"] == 1 and provenance["data"]["images"] == {"train": 29, "validation": 25, "test": 6}
    assert len(provenance["data"]["checksum"]) == 64 and "Alpaydin" in provenance["data"]["origin"]
    assert set(provenance["seconds"]) == {"prepare", "train", "study", "report"}
    assert all(seconds > 0 for seconds in provenance["seconds"].values())
    assert (provenance["best_epoch"], provenance["kept_epoch"]) == (2, 2)
    peaks = provenance["peak_memory_mib"]
    assert 100 < peaks["resident"] < 20_000 and set(peaks) == {"resident", "card"}


def test_history_has_the_promised_fields(history):
    assert [record["epoch"] for record in history] == [1, 2]
    assert [record["step"] for record in history] == [2, 4]  # 29 images: a batch of 20 and a short one of 9
    for record in history:
        assert set(record) == {
            *("epoch", "step", "seconds", "images_per_second", "learning_rate", "train", "validation")
        }
        for part in ("train", "validation"):
            assert set(record[part]) == {*PARTS, "log_var_min", "log_var_max", "radius_rms"}
        assert record["images_per_second"] == pytest.approx(29 / record["seconds"])
        assert record["learning_rate"] == pytest.approx(compose_recipe("digits").training.learning_rate)


def test_history_as_a_table(trained, history):
    with (trained / "history.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[:7] == [
        *("epoch", "step", "seconds", "images_per_second", "learning_rate", "train.loss", "train.reconstruction")
    ]
    assert len(rows) == 2 and len(rows[0]) == 5 + 2 * 11
    for row, record in zip(rows, history, strict=True):
        for column, text in row.items():
            part, _, name = column.rpartition(".")
            assert float(text) == (record[part] if part else record)[name]


def test_losses_add_up_on_every_line_short_last_batch_included(history):
    for record in history:
        for terms in (record["train"], record["validation"]):
            assert terms["loss"] == pytest.approx(terms["reconstruction"] + terms["weighted_kl"], rel=1e-6)
            assert terms["weighted_kl"] == pytest.approx(terms["beta"] * terms["kl"], rel=1e-6)
            assert terms["kl"] == pytest.approx(terms["kl_mu"] + terms["kl_log_var"], rel=1e-6)
            assert terms["kl_share"] == pytest.approx(terms["weighted_kl"] / terms["loss"], rel=1e-6)
            assert terms["loss"] > 0 and terms["kl"] > 0


def test_metrics_of_the_validation_images_are_those_of_the_last_epoch(trained, history):
    # metrics.json is put together image by image in double precision, history by Keras' running means over batches.
    metrics = read(trained / "metrics.json")["validation"]
    for part in PARTS:
        assert metrics[part] == pytest.approx(history[-1]["validation"][part], rel=1e-5), part


def test_metrics_have_every_split_units_and_speed(trained, history):
    metrics = read(trained / "metrics.json")
    assert set(metrics) == {"train", "validation", "test", "epochs", "images_per_second", "units"}
    assert [metrics[split]["images"] for split in ("train", "validation", "test")] == [29, 25, 6]
    for split in ("train", "validation", "test"):
        numbers = metrics[split]
        assert set(numbers) - {"images", "reconstruction_at_mean", "entropy_floor"} == {
            *(*PARTS, "psnr", "active_units", "prior_mismatch", "articles", "mean_image", "sigma", "kl_per_dimension")
        }
        assert set(numbers) <= set(metrics["units"])
        assert 0 <= numbers["active_units"] <= 3 and isinstance(numbers["active_units"], int)
        assert numbers["entropy_floor"] < numbers["reconstruction_at_mean"]
        mean, tape = numbers["articles"]["mean"], numbers["articles"]["tape"]
        assert mean["loss"] == pytest.approx(numbers["loss"] / 64) and tape["loss"] == pytest.approx(numbers["loss"])
        assert mean["kl"] == pytest.approx(numbers["weighted_kl"] / 64)
    # The first epoch holds the compilation and does not count.
    assert metrics["epochs"] == 2
    assert metrics["images_per_second"] == pytest.approx(history[1]["images_per_second"])


def test_latents_of_all_images(trained):
    with np.load(trained / "latents.npz", allow_pickle=False) as codes:
        assert set(codes.files) == {"mu", "log_var", "ids", "splits", "labels", "label_names", "split_names"}
        assert codes["mu"].shape == codes["log_var"].shape == (60, 3)
        assert sorted(codes["ids"]) == list(range(60))
        assert np.bincount(codes["splits"]).tolist() == [29, 25, 6]


def test_analysis(trained):
    analysis = read(trained / "analysis.json")
    assert analysis["count"] == 60 and analysis["z_dim"] == 3
    assert {"min", "mean", "max"} <= set(analysis["radius"]) and set(analysis["log_var"]) == {"min", "mean", "max"}
    assert len(analysis["verdict"]) == 4


def test_the_same_command_again_changes_nothing_and_prints_the_key_numbers(zscape, in_reach, tiny, snapshot):
    before = snapshot(in_reach)
    outcome = zscape("run", "digits", *tiny, "--out", in_reach)
    assert outcome.code == 0 and snapshot(in_reach) == before
    assert outcome.err == "run is trained already (2 epochs): nothing to do.\n"
    lines = outcome.out.splitlines()
    assert lines[0].split() == ["train", "validation", "test", "unit"]
    assert [line.split()[0] for line in lines[1:12]] == [
        *("loss", "reconstruction", "reconstruction_at_mean", "mean_image", "kl", "kl_per_dimension", "weighted_kl"),
        *("kl_share", "active_units", "prior_mismatch", "psnr"),
    ]
    assert lines[12].startswith("The weighted KL is ") and "the prior mismatch" in lines[12]
    assert "mean image" in lines[13] and len(lines) == 16
    loss = read(in_reach / "metrics.json")["test"]["loss"]
    assert lines[1].split()[3] == f"{loss:.5g}"
    assert lines[-2].startswith("training: ") and lines[-2].endswith(" images/s, 2 epochs")
    assert lines[-1] == "report: run/report.html"


def test_json_is_pure(zscape, in_reach, tiny):
    outcome = zscape("run", "digits", *tiny, "--out", in_reach, "--json")
    assert outcome.code == 0
    assert json.loads(outcome.out) == {
        "directory": "run",
        "report": "run/report.html",
        "metrics": read(in_reach / "metrics.json"),
    }
