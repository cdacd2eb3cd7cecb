"""pip's commands: from the clone that zscape was installed from, or by its name."""

import json
import sys
from importlib import metadata

import pytest

from zscape.core import install
from zscape.core.install import as_here

source = install._source  # the tests' conftest replaces it


@pytest.fixture
def installed_from(monkeypatch):
    """Return a function that says what pip noted about the installation."""

    def make(record):
        class Distribution:
            def read_text(self, name):
                assert name == "direct_url.json"
                return record if record is None or isinstance(record, str) else json.dumps(record)

        monkeypatch.setattr(metadata, "distribution", lambda name: Distribution())
        monkeypatch.setattr(install, "_source", source)

    return make


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A clone with its environment, in which this process seems to run, as the working directory."""
    folder = tmp_path / "a clone"
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "bin" / "pip").touch(mode=0o755)
    (folder / "pyproject.toml").touch()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(sys, "executable", str(folder / ".venv" / "bin" / "python"))
    return folder


def url_of(folder, **info):
    return {"url": folder.as_uri(), "dir_info": info}


@pytest.mark.parametrize(
    ("command", "here"),
    [
        ('pip install "zscape[torch]"', '.venv/bin/pip install -e ".[torch]"'),
        ('pip install zscape "jax[cuda13]>=0.6"', '.venv/bin/pip install -e "." "jax[cuda13]>=0.6"'),
        ("pip install --force-reinstall torch", ".venv/bin/pip install --force-reinstall torch"),
    ],
)
def test_in_an_editable_clone(installed_from, clone, command, here):
    installed_from(url_of(clone, editable=True))
    assert as_here(command) == here


def test_a_copy_elsewhere_and_an_active_environment(installed_from, clone, tmp_path, monkeypatch):
    installed_from(url_of(clone))
    assert as_here('pip install "zscape[jax]"') == '.venv/bin/pip install ".[jax]"'
    monkeypatch.setenv("PATH", str(clone / ".venv" / "bin"))
    assert as_here('pip install "zscape[jax]"') == 'pip install ".[jax]"'
    monkeypatch.chdir(tmp_path)
    assert as_here('pip install "zscape[jax]"') == f'pip install "{clone}[jax]"'
    (clone / ".venv" / "bin" / "pip").unlink()
    assert as_here('pip install "zscape[jax]"') == f'"{sys.executable}" -m pip install "{clone}[jax]"'


@pytest.mark.parametrize("record", [None, "", "{", "{}", {"url": "https://example.org/zscape.whl"}])
def test_by_its_name_where_pip_noted_no_folder(installed_from, clone, record):
    installed_from(record)
    assert as_here('pip install "zscape[jax]"') == 'pip install "zscape[jax]"'


def test_a_clone_that_is_gone_is_not_named(installed_from, clone):
    (clone / "pyproject.toml").unlink()
    installed_from(url_of(clone, editable=True))
    assert as_here('pip install "zscape[jax]"') == 'pip install "zscape[jax]"'
