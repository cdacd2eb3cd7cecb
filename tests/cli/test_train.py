"""`zscape train`: the same command again, going on, starting anew, the same bytes for the same seed."""

import hashlib
import json

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


def test_one_seed_ends_in_identical_weights(zscape, trained, tiny, tmp_path):
    assert zscape("train", "digits", *tiny, "--out", "again").code == 0
    assert sha(tmp_path / "again") == sha(trained)


def test_more_epochs_go_on_where_the_training_stopped(zscape, trained, tiny, tmp_path):
    assert zscape("train", "digits", *tiny, "training.epochs=1", "--out", "run").code == 0
    first = lines(tmp_path / "run")
    assert zscape("train", "digits", *tiny, "--out", "run").code == 0
    assert lines(tmp_path / "run")[0] == first[0] and len(lines(tmp_path / "run")) == 2
    # In two parts or in one: the same bytes.
    assert sha(tmp_path / "run") == sha(trained)


def test_fresh_deletes_the_run_and_nothing_else(zscape, in_reach, tiny):
    (in_reach / "notes.txt").write_text("mine")
    before = lines(in_reach)
    settings = (*tiny, "training.epochs=1", "training.seed=2")
    outcome = zscape("train", "digits", *settings, "--out", in_reach, "--fresh")
    assert outcome.code == 0 and len(lines(in_reach)) == 1
    assert lines(in_reach)[0]["train"] != before[0]["train"]  # another seed
    assert (in_reach / "notes.txt").read_text() == "mine"
    for name in ("report.html", "metrics.json", "latents.npz", "priors/fitted_normal.npz", "figures/curves.png"):
        assert not (in_reach / name).exists()


def test_an_autoencoder_s_weight_is_ignored_with_a_note(zscape, tiny):
    settings = (*tiny, "training.epochs=1", "model.kind=ae", "objective.weight.beta=3")
    outcome = zscape("train", "digits", *settings, "--out", "run")
    assert outcome.code == 0 and outcome.out == "run: run\n"
    note = "Note: model.kind is ae: objective.weight has no effect, an autoencoder has no KL term."
    assert outcome.err.splitlines()[0] == note
