"""`zscape.train` and `zscape.run` as functions."""

import csv

import pytest

import zscape
from zscape.core.errors import InputError
from zscape.runs.directory import RunDirectory
from zscape.runs.event_files import EventFiles
from zscape.specs.compose import compose_recipe
from zscape.workflow.data import with_absolute_path


def test_run_returns_the_run_and_tells_its_notes_to_whoever_asks(trained, tiny, capsys):
    notes = []
    run = zscape.run("digits", tiny, out=trained, note=notes.append)
    assert isinstance(run, RunDirectory) and run.path == trained
    assert notes == [f"{trained} is trained already (2 epochs): nothing to do."]
    assert capsys.readouterr() == ("", "")


def test_errors_are_exceptions_here(tmp_path):
    with pytest.raises(InputError, match=r"Unknown recipe 'digts'\. Did you mean 'digits'\?"):
        zscape.train("digts", out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_relative_data_path_is_kept_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    recipe = compose_recipe("digits", ["data.source=array", "data.path=own.npy"])
    assert with_absolute_path(recipe).data.path == str(tmp_path / "own.npy")
    assert with_absolute_path(compose_recipe("digits")) == compose_recipe("digits")
    home = compose_recipe("digits", ["data.source=array", "data.path=~/own.npy"])
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert with_absolute_path(home).data.path == str(tmp_path / "home" / "own.npy")


TIMES = ("seconds", "images_per_second")


class Broken(Exception):
    """Of a user's callback."""


def rows(run):
    with (run / "history.csv").open(newline="") as file:
        return [{name: text for name, text in row.items() if name not in TIMES} for row in csv.DictReader(file)]


def test_callbacks_of_a_user(trained, tiny, tmp_path, capsys):
    """One ends training in the middle of an epoch, the next one fails; what comes out is the run without them."""
    import keras

    seen, notes, out = [], [], tmp_path / "run"

    class Stops(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.stop_training = True

    def look(epoch, logs):
        seen.append((epoch, len(RunDirectory.open(out).history()), (out / "checkpoints/last.safetensors").is_file()))
        raise Broken("in the callback")

    fails = keras.callbacks.LambdaCallback(on_epoch_end=look)
    watched = {"out": out, "note": notes.append, "tensorboard": True}
    zscape.train("digits", tiny, callbacks=[Stops()], **watched)
    assert notes[-1] == ("A callback stopped training after epoch 1 of 2; epoch 1 is kept. The same command goes on.")
    assert rows(out) == rows(trained)[:1], "the epoch was not cut short"
    assert "epoch 1/2  loss " in capsys.readouterr().err

    notes.clear()
    with pytest.raises(Broken, match="in the callback"):
        zscape.train("digits", tiny, callbacks=[fails], quiet=True, **watched)
    assert seen == [(1, 2, True)], "after the checkpoint"
    assert zscape.train("digits", tiny, quiet=True, **watched).trained_epochs == 2
    assert notes == [] and capsys.readouterr() == ("", "")

    for name in ("encoder/weights.safetensors", "decoder/weights.safetensors"):
        assert (out / name).read_bytes() == (trained / name).read_bytes()
    assert rows(out) == rows(trained)
    assert EventFiles(out / "tensorboard", lambda epoch: None).last_epoch() == 2
    assert len(list((out / "tensorboard" / "train").iterdir())) == 2, "of the last two processes that trained"


def test_callbacks_are_looked_at_before_anything_begins(tiny, tmp_path):
    with pytest.raises(InputError, match=r"^callbacks\[0\] is a str, but an object of keras\.callbacks\.Callback is"):
        zscape.run("digits", tiny, out=tmp_path / "run", callbacks=["history"])
    assert not (tmp_path / "run").exists()
