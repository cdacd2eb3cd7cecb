"""Worker processes that do one job: chunks of entries go out, replies come back in order.

They are fresh interpreters, not `multiprocessing` processes: those would run the user's script a second time. A worker
that dies, killed, crashed by a damaged file or out of time over one that never ends, is replaced, and its entries are
tried one by one.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing import Pipe
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from queue import SimpleQueue

import numpy as np

from zscape.data.preparation.jobs import CRASHED, ENDLESS, Job, Reply
from zscape.data.preparation.worker import READY, receive

_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from zscape.data.preparation.worker import serve; "
    "serve(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], float(sys.argv[5]))"
)
_STARTING = 60  # seconds a worker may take to start; from a slow disk it takes some
_MOST_CRASHES = 10  # in a row
_MOST_SECONDS = 180.0  # of processor time for one image; 56 megapixels of noise take 2, as PNG, JPEG or WebP
# One thread each: NumPy's libraries would make as many as there are cores, in every worker.
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

Answers = list[tuple[np.ndarray, Reply]]
"""Positions and what came of them; more than one entry where a worker had to be replaced."""


class NoWorkers(Exception):
    """Worker processes cannot be started on this system."""


class WorkersLost(Exception):
    """Worker processes die, and not over single entries; the text is one sentence."""


class Pool:
    """Worker processes for one job; use it in a `with` statement, which ends them however it is left.

    Args:
        job: what they do; it is pickled for them.
        workers: how many, at least 1.
        gate: a file that workers lock while they decode a large image.

    Raises:
        NoWorkers: when they do not start.
    """

    def __init__(self, job: Job, workers: int, gate: Path) -> None:
        if os.name != "posix":
            raise NoWorkers("the line to a worker is made for POSIX systems")
        self._job = bytes(ForkingPickler.dumps(job))
        self._crashes = 0
        self._closed = threading.Event()
        self._all: list[_Worker] = []
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        try:
            for _ in range(workers):
                self._all.append(_Worker(gate))  # all start beside each other
            for worker in self._all:
                worker.begin(self._job)
                self._idle.put(worker)
        except BaseException as error:
            self.close()
            if isinstance(error, (EOFError, OSError, ValueError)):
                raise NoWorkers(str(error)) from None
            raise
        self._threads = ThreadPoolExecutor(workers, "zscape-prepare")

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        self._threads.shutdown(cancel_futures=True)

    @property
    def processes(self) -> tuple[int, ...]:
        """The numbers of the worker processes."""
        return tuple(worker.number for worker in self._all)

    def map(self, chunks: Iterable[np.ndarray], window: int) -> Iterator[tuple[np.ndarray, Reply]]:
        """Yield (positions, reply) in the order of the chunks, whichever worker is done first.

        Args:
            chunks: positions of entries.
            window: most chunks that are being worked on or wait to be fetched.

        Raises:
            SourceLost: when the source is gone.
            WorkersLost: when worker processes die again and again.
        """
        pending: deque[Future[Answers]] = deque()
        for chunk in chunks:
            if len(pending) == window:
                yield from pending.popleft().result()
            pending.append(self._threads.submit(self._work, chunk))
        while pending:
            yield from pending.popleft().result()

    def close(self) -> None:
        """End all workers at once; they have nothing to lose."""
        self._closed.set()
        for worker in self._all:
            worker.end()

    def _work(self, positions: np.ndarray) -> Answers:
        worker = self._idle.get()
        try:
            reply = self._ask(worker, positions)
            if reply is not None:
                return [(positions, reply)]
            return [(one, self._alone(worker, one)) for one in np.split(positions, len(positions))]
        finally:
            self._idle.put(worker)

    def _alone(self, worker: "_Worker", position: np.ndarray) -> Reply:
        reply = self._ask(worker, position)
        if reply is not None:
            return reply
        self._crashes += 1
        if self._crashes > _MOST_CRASHES:
            raise WorkersLost("The worker processes are ended again and again, as happens where memory is used up.")
        return Reply(((0, ENDLESS if worker.ran_out_of_time else CRASHED),))

    def _ask(self, worker: "_Worker", positions: np.ndarray) -> Reply | None:
        """Return the worker's reply, None where it died over it."""
        if not worker.alive:
            self._replace(worker)
        try:
            reply = worker.ask(positions)
        except (EOFError, OSError):
            return None
        self._crashes = 0
        return reply

    def _replace(self, worker: "_Worker") -> None:
        try:
            if not self._closed.is_set():
                worker.start()
                worker.begin(self._job)
        except (EOFError, OSError) as error:
            if not self._closed.is_set():
                why = getattr(error, "strerror", None) or "it ended at once"
                raise WorkersLost(f"A worker process cannot be started again ({why}).") from None
        if self._closed.is_set():  # perhaps before this worker was there to be ended; nobody waits for the answer
            worker.end()
            raise WorkersLost("The preparation was stopped.")


class _Worker:
    """A process and the line to it."""

    def __init__(self, gate: Path) -> None:
        self._arguments = (str(os.getpid()), str(gate), str(_MOST_SECONDS))
        self.start()

    def start(self) -> None:
        """Start the process."""
        self._line, theirs = Pipe()
        command = [
            sys.executable,
            "-c",
            _START,
            json.dumps([*map(str, sys.path)]),
            str(theirs.fileno()),
            *self._arguments,
        ]
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # what libraries say about damaged files; errors come over the line
                env={**os.environ, **_ONE_THREAD},
                pass_fds=[theirs.fileno()],
                process_group=0,  # Ctrl-C is for us: it would end workers in the middle of a reply
            )
        finally:
            theirs.close()  # so that the line breaks when the worker dies
        self.alive = True

    @property
    def number(self) -> int:
        return self._process.pid

    @property
    def ran_out_of_time(self) -> bool:
        """Whether the process is gone because one image took more than its time."""
        return self._process.returncode == -signal.SIGPROF

    def begin(self, job: bytes) -> None:
        """Send the job and wait until the worker is ready.

        Raises:
            EOFError, OSError: when it is not.
        """
        with self._watched():
            self._line.send_bytes(job)
            if not self._line.poll(_STARTING) or self._line.recv_bytes() != READY:
                raise EOFError("a worker process did not start")

    def ask(self, positions: np.ndarray) -> Reply:
        """Return what the worker makes of the entries at `positions`.

        Raises:
            EOFError, OSError: when it dies over it.
        """
        with self._watched():
            self._line.send_bytes(np.ascontiguousarray(positions, np.int64).tobytes())
            return receive(self._line, len(positions))

    def end(self) -> None:
        """End the process and wait for its end; whoever waits for its reply then sees the line break."""
        self.alive = False
        self._process.kill()
        self._process.wait()

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except (EOFError, OSError):
            self.end()
            raise
