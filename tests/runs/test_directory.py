"""The run directory."""

import numpy as np
import pytest

from zscape.core.errors import InputError
from zscape.core.files import write_json
from zscape.runs.directory import RunDirectory
from zscape.specs.recipe import Recipe


@pytest.fixture
def run(tmp_path):
    run = RunDirectory(tmp_path)
    run.write_recipe(Recipe())
    return run


def test_open(run, tmp_path):
    assert RunDirectory.open(str(tmp_path)).recipe == Recipe()
    with pytest.raises(InputError, match=r"There is no run directory .*nowhere"):
        RunDirectory.open(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"There is no run directory .*recipe\.yaml"):
        RunDirectory.open(tmp_path / "recipe.yaml")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"empty holds no run: it has no recipe\.yaml\. `zscape run RECIPE` makes one"):
        RunDirectory.open(tmp_path / "empty")


def test_damaged_recipe(run):
    (run.path / "recipe.yaml").write_text("model: [")
    with pytest.raises(InputError, match=r"recipe\.yaml is not a readable recipe"):
        RunDirectory.open(run.path).recipe  # noqa: B018


def test_recipe_written_is_the_recipe_read(run, tiny_recipe):
    assert run.recipe == Recipe()
    run.write_recipe(tiny_recipe())
    assert run.recipe == tiny_recipe()


def test_create_next_numbers(tmp_path):
    base = tmp_path / "runs" / "digits"
    assert [RunDirectory.create_next(base).path.name for _ in range(3)] == ["digits", "digits-2", "digits-3"]
    (base.parent / "digits-2").rmdir()
    assert RunDirectory.create_next(base).path.name == "digits-2"
    (base.parent / "digits-4").write_text("a file is in the way too")
    assert RunDirectory.create_next(base).path.name == "digits-5"


def test_history_round_trip(run):
    history = [{"epoch": 1, "train": {"loss": 0.1 + 0.2}}, {"epoch": 2, "train": {"loss": 1e-300}}]
    run.write_history(history)
    assert run.history() == history
    assert len((run.path / "history.jsonl").read_text().splitlines()) == 2


def test_no_history_and_a_damaged_one(run):
    with pytest.raises(InputError, match="has no history yet: nothing was trained in it"):
        run.history()
    (run.path / "history.jsonl").write_text('{"epoch": 1}\n{"epo')
    with pytest.raises(InputError, match=r"history\.jsonl is damaged: "):
        run.history()


def test_json_files(run):
    run.write("metrics.json", {"loss": np.float32(0.5), "kl": float("nan"), "shape": (1, 2)})
    assert run.read("metrics.json") == {"loss": 0.5, "kl": None, "shape": [1, 2]}
    with pytest.raises(InputError, match=r"There is no file .*analysis\.json"):
        run.read("analysis.json")
    (run.path / "analysis.json").write_text("{")
    with pytest.raises(InputError, match=r"analysis\.json is not valid JSON"):
        run.read("analysis.json")


def test_images(run):
    np.savez(run.path / "images.npz", originals=np.zeros((2, 3, 3, 1), np.uint8))
    assert run.images()["originals"].shape == (2, 3, 3, 1)


def test_missing_images_are_a_sentence(run):
    with pytest.raises(InputError, match=r"images\.npz"):
        run.images()


def test_trained_when_both_networks_are_of_the_same_epoch(run):
    assert not run.is_trained
    write_json(run.path / "encoder" / "config.json", {"epochs": 2})
    assert not run.is_trained
    write_json(run.path / "decoder" / "config.json", {"epochs": 1})
    assert not run.is_trained, "the process died between the two"
    write_json(run.path / "decoder" / "config.json", {"epochs": 2})
    assert run.is_trained
    assert run.trained_epochs == 2


def test_clear_deletes_only_what_a_run_makes(run, tiny_recipe):
    assert run.recipe == Recipe()
    ours = [
        "provenance.json",
        "history.jsonl",
        "metrics.json",
        "latents.npz",
        "analysis.json",
        "images.npz",
        "report.html",
    ]
    for name in ours:
        (run.path / name).write_text("x")
    for name in ("checkpoints", "encoder", "decoder", "priors", "figures"):
        (run.path / name / "inner").mkdir(parents=True)
    (run.path / "notes.txt").write_text("mine")
    (run.path / "thesis").mkdir()
    run.clear()
    assert sorted(path.name for path in run.path.iterdir()) == ["notes.txt", "thesis"]
    run.write_recipe(tiny_recipe())
    assert run.recipe == tiny_recipe()
