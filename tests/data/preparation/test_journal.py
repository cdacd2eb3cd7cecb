import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zscape.data.preparation.journal import Done, Journal

CHUNKS = [Done(4, 4, ()), Done(8, 7, ((5, "cut off"),)), Done(12, 11, ())]
WHOLE = Done(12, 11, ((5, "cut off"),))


@pytest.fixture
def path(tmp_path):
    journal = Journal(tmp_path / "journal.jsonl", 0)
    journal.add(CHUNKS)
    journal.close()
    return tmp_path / "journal.jsonl"


def opened(path, most_images=100):
    journal = Journal(path, most_images)
    journal.close()
    return journal.done


def test_what_was_added_is_found_again(path):
    assert opened(path) == WHOLE
    assert len(path.read_text().splitlines()) == 3


def test_a_new_journal_says_that_nothing_is_done(tmp_path):
    assert opened(tmp_path / "new") == Done(0, 0, ())


def test_lines_are_added_behind_those_that_are_there(path):
    journal = Journal(path, 100)
    journal.add([Done(13, 11, ((12, "empty"),))])
    journal.close()
    assert opened(path) == Done(13, 11, ((5, "cut off"), (12, "empty")))


@given(cut=st.integers(0, 1000))
def test_a_journal_cut_off_anywhere_says_what_its_whole_lines_say(tmp_path_factory, cut):
    path = tmp_path_factory.mktemp("journal") / "journal.jsonl"
    lines = [json.dumps([done.entries, done.images, done.skipped]) + "\n" for done in CHUNKS]
    data = "".join(lines).encode()[: cut % (sum(map(len, lines)) + 1)]
    path.write_bytes(data)
    whole = data.count(b"\n")
    assert opened(path).entries == 4 * whole
    assert path.read_bytes() == "".join(lines[:whole]).encode(), "the torn line is gone, so that others can follow"


@pytest.mark.parametrize(("most_images", "entries"), [(11, 12), (10, 8), (7, 8), (6, 4), (3, 0)])
def test_lines_that_promise_more_images_than_there_are_are_dropped(path, most_images, entries):
    assert opened(path, most_images).entries == entries
    assert opened(path).entries == entries


@pytest.mark.parametrize("line", [b"garbage\n", b"5\n", b"[1, 2]\n", b"\xff\xfe\n", b"\n"])
def test_a_damaged_line_ends_what_is_believed(path, line):
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + line + lines[1])
    assert opened(path).entries == 4


def test_lines_are_on_the_disk_when_add_returns(path, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.fstat(handle).st_size))
    journal = Journal(path, 100)
    journal.add([Done(16, 15, ())])
    journal.close()
    assert synced == [path.stat().st_size]
