"""`zscape sweep`: two tiny runs at a time, the same again, what is printed, what is refused."""

import json

import pytest

from zscape.analysis.sweep import QUANTITIES, SweepRecord, SweepRun, sweep_groups
from zscape.workflow import sweep as workflow

BETA, SEED = "objective.weight.beta", "training.seed"


def test_two_runs_at_a_time_and_the_same_again(zscape, tiny, tmp_path, snapshot):
    command = ("sweep", "digits", *tiny, f"{BETA}=0.25,1", "--out", "sweep", "--jobs", "2", "--no-reports")
    first = zscape(*command)
    assert first.code == 0, first.err
    out = tmp_path / "sweep"
    notes = first.err.splitlines()
    assert notes[0] == "2 runs in sweep; 2 at a time" and len(notes) == 3
    assert [note[:4] for note in notes[1:]] == ["1/2 ", "2/2 "]
    assert {note.split()[1] for note in notes[1:]} == {"beta-0.25:", "beta-1:"}
    for name, beta in (("beta-0.25", 0.25), ("beta-1", 1.0)):
        metrics = json.loads((out / name / "metrics.json").read_text())
        assert metrics["test"]["beta"] == beta and not (out / name / "report.html").exists()
        assert "Training on 29 images" in (out / "logs" / f"{name}.log").read_text()
    record = json.loads((out / "sweep.json").read_text())
    read = [json.loads((out / run["name"] / "metrics.json").read_text())["test"] for run in record["runs"]]
    assert [run["numbers"] for run in record["runs"]] == [
        {name: one.get(name, one["reconstruction"] + one["kl"]) for name in QUANTITIES} for one in read
    ]
    lines = first.out.splitlines()
    assert lines[0].split()[:3] == ["beta", "n", "loss"]
    assert [line.split()[:3] for line in lines[1:3]] == [
        [beta, "1", f"{one['loss']:.4g}"] for beta, one in zip(("0.25", "1"), read, strict=True)
    ]
    assert lines[0].split()[5:7] == ["negative", "ELBO"]
    assert lines[-5] == "test images; loss, reconstruction and KL in nats per image,"
    assert lines[-3] == (
        "Rows weigh the KL differently in their loss: compare them by the negative ELBO, reconstruction + KL."
    )
    assert lines[-2:] == ["picture: sweep/rate_distortion.png", "numbers: sweep/sweep.json, sweep/sweep.csv"]

    before = snapshot(out)
    again = zscape(*command, "--json")
    assert (
        again.code == 0
        and again.err == "All 2 runs in sweep are finished: nothing had to be run\n"
        and json.loads(again.out) == record
    )
    assert {name: content for name, (content, _) in snapshot(out).items()} == {
        name: content for name, (content, _) in before.items()
    }


@pytest.mark.parametrize("quiet", [False, True])
def test_failures_are_listed_at_the_end(zscape, monkeypatch, quiet):
    numbers: dict[str, float | None] = dict.fromkeys(QUANTITIES, 1.0)
    runs = (
        SweepRun("seed-1", {SEED: 1}, "finished", numbers, 1.0, None, False, "bce"),
        SweepRun("seed-2", {SEED: 2}, "failed", None, None, "The loss is not finite.", False, "bce"),
    )
    record = SweepRecord("digits", {SEED: (1, 2)}, (), "test", runs, sweep_groups(runs), "There is no picture.")
    asked: dict = {}
    monkeypatch.setattr(workflow, "sweep", lambda *given, **named: asked.update(named) or record)
    outcome = zscape("sweep", "digits", f"{SEED}=1,2", "--out", "sweep", *["--quiet"] * quiet)
    assert outcome.code == 1 and asked["quiet"] is quiet
    assert outcome.err.splitlines() == [
        "zscape: 1 of 2 runs failed; the same command tries them again:",
        "  - seed-2: The loss is not finite.",
    ]
    assert "There is no picture." in outcome.out.splitlines()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((f"{SEED}=1",), "Nothing is swept: give at least one setting several values, "),
        ((f"{BETA}=1,,2",), f"{BETA}=1,,2 has an empty value: "),
        ((f"{BETA}=1,1",), f"{BETA}=1,1 has the value 1 twice: state each value once."),
        (("model.z_dimm=1,2",), "model.z_dimm: there is no such key; did you mean 'model.z_dim'?"),
        (("model.z_dim=0,2",), "model.z_dim: must be at least 1; received 0."),
        ((f"{SEED}=1,2", "--jobs", "0"), "--jobs must be at least 1, received 0."),
        ((f"{BETA}=1,-1", f"{SEED}=1,-2"), f"2 problems:\n  - {SEED}: must be at least 0; received -2.\n"
                                           f"  - {BETA}: must be at least 0.0; received -1."),
    ],
)  # fmt: skip
def test_what_is_refused(refused, arguments, sentence):
    assert refused("sweep", "digits", *arguments, "--out", "sweep").startswith(sentence)


def test_a_directory_of_something_else_is_refused(refused, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "recipe.yaml").write_text("model: {}\n")
    sentence = refused("sweep", "digits", f"{SEED}=1,2", "--out", "run")
    assert sentence == "run is not empty and holds no sweep: choose another --out."


def test_out_is_needed(refused):
    assert refused("sweep", "digits", f"{SEED}=1,2").startswith("Missing option '--out'.")
