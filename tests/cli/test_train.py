"""`zscape train`: the same command again, going on, starting anew, the same bytes for the same seed."""

import hashlib
import json
import sys

import pytest

from zscape.training.fit import FitResult
from zscape.workflow import train as module

WEIGHTS = ("encoder/weights.safetensors", "decoder/weights.safetensors")


def sha(run):
    return [hashlib.sha256((run / name).read_bytes()).hexdigest() for name in WEIGHTS]


def lines(run):
    return [json.loads(line) for line in (run / "history.jsonl").read_text().splitlines()]


def test_the_same_command_again_does_nothing(zscape, in_reach, tiny, snapshot):
    before = snapshot(in_reach)
    outcome = zscape("train", "digits", *tiny, "--out", in_reach)
    assert (outcome.code, outcome.out) == (0, "run: run\n")
    assert outcome.err == "run is trained already (2 epochs): nothing to do.\n"
    assert snapshot(in_reach) == before


@pytest.mark.parametrize("lost", ["decoder/weights.safetensors", "history.jsonl"])
def test_what_a_finished_run_has_lost_is_made_anew(zscape, in_reach, tiny, lost):
    before = {name: (in_reach / name).read_bytes() for name in (*WEIGHTS, "history.jsonl", "history.csv")}
    (in_reach / "quality.json").write_text("{}")
    (in_reach / lost).write_bytes(before[lost][:50])
    outcome = zscape("train", "digits", *tiny, "--out", in_reach)
    assert outcome.code == 0, outcome.err
    assert f"run/{lost} is missing or damaged: it is made anew from the checkpoint." in outcome.err
    assert {name: (in_reach / name).read_bytes() for name in before} == before
    assert (in_reach / "quality.json").is_file(), "the networks are the same: what was made from them stays"


def test_json_is_pure_and_nothing_else_is_said_with_quiet(zscape, in_reach, tiny):
    outcome = zscape("train", "digits", *tiny, "--out", in_reach, "--json", "--quiet")
    assert (outcome.code, outcome.err) == (0, "")
    peaks = json.loads((in_reach / "provenance.json").read_text())["peak_memory_mib"]
    assert json.loads(outcome.out) == {
        **{"directory": "run", "epochs": 2, "best_epoch": 2, "kept_epoch": 2, "peak_memory_mib": peaks},
        "seconds": sum(line["seconds"] for line in lines(in_reach)),
    }


def test_event_files_of_a_finished_run_are_written_once(zscape, in_reach, tiny, snapshot):
    assert zscape("train", "digits", *tiny, "--out", in_reach, "--tensorboard").code == 0
    before = snapshot(in_reach)
    (events,) = (in_reach / "tensorboard" / "train").iterdir()
    assert events.stat().st_size > (in_reach / "figures/training/epoch-0002.png").stat().st_size
    assert zscape("run", "digits", *tiny, "--out", in_reach, "--tensorboard").code == 0
    assert snapshot(in_reach) == before


