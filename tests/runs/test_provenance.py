"""Where a run's numbers come from."""

import dataclasses
import re
from datetime import UTC, datetime
from importlib import metadata

from zscape.core.records import to_plain
from zscape.runs import provenance
from zscape.runs.provenance import collect_provenance, zscape_version


def collected():
    return collect_provenance("tensorflow", "float32", 7, 2, {"source": "digits", "checksum": "ab"}, {"prepare": 0.5})


def test_fields():
    found = collected()
    assert (found.backend, found.seed, found.threads) == ("tensorflow", 7, 2)
    assert found.data == {"source": "digits", "checksum": "ab"} and found.seconds == {"prepare": 0.5}
    assert found.zscape == zscape_version() == metadata.version("zscape")
    assert found.packages["keras"] == metadata.version("keras") and "numpy" in found.packages
    assert found.hardware["cores"] >= 1 and set(found.hardware) == {"machine", "processor", "cores", "memory_gib"}
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", found.python)
    age = datetime.now(UTC) - datetime.fromisoformat(found.started)
    assert 0 <= age.total_seconds() < 60
    assert set(to_plain(found)) == {field.name for field in dataclasses.fields(found)}


def test_commit_is_a_commit_or_none():
    assert collected().git is None or re.fullmatch(r"[0-9a-f]{40}(\+changes)?", collected().git)


def test_without_git(monkeypatch):
    def no_git(*arguments, **options):
        raise FileNotFoundError("git")

    monkeypatch.setattr(provenance.subprocess, "run", no_git)
    assert collected().git is None


def test_sources_outside_of_a_repository(monkeypatch, tmp_path):
    monkeypatch.setattr(provenance, "__file__", str(tmp_path / "provenance.py"))
    assert collected().git is None


def test_times_can_be_added_later():
    seconds = {"prepare": 0.5}
    found = collect_provenance("jax", "float32", 1, None, {}, seconds)
    seconds["train"] = 3.0
    assert found.seconds["train"] == 3.0
