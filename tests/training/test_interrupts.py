"""Signals during training."""

import os
import pickle
import signal
import threading
import time

import pytest

from zscape.training.interrupts import Interrupts, TrainingInterrupted


@pytest.fixture(autouse=True)
def python_handles_ctrl_c():
    """Set Python's own handler: a job in the background of a shell script begins with Ctrl-C ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize(("number", "name"), [(signal.SIGINT, "Ctrl-C"), (signal.SIGTERM, "SIGTERM")])
def test_taken_note_of(number, name):
    before = signal.getsignal(number)
    with Interrupts() as interrupts:
        assert interrupts.received is None and interrupts.name == ""
        signal.raise_signal(number)
        assert interrupts.received == number and interrupts.name == name
    assert signal.getsignal(number) is before


def test_second_ctrl_c_stops_at_once(capfd):
    with pytest.raises(KeyboardInterrupt), Interrupts():
        signal.raise_signal(signal.SIGINT)
        assert "Ctrl-C again stops at once" in capfd.readouterr().err
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ignored_signals_stay_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Interrupts() as interrupts:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.01)
            assert interrupts.received is None
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_in_another_thread_nothing_is_touched():
    found = []

    def enter():
        with Interrupts() as interrupts:
            found.append((interrupts.received, signal.getsignal(signal.SIGTERM)))

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    assert found == [(None, signal.SIG_DFL)]


def test_handed_on_to_another_process():
    error = pickle.loads(pickle.dumps(TrainingInterrupted("Stopped.", signal.SIGTERM)))
    assert str(error) == "Stopped." and error.exit_code == 143


def test_exit_codes_are_those_of_shells():
    assert TrainingInterrupted("x", signal.SIGINT).exit_code == 130
    assert TrainingInterrupted("x", signal.SIGTERM).exit_code == 143
