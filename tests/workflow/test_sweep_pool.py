"""Processes that work, fail, vanish and end with their parent.

What they do comes from the standard library: a new process cannot import this file.
"""

import contextlib
import functools
import math
import operator
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from zscape.core.errors import ZscapeError
from zscape.workflow.sweep_pool import PROCESS_ENDED, each_in_process


def test_every_task_has_a_process_of_its_own_and_errors_and_crashes_stop_no_other():
    pids, outcomes = set(), {}
    tasks = {
        "first": functools.partial(os.getpid),
        "crash": functools.partial(os._exit, 3),
        "second": functools.partial(os.getpid),
        "error": functools.partial(math.sqrt, -1),
        "third": functools.partial(os.getpid),
    }
    names = {id(task): name for name, task in tasks.items()}
    each_in_process(operator.call, list(tasks.values()), 2, lambda task, got: outcomes.update({names[id(task)]: got}))
    assert set(outcomes) == set(tasks)
    pids = {outcomes[name] for name in ("first", "second", "third")}
    assert len(pids) == 3 and os.getpid() not in pids
    assert isinstance(outcomes["error"], ValueError)
    assert isinstance(outcomes["crash"], ZscapeError) and str(outcomes["crash"]) == PROCESS_ENDED


def test_leaving_by_an_exception_ends_the_processes():
    def stop(task, outcome):
        raise KeyboardInterrupt

    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        each_in_process(operator.call, [functools.partial(time.sleep, 60), functools.partial(os.getpid)], 2, stop)
    assert time.monotonic() - started < 30
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


PARENT = """
import functools, operator, subprocess, sys
from zscape.workflow.sweep_pool import each_in_process
if __name__ == "__main__":
    code = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getppid())); time.sleep(20)"
    task = functools.partial(subprocess.run, [sys.executable, "-c", code, sys.argv[1]])
    each_in_process(operator.call, [task], 1, print)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_processes_end_with_their_parent_however_it_ends(tmp_path, how):
    script, mark = tmp_path / "parent.py", tmp_path / "pid"
    script.write_text(PARENT)
    parent = subprocess.Popen([sys.executable, str(script), str(mark)], stderr=subprocess.DEVNULL)
    try:
        assert _within(30, lambda: mark.is_file() and mark.read_text() != "")
        worker = int(mark.read_text())
        assert _alive(worker)
        parent.send_signal(how)
        parent.wait(30)
        assert _within(10, lambda: not _alive(worker))
    finally:
        parent.kill()
        parent.wait()


def _within(seconds, condition) -> bool:
    end = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return met


def _alive(pid) -> bool:
    with contextlib.suppress(OSError):
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state != "Z"  # a zombie waits for whoever adopted it
    return False


UNGUARDED = """
import operator, os, sys
from functools import partial
from zscape.workflow.sweep_pool import check_script, each_in_process
check_script()
each_in_process(operator.call, [partial(os.getpid)], 1, lambda task, outcome: print(outcome))
"""


def test_a_script_that_calls_outside_of_main_is_told(tmp_path):
    (tmp_path / "script.py").write_text(UNGUARDED)
    command = [sys.executable, str(tmp_path / "script.py")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0 and done.stdout == f"{PROCESS_ENDED}\n"
    assert done.stderr.count("zscape.sweep starts processes, and each reads your script again: call it below") == 1
