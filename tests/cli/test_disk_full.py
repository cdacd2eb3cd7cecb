"""A disk that fills up while zscape saves: what was whole stays whole, nothing half takes its place."""

import errno
import json
import os

import numpy as np
import pytest

FULL = "zscape: The disk is full{}: free some space and give the same command again. Nothing was left half."


@pytest.fixture
def fills_up(monkeypatch):
    """Let the disk be full as soon as a file of this name is to be put in place, and from then on; None frees it."""
    replace, state = os.replace, {"name": None, "full": False}

    def put(source, target):
        state["full"] |= os.path.basename(target) == state["name"]
        if state["full"]:
            raise OSError(errno.ENOSPC, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", put)
    return lambda name: state.update(name=name, full=False)


def readable(run):
    """Read what a run directory holds; a half file would not come through."""
    for path in run.rglob("*"):
        assert not path.name.endswith(".part"), path
        if path.suffix == ".json":
            json.loads(path.read_text())
        elif path.suffix == ".jsonl":
            [json.loads(line) for line in path.read_text().splitlines()]
        elif path.suffix == ".npz":
            with np.load(path) as arrays:
                [arrays[name] for name in arrays.files]
        elif path.suffix == ".safetensors":
            from safetensors.numpy import load_file

            load_file(path)


@pytest.mark.parametrize("name", ["recipe.yaml", "last.safetensors", "best.safetensors", "weights.safetensors"])
def test_going_on_with_a_training(zscape, in_reach, tiny, fills_up, snapshot, name):
    before = snapshot(in_reach)
    fills_up(name)
    outcome = zscape("train", "digits", *tiny, "training.epochs=3", "--out", in_reach)
    assert outcome.code == 2 and outcome.out == "" and outcome.last_line == FULL.format("")
    readable(in_reach)
    after = snapshot(in_reach)
    unchanged = {
        "recipe.yaml": set(before),
        "last.safetensors": set(before) - {"recipe.yaml", "provenance.json", "history.jsonl", "history.csv"},
        "best.safetensors": {path for path in before if path.startswith(("encoder", "decoder", "checkpoints/best"))},
        "weights.safetensors": {path for path in before if path.startswith(("encoder", "decoder"))},
    }[name]
    assert {path: after.get(path) for path in unchanged} == {path: before[path] for path in unchanged}
    if name == "last.safetensors":  # with space again, the same command goes on
        fills_up(None)
        assert zscape("train", "digits", *tiny, "training.epochs=3", "--out", in_reach).code == 0
        assert len((in_reach / "history.jsonl").read_text().splitlines()) == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ("sample", "run", "-n", 4, "--out", "out.png"),
        ("reconstruct", "run", "-n", 4, "--out", "out.png"),
        ("encode", "run", "--out", "out.npz"),
        ("analyze", "run/latents.npz", "--out", "run"),
        ("report", "run"),
    ],
)
def test_writing_anew_what_is_there_already(refused, in_reach, tmp_path, monkeypatch, arguments):
    (tmp_path / "out.png").write_bytes(b"the old picture")
    (tmp_path / "out.npz").write_bytes(b"the old codes")

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert f"zscape: {refused(*arguments)}" == FULL.format("")


def test_preparing_images(refused, tiny, session_cache, monkeypatch):
    stores = sorted((session_cache / "stores").glob("*")) if (session_cache / "stores").exists() else []

    def full(_, target):
        raise OSError(errno.ENOSPC, "No space left on device", str(target))

    monkeypatch.setattr(os, "rename", full)
    sentence = refused("run", "digits", *tiny, "data.limit=59", "--out", "run")
    assert sentence.startswith("The disk is full: the store ") and "cannot be written" in sentence
    assert sorted((session_cache / "stores").glob("*")) == stores
    assert not list((session_cache / "stores").glob(".*"))
