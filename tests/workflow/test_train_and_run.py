"""`zscape.train` and `zscape.run` as functions."""

import pytest

import zscape
from zscape.core.errors import InputError
from zscape.runs.directory import RunDirectory
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
