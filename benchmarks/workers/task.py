"""What a worker is to do, and the line on which it speaks with the harness.

Worker and harness exchange lines: the worker says one JSON object when it is ready (built, warmed up and checked) and
one after every piece of work; the harness says "run", or closes the line to end the worker.
"""

import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any, Self

from benchmarks.networks import NETWORKS, Network


@dataclass(frozen=True)
class Task:
    """A worker's task.

    Attributes:
        name: the network's, "E3" or "E11".
        steps: timed training steps per piece.
        threads: processor threads.
        backend: of Keras; without meaning for the PyTorch loop.
        precision: "float32" or "mixed_bfloat16".
        fused: bare Keras with zscape's batch normalisation.
        untimed: steps at the start of a piece that are not timed: 1, as it stands at the start of an epoch and brings
            the caches back that other workers have used; 0 (PyTorch only) where a step takes half a minute.
    """

    name: str
    steps: int
    threads: int
    backend: str = "tensorflow"
    precision: str = "float32"
    fused: bool = False
    untimed: int = 1

    @property
    def network(self) -> Network:
        """The network to train."""
        return NETWORKS[self.name]

    @property
    def images(self) -> int:
        """Images of one piece, those of the untimed step included."""
        return (self.steps + self.untimed) * self.network.batch_size

    def to_text(self) -> str:
        """Return the task as the worker's argument."""
        return json.dumps(asdict(self))

    @classmethod
    def from_arguments(cls) -> Self:
        """Return the task that this process was started with."""
        return cls(**json.loads(sys.argv[1]))


class Line:
    """The worker's end of the line: stdin and stdout; what libraries print to stdout goes to stderr from now on."""

    def __init__(self) -> None:
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)

    def say(self, **values: Any) -> None:
        """Send one object."""
        self._out.write(json.dumps(values) + "\n")
        self._out.flush()

    def wait(self) -> bool:
        """Wait for the harness; return whether to run another piece."""
        return sys.stdin.readline().strip() == "run"


class Watch:
    """Measures the time since it was made."""

    def __init__(self) -> None:
        self._begun = time.perf_counter()
        self._processor = time.process_time()

    def taken(self) -> dict[str, float]:
        """Return the seconds by the clock, and those of all threads of this process on processors."""
        return {
            "seconds": time.perf_counter() - self._begun,
            "processor_seconds": time.process_time() - self._processor,
        }
