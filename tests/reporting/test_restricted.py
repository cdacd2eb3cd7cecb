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
    assert restriction(make_run(tmp_path / "celeba-3")) is not None
    assert restriction(make_run(tmp_path / "celebrities")) is None
    assert restriction(make_run(tmp_path / "run", data={"source": "folder", "path": "/my/photos"})) is None


def test_a_source_that_is_marked_is_restricted(make_run, tmp_path, monkeypatch):
    run = make_run(tmp_path / "run")
    marked = dataclasses.replace(restricted.SOURCES["digits"], restricted=True)
    monkeypatch.setitem(restricted.SOURCES, "digits", marked)
    assert restriction(run) == "the terms of digits do not allow passing its images on"
    assert str(withheld_reason(run, None)).endswith("--no-public shows them on a page of your own.")
    assert withheld_reason(run, False) is None


def test_no_source_of_ours_is_restricted_today():
    assert [name for name, facts in restricted.SOURCES.items() if facts.restricted] == []


@pytest.mark.parametrize("value", ["yes", 2, []])
def test_public_is_yes_no_or_as_the_source_is_marked(value):
    with pytest.raises(InputError, match=r"^public must be True, False or None \(as the source is marked\); received"):
        check_public(value)
    for known in (True, False, None):
        check_public(known)
