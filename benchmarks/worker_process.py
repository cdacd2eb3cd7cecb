"""The harness' end of the line to a worker."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Self

from benchmarks.workers.task import Task

_ROOT = Path(__file__).parents[1]
_LINES = 15  # of what a worker said before it ended


class WorkerEnded(Exception):
    """A worker has ended before it was asked to; the text says what it said last."""


class WorkerProcess:
    """A worker in a process of its own, which builds and warms up as soon as it is started.

    Args:
        name: for messages.
        module: to run, for example "benchmarks.workers.bare_keras".
        task: what to do.
        folder: for the worker's temporary files; whoever made it deletes it, however the worker ends.
    """

    def __init__(self, name: str, module: str, task: Task, folder: Path) -> None:
        self.name = name
        self._said = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, task.to_text()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([str(_ROOT), os.environ.get("PYTHONPATH", "")]),
                "TMPDIR": str(folder),
            },
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close_line()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._said.close()

    def close_line(self) -> None:
        """Tell the worker to end, without waiting for it."""
        if self._process.stdin:
            with contextlib.suppress(BrokenPipeError):  # words it never read, as it had ended
                self._process.stdin.close()

    def answer(self) -> dict[str, Any]:
        """Wait for the worker's next object.

        Raises:
            WorkerEnded: when the worker ends instead.
        """
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            code = self._process.wait()
            self._said.seek(0)
            last = "".join(self._said.readlines()[-_LINES:])
            raise WorkerEnded(f"The worker {self.name} ended with code {code}:\n{last}")
        return json.loads(line)

    def run(self) -> dict[str, Any]:
        """Have the worker do one piece; return its answer.

        Raises:
            WorkerEnded: when the worker ends instead.
        """
        with contextlib.suppress(BrokenPipeError):  # it has ended; `answer` finds out why
            if self._process.stdin:
                self._process.stdin.write("run\n")
                self._process.stdin.flush()
        return self.answer()
