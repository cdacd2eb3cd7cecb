"""The five ways to bring the KL loss into training, side by side: do they agree, and what does each cost.

    python -m benchmarks.pathways            # largest relative differences of losses and gradients
    python -m benchmarks.pathways --time     # seconds per epoch of E3's network, relative to the fastest

Every backend runs in a process of its own.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from zscape.core.backend import BACKENDS, start_backend
from zscape.core.files import write_json
from zscape.core.seeds import generator

BATCHES = (1, 7, 128)
_IMAGES_OF_MNIST = 60_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run every backend that was asked for and print one table; return the exit code."""
    given = _parser().parse_args(arguments)
    if given.worker:
        _worker(given)
        return 0
    backends = given.backend or [backend for backend in BACKENDS if importlib.util.find_spec(backend)]
    left_out = [backend for backend in BACKENDS if backend not in backends]
    if left_out and not given.backend:
        print(f"Not installed, so left out: {', '.join(left_out)}", file=sys.stderr)
    results = {backend: _in_a_process(backend, given) for backend in backends}
    write_json(given.out, {"time" if given.time else "agreement": results})
    print("\n".join(timing_table(results) if given.time else agreement_table(results)))
    print(given.out)
    return 0


def agreement_table(results: dict[str, Any]) -> list[str]:
    """Return the rows of a Markdown table: pathway x backend x batch size, differences of terms and gradient."""
    head = ["pathway", *(f"{backend}, batch {batch}" for backend in results for batch in BATCHES)]
    rows = [
        [f"`{name}`", *(_pair(results[backend][str(batch)][name]) for backend in results for batch in BATCHES)]
        for name in next(iter(results.values()))[str(BATCHES[0])]
    ]
    return _markdown(head, rows)


def timing_table(results: dict[str, Any]) -> list[str]:
    """Return the rows of a Markdown table: seconds per epoch of 60,000 images, and relative to the fastest."""
    head = ["way", *(f"{backend}: s per epoch, relative (quartiles)" for backend in results)]
    names = next(iter(results.values()))
    return _markdown(head, [[name, *(_time(results[backend].get(name)) for backend in results)] for name in names])


def relative_times(rounds: Sequence[dict[str, float]]) -> dict[str, dict[str, float]]:
    """Return seconds per step and the ratio to the fastest, by name.

    The ratio is taken within a round, to the way that is fastest over all rounds, and its median and quartiles are
    over the rounds: what slows a machine for a while slows both sides.

    Args:
        rounds: seconds per step, by name.
    """
    medians = {name: median(each[name] for each in rounds) for name in rounds[0]}
    fastest = min(medians, key=lambda name: medians[name])
    out = {}
    for name in rounds[0]:
        ratios = sorted(each[name] / each[fastest] for each in rounds)
        low, high = ratios[len(ratios) // 4], ratios[-1 - len(ratios) // 4]
        out[name] = {"seconds_per_step": medians[name], "relative": median(ratios), "low": low, "high": high}
    return out


def _worker(given: argparse.Namespace) -> None:
    backend = given.backend[0]
    start_backend(backend, given.threads, deterministic=True)
    # Imported here because Keras must not start before the environment is set.
    from benchmarks.pathway_steps import differences
    from zscape.core.records import to_plain

    out = _times(given) if given.time else {str(b): to_plain(differences(b)) for b in BATCHES}
    print(json.dumps(out))


def _times(given: argparse.Namespace) -> dict[str, dict[str, float]]:
    from benchmarks.pathway_contestants import contestants

    models, fit = contestants(given.steps)
    for model in models.values():
        fit(model)  # compiles
    rounds = []
    for number in range(given.rounds):
        order = generator(1, "order", number).permutation(len(models))
        taken = {}
        for name in [list(models)[i] for i in order]:
            begun = time.perf_counter()
            fit(models[name])
            taken[name] = (time.perf_counter() - begun) / given.steps
        rounds.append(taken)
        print(f"round {number + 1} of {given.rounds}", file=sys.stderr, flush=True)
    return relative_times(rounds)


def _in_a_process(backend: str, given: argparse.Namespace) -> Any:
    command = [sys.executable, "-m", "benchmarks.pathways", "--worker", "--backend", backend]
    command += ["--rounds", str(given.rounds), "--steps", str(given.steps), "--threads", str(given.threads)]
    command += ["--time"] if given.time else []
    print(backend, file=sys.stderr, flush=True)
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def _pair(difference: dict[str, float]) -> str:
    return " / ".join(f"{difference[what]:.0e}" if difference[what] else "0" for what in ("terms", "gradient"))


def _time(times: dict[str, float] | None) -> str:
    if times is None:
        return "–"
    epoch = times["seconds_per_step"] * -(-_IMAGES_OF_MNIST // 128)
    return f"{epoch:.0f} s, {times['relative']:.2f} ({times['low']:.2f} - {times['high']:.2f})"


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.pathways",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--time", action="store_true", help="what each costs, instead of whether they agree")
    parser.add_argument(
        "--backend", action="append", choices=BACKENDS, help="only this one (default: all that are installed)"
    )
    parser.add_argument("--rounds", type=int, default=9, help="with --time: pieces per pathway")
    parser.add_argument("--steps", type=int, default=12, help="with --time: training steps per piece")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="processor threads (default: all)")
    parser.add_argument("--out", type=Path, default=Path("build/bench/pathways.json"), help="where the numbers go")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
