import os
import threading

import pytest

from zscape.core.errors import InputError
from zscape.data.preparation import lock
from zscape.data.preparation.lock import locked


def silent(sentence):
    pytest.fail(sentence)


def test_the_folder_is_made_and_the_lock_released(tmp_path):
    for _ in range(2):
        with locked(tmp_path / "deep" / "staging", tmp_path / "s", False, silent):
            assert (tmp_path / "deep" / "staging").is_dir()


def test_who_may_not_wait_is_refused_in_a_sentence(tmp_path):
    with (
        locked(tmp_path / "staging", tmp_path / "s", False, silent),
        pytest.raises(
            InputError, match=r"^Another process prepares .*/s at this moment; wait until it is done, or name"
        ),
        locked(tmp_path / "staging", tmp_path / "s", False, silent),
    ):
        pytest.fail("two hold it")


@pytest.mark.parametrize("folder_deleted", [False, True])
def test_who_waits_says_so_and_is_next(tmp_path, folder_deleted):
    notes, order = [], []
    waits = threading.Event()

    def second():
        with locked(tmp_path / "staging", tmp_path / "s", True, lambda note: (notes.append(note), waits.set())):
            order.append("second")
            assert (tmp_path / "staging" / lock.NAME).exists(), "the lock of a folder that is there"

    thread = threading.Thread(target=second)
    with locked(tmp_path / "staging", tmp_path / "s", True, silent):
        thread.start()
        assert waits.wait(20)
        order.append("first")
        if folder_deleted:
            (tmp_path / "staging" / lock.NAME).unlink()
            (tmp_path / "staging").rmdir()
    thread.join(20)
    assert order == ["first", "second"]
    assert notes == [f"Another process prepares {tmp_path}/s at this moment; waiting for it."]


def test_no_child_inherits_it(tmp_path):
    with locked(tmp_path / "staging", tmp_path / "s", False, silent):
        there = os.stat(tmp_path / "staging" / lock.NAME)
        (handle,) = (int(name) for name in os.listdir("/proc/self/fd") if _is(int(name), there))
        assert not os.get_inheritable(handle)


def _is(handle, file):
    try:
        return os.path.samestat(os.fstat(handle), file)
    except OSError:  # the folder's own, which is closed by now
        return False


def test_a_file_system_without_locks_is_worked_on_without(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(37, "No locks available")

    monkeypatch.setattr(lock.fcntl, "flock", refuse)
    with locked(tmp_path / "staging", tmp_path / "s", False, silent):
        pass
