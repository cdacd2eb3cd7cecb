"""All contestants of one network in turn, round after round, only one at work at any time."""

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.contestants import CONTESTANTS, Setting, contestants_for, is_imitated, task_of
from benchmarks.networks import NETWORKS
from benchmarks.worker_process import WorkerProcess
from zscape.core.errors import InputError
from zscape.core.seeds import generator

ROUNDS_OF_A_PROCESS = 3
"""After so many rounds all contestants are started anew.

The speed of a process depends on where its memory came to lie: by up to 20 % on E3, for as long as it lives.
"""

_LOSS_TOLERANCE = 0.05  # relative; initial weights and draws differ


@dataclass(frozen=True)
class Race:
    """What came out.

    Attributes:
        network: its name.
        parameters: trainable parameters, the same for all.
        first_loss: loss of the first step by contestant, nats per image.
        steps: timed steps per piece by contestant.
        rounds: one dict per round: by contestant, "seconds" by the clock and "processor_seconds", per step.
    """

    network: str
    parameters: int
    first_loss: dict[str, float]
    steps: dict[str, int]
    rounds: list[dict[str, dict[str, float]]]


def run_race(network: str, setting: Setting, note: Callable[[str], None]) -> Race:
    """Start the contestants, check that they do the same work, and let them run in turn.

    Args:
        network: "E3" or "E11".
        setting: see `Setting`.
        note: told how it goes, sentence by sentence.

    Raises:
        InputError: when two contestants do not train the same network.
        WorkerEnded: when a worker fails.
    """
    names = contestants_for(network, setting.bfloat16, setting.backend)
    if setting.quick:
        names = [name for name in names if not is_imitated(name, setting.bfloat16)]
    steps = {name: _steps(name, network, setting) for name in names}
    parameters, rounds = 0, list[dict[str, dict[str, float]]]()
    loss: dict[str, float] = {}
    while len(rounds) < setting.rounds:
        runners = [name for name in names if not rounds or not is_imitated(name, setting.bfloat16)]
        note(f"{network}: starting {len(runners)} workers, which build their networks and warm up")
        with _started(runners, network, steps, setting) as workers:
            answers = {name: worker.answer() for name, worker in workers.items()}
            parameters = check_same_work(network, answers)
            loss = loss or {name: answer["loss"] for name, answer in answers.items()}
            for _ in range(min(ROUNDS_OF_A_PROCESS, setting.rounds - len(rounds))):
                note(f"{network}: round {len(rounds) + 1} of {setting.rounds}")
                if rounds:
                    runners = [name for name in runners if not is_imitated(name, setting.bfloat16)]
                order = round_order(runners, setting.seed, network, len(rounds))
                taken = {name: workers[name].run() for name in order}
                rounds.append({name: _per_step(taken[name], steps[name]) for name in runners})
            for worker in workers.values():  # all at once: some take seconds to end
                worker.close_line()
    return Race(network, parameters, loss, steps, rounds)


@contextlib.contextmanager
def _started(
    names: list[str], network: str, steps: dict[str, int], setting: Setting
) -> Iterator[dict[str, WorkerProcess]]:
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zscape-bench-")))
        yield {
            name: stack.enter_context(
                WorkerProcess(
                    f"{name} ({network})",
                    _worker_module(name),
                    task_of(name, network, steps[name], setting),
                    folder,
                )
            )
            for name in names
        }


def round_order(names: list[str], seed: int, network: str, number: int) -> list[str]:
    """Return the order of a round: drawn anew for each, so that nobody always follows the same neighbour."""
    return [names[i] for i in generator(seed, "order", network, number).permutation(len(names))]


def check_same_work(network: str, answers: dict[str, dict[str, Any]]) -> int:
    """Return the number of trainable parameters that all contestants have.

    Args:
        network: its name.
        answers: what the workers said when they were ready: "parameters", and "loss" of the first step.

    Raises:
        InputError: when parameters differ, or a first loss is not near the others.
    """
    counts = {name: answer["parameters"] for name, answer in answers.items()}
    if len(set(counts.values())) > 1:
        raise InputError(f"The contestants of {network} do not train the same network: parameters {counts}.")
    typical = median(answer["loss"] for answer in answers.values())
    for name, answer in answers.items():
        # Written so that NaN is refused too.
        if not abs(answer["loss"] - typical) <= _LOSS_TOLERANCE * typical:
            raise InputError(
                f"{name} does not compute what the others do on {network}: its first loss is {answer['loss']:.6g}, "
                f"theirs about {typical:.6g} nats per image."
            )
    return next(iter(counts.values()))


def _worker_module(name: str) -> str:
    return f"benchmarks.workers.{CONTESTANTS[name].module}"


def _steps(name: str, network: str, setting: Setting) -> int:
    if is_imitated(name, setting.bfloat16):
        return 1
    return setting.steps or NETWORKS[network].steps // (3 if setting.quick else 1)


def _per_step(taken: dict[str, float], steps: int) -> dict[str, float]:
    return {what: seconds / steps for what, seconds in taken.items()}
