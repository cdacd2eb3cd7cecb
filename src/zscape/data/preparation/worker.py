"""A worker process: it waits for positions of entries, does its job with them, and sends back what came out.

It is started by `pool` and ends when its line is closed, which also happens when the process at the other end dies. On
the line, each message after the first is bytes: positions (int64) come in; a JSON header goes out, and after it, as
they are, the pixels where there are any.
"""

import contextlib
import ctypes
import json
import os
import signal
import sys
from collections.abc import Iterator
from multiprocessing.connection import Connection

import numpy as np

from zscape.core.files import write_all
from zscape.data.preparation.jobs import Job, Reply
from zscape.data.raw import Shape
from zscape.data.readers.decode import header_shape
from zscape.data.readers.pack import SourceLost, Unusable

READY = b"ready"
LARGE = 2_000_000
"""Pixels of an image that is decoded only while no other worker decodes such a one, so that memory stays bounded."""

_LARGE_FILE = 1 << 16  # bytes; the headers of smaller files are not worth a look
_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux' prctl


def serve(handle: int, parent: int, gate: str, seconds: float) -> None:
    """Work until the line is closed.

    Args:
        handle: descriptor of this end of the line.
        parent: the number of the process at the other end.
        gate: a file that workers lock while they decode a large image.
        seconds: processor time that one image may take; then the system ends this process (SIGPROF).
    """
    _die_with(parent)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # whatever the other end does about it
    line = Connection(handle)
    # EOFError and OSError: the other end is gone, and nobody is left to tell.
    with contextlib.suppress(EOFError, OSError), Gate(gate, seconds) as alone:
        job: Job = line.recv()
        line.send_bytes(READY)
        while True:
            _answer(line, job, np.frombuffer(line.recv_bytes(), np.int64), alone)


def receive(line: Connection, asked: int) -> Reply:
    """Return the reply that a worker sent for `asked` entries.

    Raises:
        SourceLost: when the source is gone.
        RuntimeError: for an error that is none of the data; its traceback is in the text.
        EOFError, OSError: when the worker is gone.
    """
    header = json.loads(line.recv_bytes())
    if "lost" in header:
        raise SourceLost(header["lost"])
    if "failed" in header:
        raise RuntimeError(f"a worker process failed:\n{header['failed']}")
    skipped = tuple((place, reason) for place, reason in header["skipped"])
    shapes: tuple[Shape, ...] = tuple((height, width, channels) for height, width, channels in header["shapes"])
    if header["image"] is None:
        return Reply(skipped, None, shapes)
    pixels = np.empty((asked - len(skipped), *header["image"]), np.uint8)
    if pixels.size:
        _read_all(line.fileno(), pixels.data.cast("B"))
    return Reply(skipped, pixels, shapes)


class Gate:
    """Lets one large image at a time be decoded, whichever worker holds it, and none without end.

    Args:
        path: the file that is locked; the lock dies with the process.
        seconds: processor time that one image may take before the system ends this process; 0 sets no limit. Waiting
            does not count, be it for the lock, for a slow disk or for a core.
    """

    def __init__(self, path: str, seconds: float = 0.0) -> None:
        self._file = open(path, "ab")  # noqa: SIM115  closed by __exit__
        self._seconds = seconds

    def __enter__(self) -> "Gate":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @contextlib.contextmanager
    def __call__(self, encoded: bytes) -> Iterator[None]:
        """Wait, where this is a large image, until no other worker decodes one."""
        if not _is_large(encoded):
            with self._limited():
                yield
            return
        import fcntl  # worker processes run only where there is one

        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            with self._limited():
                yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    @contextlib.contextmanager
    def _limited(self) -> Iterator[None]:
        # The system's own end for a process: no Python runs while a decoder written in C goes round and round.
        if self._seconds:
            signal.setitimer(signal.ITIMER_PROF, self._seconds)
        try:
            yield
        finally:
            if self._seconds:
                signal.setitimer(signal.ITIMER_PROF, 0)


def _is_large(encoded: bytes) -> bool:
    if len(encoded) < _LARGE_FILE:
        return False
    try:
        height, width, _ = header_shape(encoded)
    except Unusable:
        return False
    return height * width >= LARGE


def _answer(line: Connection, job: Job, positions: np.ndarray, alone: Gate) -> None:
    try:
        reply = job.run(positions, alone)
    except SourceLost as error:
        line.send_bytes(json.dumps({"lost": str(error)}).encode())
    except Exception:
        import traceback

        line.send_bytes(json.dumps({"failed": traceback.format_exc()}).encode())
    else:
        image = None if reply.pixels is None else reply.pixels.shape[1:]
        line.send_bytes(json.dumps({"skipped": reply.skipped, "shapes": reply.shapes, "image": image}).encode())
        if reply.pixels is not None and reply.pixels.size:
            write_all(line.fileno(), reply.pixels.data.cast("B"))


def _read_all(handle: int, space: memoryview) -> None:
    # Straight into the array: Connection.recv_bytes_into copies twice on the way.
    while space:
        count = os.readv(handle, [space])
        if count == 0:
            raise EOFError
        space = space[count:]


def _die_with(parent: int) -> None:
    # A worker sees by itself that its line is closed, but not while it decodes: the system can tell it at once.
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, int(signal.SIGKILL))
    if os.getppid() != parent:
        os._exit(1)
