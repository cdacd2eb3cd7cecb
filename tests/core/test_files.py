import errno
import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time

import pytest

from zscape.core import files
from zscape.core.errors import InputError
from zscape.core.files import new_directory, read_json, sync_directory, to_json, write_bytes, write_json, write_text


def test_written_and_read(tmp_path):
    write_json(tmp_path / "deep" / "er" / "a.json", {"ä": [1, None]})
    assert read_json(tmp_path / "deep" / "er" / "a.json") == {"ä": [1, None]}
    write_text(tmp_path / "a.txt", "ä\n")
    assert (tmp_path / "a.txt").read_bytes() == "ä\n".encode()


def test_written_files_have_the_permissions_of_any_new_file(tmp_path):
    write_bytes(tmp_path / "ours", b"")
    (tmp_path / "plain").touch()
    (tmp_path / "folder").mkdir()
    with new_directory(tmp_path / "ours_folder"):
        pass
    for one, other in (("ours", "plain"), ("ours_folder", "folder")):
        assert stat.S_IMODE((tmp_path / one).stat().st_mode) == stat.S_IMODE((tmp_path / other).stat().st_mode)


def full_disk(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("step", ["fsync", "replace", "chmod"])
@pytest.mark.parametrize("failure", [full_disk, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)])
def test_a_failure_in_the_middle_keeps_the_old_file_and_leaves_no_other(tmp_path, monkeypatch, step, failure):
    write_bytes(tmp_path / "a", b"old")
    monkeypatch.setattr(files.os, step, failure)
    with pytest.raises((OSError, KeyboardInterrupt)):
        write_bytes(tmp_path / "a", b"new")
    assert os.listdir(tmp_path) == ["a"] and (tmp_path / "a").read_bytes() == b"old"


def test_a_killed_process_keeps_the_old_file(tmp_path):
    write_bytes(tmp_path / "a", b"old")
    script = (
        "import os, pathlib, signal, sys; from zscape.core import files\n"
        "files.os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)\n"
        "files.write_bytes(pathlib.Path(sys.argv[1]), b'new' * 100000)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path / "a")], check=False)
    assert done.returncode == -signal.SIGKILL
    assert (tmp_path / "a").read_bytes() == b"old"


def test_a_reader_sees_the_old_content_or_the_new_never_a_part(tmp_path):
    contents = [bytes([letter]) * 200_000 for letter in b"ab"]
    write_bytes(tmp_path / "a", contents[0])
    stop = threading.Event()

    def write():
        while not stop.is_set():
            for content in contents:
                write_bytes(tmp_path / "a", content)

    writer = threading.Thread(target=write)
    writer.start()
    seen = set()
    ending = time.monotonic() + 5
    while len(seen) < 2 and time.monotonic() < ending:
        seen.add((tmp_path / "a").read_bytes())
    stop.set()
    writer.join()
    assert seen == set(contents)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_json_refuses_what_it_cannot_carry_and_keeps_the_old_file(tmp_path, number):
    write_json(tmp_path / "a.json", 1)
    with pytest.raises(ValueError, match="Out of range float values are not JSON compliant"):
        write_json(tmp_path / "a.json", number)
    assert read_json(tmp_path / "a.json") == 1


def test_json_text_ends_with_a_newline_and_is_readable():
    assert to_json({"a": "ü"}) == '{\n  "a": "ü"\n}\n'
    assert json.loads(to_json([0.1])) == [0.1]


def test_missing_and_damaged_json(tmp_path):
    with pytest.raises(InputError, match=r"There is no file .*a\.json\."):
        read_json(tmp_path / "a.json")
    for content in (b'{"a": ', b"", b"\xff\xfe\x00"):
        (tmp_path / "a.json").write_bytes(content)
        with pytest.raises(InputError, match=r"a\.json is not valid JSON .* it may be damaged or cut off"):
            read_json(tmp_path / "a.json")


def test_new_directory_appears_only_when_complete(tmp_path):
    with new_directory(tmp_path / "up" / "d") as aside:
        (aside / "x").write_text("1")
        assert not (tmp_path / "up" / "d").exists()
    assert (tmp_path / "up" / "d" / "x").read_text() == "1"
    assert os.listdir(tmp_path / "up") == ["d"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_new_directory_vanishes_after_an_exception(tmp_path, error):
    with pytest.raises(error), new_directory(tmp_path / "d") as aside:
        (aside / "x").write_text("1")
        raise error
    assert os.listdir(tmp_path) == []


def test_of_two_writers_of_a_directory_the_first_stays(tmp_path):
    with new_directory(tmp_path / "d") as slow:
        (slow / "x").write_text("slow")
        with new_directory(tmp_path / "d") as fast:
            (fast / "x").write_text("fast")
    assert (tmp_path / "d" / "x").read_text() == "fast"
    assert os.listdir(tmp_path) == ["d"]


def test_new_directory_never_replaces_a_file(tmp_path):
    (tmp_path / "d").write_text("mine")
    with pytest.raises(OSError, match="Not a directory"), new_directory(tmp_path / "d"):
        pass
    assert os.listdir(tmp_path) == ["d"] and (tmp_path / "d").read_text() == "mine"


def test_all_is_written_where_the_system_takes_parts(tmp_path, monkeypatch):
    real = os.write
    monkeypatch.setattr(files.os, "write", lambda handle, data: real(handle, bytes(data)[:3]))
    write_bytes(tmp_path / "a", b"more than three")
    assert (tmp_path / "a").read_bytes() == b"more than three"


def test_what_a_library_put_in_the_place_is_what_is_flushed(tmp_path, monkeypatch):
    """Some write beside and rename: the file that was made for them is then another."""
    synced = []
    monkeypatch.setattr(files.os, "fsync", lambda handle: synced.append(os.fstat(handle).st_ino))
    with files.whole_file(tmp_path / "a") as aside:
        (tmp_path / "other").write_text("new")
        (tmp_path / "other").replace(aside)
    assert (tmp_path / "a").read_text() == "new" and synced == [(tmp_path / "a").stat().st_ino]
    assert os.listdir(tmp_path) == ["a"]


def test_a_folder_s_names_are_brought_to_the_disk(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(files.os, "fsync", lambda handle: synced.append(os.fstat(handle)))
    sync_directory(tmp_path)
    assert [entry.st_ino for entry in synced] == [tmp_path.stat().st_ino]