def test_without_tensorboard_nothing_begins(refused, tiny, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboard.compat.proto", None)
    sentence = refused("train", "digits", *tiny, "--out", "new", "--tensorboard")
    assert sentence.startswith("--tensorboard needs TensorBoard, which cannot be used here (")
    assert sentence.endswith('): pip install "zscape[tensorboard]".')


def test_one_seed_ends_in_identical_weights_and_quiet_is_quiet(zscape, trained, tiny, tmp_path):
    outcome = zscape("train", "digits", *tiny, "--out", "again", "--quiet")
    assert (outcome.code, outcome.out, outcome.err) == (0, "run: again\n", "")
    assert sha(tmp_path / "again") == sha(trained)


def test_warnings_and_errors_are_said_all_the_same(zscape):
    outcome = zscape("train", "mnist_ae", "objective.weight.beta=3", "data.path=gone", "--quiet")
    note = "Note: model.kind is ae: objective.weight has no effect, an autoencoder has no KL term."
    assert outcome.code == 2 and outcome.err.splitlines()[0] == note
    assert outcome.last_line.startswith("zscape: ") and len(outcome.err.splitlines()) == 2


@pytest.mark.parametrize(
    ("recipe", "quantity", "reason"),
    [
        ("mnist_ae", "validation.kl", "an autoencoder has no KL"),
        ("digits", "train.sigma", "a sigma is learned with objective.reconstruction: gaussian only"),
    ],
)
def test_early_stopping_on_what_is_not_reported(refused, recipe, quantity, reason):
    assert refused("train", recipe, f"training.early_stopping.quantity={quantity}", "--out", "new") == (
        f"training.early_stopping.quantity: this training does not report {quantity}: {reason}."
    )


def test_without_out_directories_are_numbered_and_more_epochs_go_on(zscape, trained, tiny, tmp_path):
    (tmp_path / "own.yaml").write_text(zscape("recipes", "digits").out)
    (tmp_path / "runs" / "own").mkdir(parents=True)
    outcome = zscape("train", "own.yaml", *tiny, "training.epochs=1")
    assert (outcome.code, outcome.out) == (0, "run: runs/own-2\n")
    for said in (
        "Training on 29 images, validating on 25, into runs/own-2",
        "First picture (originals, what comes out, two rows from random points): runs/own-2/",
        "epoch 1/1  loss ",
    ):
        assert said in outcome.err
    assert not list((tmp_path / "runs" / "own").iterdir())

    run = tmp_path / "runs" / "own-2"
    first = lines(run)
    assert zscape("train", "own.yaml", *tiny, "--out", run).code == 0
    assert lines(run)[0] == first[0] and len(lines(run)) == 2
    # In two parts or in one: the same bytes.
    assert sha(run) == sha(trained)


def test_early_stopping_says_when_and_what_is_kept(zscape, tiny, tmp_path):
    # With such a rate nothing gets better after some epoch.
    settings = ["training.epochs=40", "training.learning_rate=0.5", "training.early_stopping.patience=2"]
    command = ("train", "digits", *tiny, *settings, "--out", "run")
    outcome = zscape(*command)
    assert outcome.code == 0, outcome.err
    epochs = len(lines(tmp_path / "run"))
    assert 3 <= epochs < 40
    said = f"Stopped after epoch {epochs} of 40: 2 epochs without gain; epoch {epochs - 2} is kept"
    assert outcome.last_line == said
    assert zscape(*command).err == f"run is trained already ({epochs} epochs): nothing to do.\n"


def test_fresh_deletes_the_run_and_nothing_else(zscape, in_reach, tiny, monkeypatch):
    monkeypatch.setattr(module, "train_networks", lambda *_: FitResult([], 0, 0))
    (in_reach / "notes.txt").write_text("mine")
    outcome = zscape("train", "digits", *tiny, "training.seed=2", "--out", in_reach, "--fresh")
    assert (outcome.code, outcome.out) == (0, "run: run\n")
    assert {path.name for path in in_reach.rglob("*")} == {"notes.txt", "recipe.yaml", "provenance.json"}
    assert "seed: 2" in (in_reach / "recipe.yaml").read_text()


def test_an_autoencoder_s_weight_is_ignored_with_a_note(zscape):
    # The path is refused, after the note and before any training.
    outcome = zscape("train", "mnist_ae", "objective.weight.beta=3", "data.path=gone")
    note = "Note: model.kind is ae: objective.weight has no effect, an autoencoder has no KL term."
    assert outcome.code == 2 and outcome.err.splitlines()[0] == note
    assert "Note: " not in zscape("train", "mnist_ae", "data.path=gone").err


def test_a_store_that_does_not_fit_is_refused_before_the_backend_starts(zscape, refused, monkeypatch):
    from zscape.workflow import train as module

    assert zscape("prepare", "digits", "--out", "d16", "--size", 16, "--limit", 30, "--quiet").code == 0
    monkeypatch.setattr(module, "start_backend", lambda *given: pytest.fail("started"))
    assert "holds images of 16x16x1, the recipe asks for 8x8x1" in refused("train", "digits", "data.path=d16")
