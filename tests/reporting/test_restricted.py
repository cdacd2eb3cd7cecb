"""Whose images a page leaves out by default."""

import dataclasses

import pytest

from zscape.core.errors import InputError
from zscape.reporting import restricted
from zscape.reporting.restricted import check_public, restriction, withheld_reason


@pytest.mark.parametrize("path", ["/data/img_align_celeba", "/home/x/CelebA/images", "C:\\CELEBA.zip"])
def test_celeba_is_known_by_its_folder_s_name(make_run, tmp_path, path):
    run = make_run(tmp_path / "run", data={"source": "folder", "path": path})
    assert restriction(run) == "CelebA's terms allow research on its photographs, not passing them on"


def test_and_by_the_name_of_the_recipe_that_the_run_s_directory_has(make_run, tmp_path):
    folder = {"source": "folder", "path": "/my/photos"}
    assert restriction(make_run(tmp_path / "celeba-3", data=folder)) is not None
    assert restriction(make_run(tmp_path / "celebrities", data=folder)) is None
    assert restriction(make_run(tmp_path / "run", data={"source": "folder", "path": "/my/photos"})) is None


def test_a_source_that_is_marked_is_restricted(make_run, tmp_path, monkeypatch):
    run = make_run(tmp_path / "run")
    marked = dataclasses.replace(restricted.SOURCES["digits"], restricted=True)
    monkeypatch.setitem(restricted.SOURCES, "digits", marked)
    assert restriction(run) == "the terms of digits do not allow passing its images on"
    assert str(withheld_reason(run, None)).endswith("--no-public shows them on a page of your own.")
    assert withheld_reason(run, False) is None


def test_of_our_sources_celeba_is_restricted():
    assert [name for name, facts in restricted.SOURCES.items() if facts.restricted] == ["celeba"]


def described(run, **data):
    run.write("provenance.json", {**run.read("provenance.json"), "data": data})
    return run


def test_the_store_that_was_used_decides_not_the_recipe_s_source(make_run, tmp_path):
    """`zscape run celeba data.path=STORE` takes any store of its size."""
    celeba = {"source": "celeba", "path": "/stores/faces"}
    run = make_run(tmp_path / "celeba", data=celeba)
    assert restriction(run) == "the terms of celeba do not allow passing its images on"
    assert restriction(described(run, source="digits")) is None
    assert restriction(described(run, source="digits", restricted=True)) is not None
    digits = described(make_run(tmp_path / "run"), source="celeba")
    assert restriction(digits) == "the terms of celeba do not allow passing its images on"
    other = described(make_run(tmp_path / "other", data={"source": "folder", "path": "CelebA"}), source="folder")
    assert restriction(other) is not None  # the store of a plain folder says nothing of whose pictures these are


def test_a_run_without_provenance_is_judged_by_its_recipe(make_run, tmp_path):
    run = make_run(tmp_path / "run", data={"source": "celeba", "path": "/data"})
    (run.path / "provenance.json").unlink()
    assert restriction(run) == "the terms of celeba do not allow passing its images on"


@pytest.mark.parametrize("value", ["yes", 2, []])
def test_public_is_yes_no_or_as_the_source_is_marked(value):
    with pytest.raises(InputError, match=r"^public must be True, False or None \(as the source is marked\); received"):
        check_public(value)
    for known in (True, False, None):
        check_public(known)
