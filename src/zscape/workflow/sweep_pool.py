"""Work spread over processes, one new process per task, which end when this process does."""

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import Connection
from multiprocessing.spawn import get_preparation_data
from typing import Any, TypeVar

from zscape.core.errors import InputError, ZscapeError

Task = TypeVar("Task")

PROCESS_ENDED = (
    "its process ended without a word: killed, or out of memory (fewer --jobs need less), "
    'or a script of yours calls zscape.sweep outside of `if __name__ == "__main__":`.'
)
"""What is said of a task whose process vanished."""


def check_script() -> None:
    """See that this is not a new process that reads the script it belongs to.

    Raises:
        InputError: when it is; to start processes there would have no end.
    """
    try:
        get_preparation_data("")
    except RuntimeError:
        raise InputError(
            "zscape.sweep starts processes, and each reads your script again: call it below "
            '`if __name__ == "__main__":`.'
        ) from None


def each_in_process(
    work: Callable[[Task], Any], tasks: Sequence[Task], jobs: int, done: Callable[[Task, Any], None]
) -> None:
    """Do `work` on each task in a fresh process, so that no run sees another's backend, threads or memory.

    The processes end when this one does, however it ends, and when this function is left by an exception.

    Args:
        work: a function that a new process can import.
        tasks: its arguments.
        jobs: processes at a time.
        done: told of each task that ended: the task, and what `work` returned or the exception that it raised.
    """
    waiting, suspects = list(tasks), []
    while waiting or suspects:
        # A process that is killed takes the whole pool with it. Whose fault it was shows when they run one by one.
        alone = [suspects.pop(0)] if suspects else None
        lost = _in_pool(work, waiting if alone is None else alone, jobs if alone is None else 1, done)
        if len(lost) == 1:
            done(lost[0], ZscapeError(PROCESS_ENDED))
        else:
            suspects.extend(lost)


def _in_pool(
    work: Callable[[Task], Any], waiting: list[Task], jobs: int, done: Callable[[Task, Any], None]
) -> list[Task]:
    """Take tasks out of `waiting` until it is empty or a process vanishes; return those that were running then."""
    reader, writer = multiprocessing.Pipe(duplex=False)
    spawn = multiprocessing.get_context("spawn")  # a forked backend hangs
    running: dict[Future[Any], Task] = {}
    with (
        writer,
        reader,
        ProcessPoolExecutor(jobs, spawn, initializer=_end_with, initargs=(reader,), max_tasks_per_child=1) as pool,
    ):
        try:
            while waiting or running:
                while waiting and len(running) < jobs:
                    with _interrupts_held():
                        running[pool.submit(work, waiting[0])] = waiting[0]
                    del waiting[0]
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    error = future.exception()
                    if isinstance(error, BrokenProcessPool):
                        raise error
                    done(running.pop(future), future.result() if error is None else error)
        except BrokenProcessPool:
            # With none running, a process that only waited has gone: the next task is taken for its victim.
            return list(running.values()) or [waiting.pop(0)]
        except BaseException:
            writer.close()
            raise
    return []


def _end_with(lifeline: Connection) -> None:
    """Make this process end at once when the other end of `lifeline` is closed, as it is when its holder dies."""

    def watch() -> None:
        with contextlib.suppress(EOFError, OSError):
            lifeline.recv_bytes()  # nothing is ever sent
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back from this thread and for good from what it starts; who holds the lifeline answers for all."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
