"""`make bench`: zscape's training step beside the bare Keras step it wraps and a hand-written PyTorch loop."""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata, util
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.contestants import Setting
from benchmarks.networks import NETWORKS
from benchmarks.race import Race, run_race
from benchmarks.ratios import Spread, images_per_second, speed_ratios
from benchmarks.worker_process import WorkerEnded
from zscape.core.backend import BACKENDS
from zscape.core.errors import InputError
from zscape.core.files import write_json
from zscape.core.hardware import read_machine
from zscape.core.precision import choose_precision
from zscape.core.records import to_plain

_ROUNDS, _QUICK_ROUNDS = 9, 3
_BUSY = 0.6  # load before the start
_PACKAGES = ("zscape", "keras", "tensorflow-cpu", "tensorflow", "jax", "torch", "numpy")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; return the exit code: 0 done, 1 a worker failed, 2 wrong input."""
    given = _parser().parse_args(arguments)
    try:
        _check(given)
        load = _load()
        races = [run_race(network, _setting(given), _note) for network in given.network or NETWORKS]
    except (InputError, WorkerEnded) as error:
        print(f"benchmark: {error}", file=sys.stderr)
        return InputError.exit_code if isinstance(error, InputError) else 1
    write_json(given.out, record(races, _setting(given), load))
    _print(races)
    print(given.out)
    return 0


def record(races: Sequence[Race], setting: Setting, load: float | None) -> dict[str, Any]:
    """Return what is written: ratios of speed, speeds, machine, settings, and every round's seconds per step.

    Args:
        races: one per network.
        setting: how they were run.
        load: processes that wanted a processor in the minute before; None where the system does not tell.
    """
    return to_plain(
        {
            "ratios": speed_ratios(races),
            "ratios_of_processor_time": speed_ratios(races, "processor_seconds"),
            "images_per_second": {race.network: images_per_second(race) for race in races},
            "machine": {**to_plain(read_machine()), "versions": _versions(), "load_before": load},
            "settings": {
                **to_plain(setting),
                "time": datetime.now(UTC).isoformat(timespec="seconds"),
                "steps": {race.network: race.steps for race in races},
                "batch_size": {race.network: NETWORKS[race.network].batch_size for race in races},
                "parameters": {race.network: race.parameters for race in races},
                "first_loss": {race.network: race.first_loss for race in races},
            },
            "seconds_per_step": {race.network: race.rounds for race in races},
        }
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.step", description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{_QUICK_ROUNDS} short rounds: a look, not a result")
    parser.add_argument("--network", action="append", choices=list(NETWORKS), help="only this one")
    parser.add_argument("--backend", choices=BACKENDS, default="tensorflow", help="of Keras")
    parser.add_argument("--rounds", type=int, help=f"pieces per contestant (default {_ROUNDS})")
    parser.add_argument("--steps", type=int, help="timed steps per piece (default: a few seconds on two cores)")
    parser.add_argument("--threads", type=int, help="processor threads (default: all)")
    parser.add_argument("--seed", type=int, default=1, help="of the order in which the contestants run")
    parser.add_argument("--out", type=Path, default=Path("build/bench/step.json"), help="where to write the numbers")
    return parser


def _check(given: argparse.Namespace) -> None:
    for name in ("rounds", "steps", "threads"):
        value = getattr(given, name)
        if value is not None and value < 1:
            raise InputError(f"--{name} is {value}; give a whole number of at least 1.")
    missing = [name for name in dict.fromkeys((given.backend, "torch")) if util.find_spec(name) is None]
    if missing:
        raise InputError(f"{' and '.join(missing)} is not installed here: `make bench` installs what it compares.")


def _setting(given: argparse.Namespace) -> Setting:
    machine = read_machine()
    return Setting(
        backend=given.backend,
        threads=given.threads or machine.processor.cores,
        rounds=given.rounds or (_QUICK_ROUNDS if given.quick else _ROUNDS),
        steps=given.steps,
        seed=given.seed,
        bfloat16=choose_precision("auto", "tensorflow", machine)[0] == "mixed_bfloat16",
        quick=given.quick,
    )


def _load() -> float | None:
    """Return the machine's load, and say when other programs would make the numbers worthless."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    if load is not None and load > _BUSY:
        _note(
            f"Note: the load of this machine is {load:.1f}: other programs are at work, and the ratios will be rough."
        )
    return load


def _versions() -> dict[str, str]:
    installed = {found.metadata["Name"].replace("_", "-"): found.version for found in metadata.distributions()}
    return {name: installed[name] for name in _PACKAGES if name in installed}


def _note(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _print(races: Sequence[Race]) -> None:
    console = Console(width=110, highlight=False)
    speeds = Table("network", "contestant", "images/s", "quartiles", title="Speed (median over the rounds)")
    for race in races:
        for who, speed in images_per_second(race).items():
            speeds.add_row(race.network, who, f"{speed.median:.0f}", _quartiles(speed, ".0f"))
    console.print(speeds)
    ratios = Table(
        "ratio of speed",
        "network",
        "median",
        "quartiles",
        "min - max",
        "of the fastest",
        title="Above 1: the first is faster",
    )
    for name, by_network in speed_ratios(races).items():
        for network, ratio in by_network.items():
            extremes = f"{ratio.min:.3f} - {ratio.max:.3f}"
            ratios.add_row(
                name, network, f"{ratio.median:.3f}", _quartiles(ratio, ".3f"), extremes, f"{ratio.of_fastest:.3f}"
            )
    console.print(ratios)


def _quartiles(of: Spread, form: str) -> str:
    return f"{of.lower_quartile:{form}} - {of.upper_quartile:{form}}"


if __name__ == "__main__":
    sys.exit(main())
