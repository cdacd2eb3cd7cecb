"""`copy_whole`: the target keeps its content when the source is written again."""

import os

import pytest

from zscape.core.files import copy_whole, write_bytes


@pytest.mark.parametrize("links", [True, False])
def test_the_copy_outlives_later_writes_of_the_source(tmp_path, monkeypatch, links):
    if not links:

        def refuse(*arguments):
            raise OSError("no hard links here")

        monkeypatch.setattr(os, "link", refuse)
    source, target = tmp_path / "last", tmp_path / "best"
    write_bytes(source, b"one")
    copy_whole(source, target)
    write_bytes(source, b"two")
    assert (source.read_bytes(), target.read_bytes()) == (b"two", b"one")
    copy_whole(source, target)
    assert target.read_bytes() == b"two"
    assert sorted(os.listdir(tmp_path)) == ["best", "last"]
