"""Predicted and measured memory of training, side by side: `zscape plan` against processes that train.

    python -m benchmarks.memory                       all configurations, on TensorFlow
    python -m benchmarks.memory --backend torch --only "batch 64" --only "28 pixels"
    python -m benchmarks.memory --table               what is in the file already
    python -m benchmarks.memory --fit                 constants for specs.memory_estimate, from the calibration alone

Every configuration is trained in a process of its own (`benchmarks.workers.memory_step` says what exactly is measured:
the peak of resident memory during `fit` above the resident size just before it, on Linux). The weights are there before
`fit`, so they are taken off the prediction. On a graphics card the backend's own peak would be compared; none was at
hand.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import least_squares

from benchmarks.memory_configurations import CALIBRATION, CHECK, Configuration
from zscape.core.backend import BACKENDS
from zscape.core.files import write_json
from zscape.specs.compose import compose_recipe
from zscape.specs.memory_estimate import estimate_memory, sizes_of
from zscape.specs.recipe import Recipe

_MIB = 2**20
_ROOT = Path(__file__).parents[1]
_LEAST = 500  # MiB: below, what a process does besides counts too much
_KINDS = ("float32", "mixed")
_COPIES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)  # tried in turn: the peak is a maximum, which has kinks in them


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, or show what was measured; return the exit code: 0 done, 1 a training failed."""
    given = _parser().parse_args(arguments)
    measured = json.loads(given.out.read_text(encoding="utf-8")) if given.out.is_file() else {}
    if given.fit:
        for backend in measured:
            for line in fitted_lines(backend, measured[backend]):
                print(line)
        return 0
    if not given.table:
        for backend in given.backend or ["tensorflow"]:
            for configuration in _chosen(given.only):
                found = _measure(configuration, backend, given.threads)
                if found is None:
                    return 1
                measured.setdefault(backend, {})[configuration.name] = found
                write_json(given.out, measured)
                print(_line(backend, configuration, found), flush=True)
    for backend, of_backend in measured.items():
        print("\n".join(table(backend, of_backend)))
    return 0


def predicted(configuration: Configuration, backend: str) -> int:
    """Return the predicted peak above the resident size before `fit`, bytes: without the weights, which are there."""
    memory = estimate_memory(recipe_of(configuration), backend, configuration.precision)
    return memory.peak - memory.parameters


def recipe_of(configuration: Configuration) -> Recipe:
    """Return a configuration's recipe."""
    return compose_recipe("celeba", list(configuration.settings))


def table(backend: str, measured: dict[str, Any]) -> list[str]:
    """Return the lines of a table in Markdown: predicted, measured, ratio, of both lists of configurations.

    Args:
        backend: its name.
        measured: by the configurations' names, as workers report it.
    """
    lines = [
        "",
        f"| {backend}, MiB | used for | predicted | measured | predicted / measured |",
        "|---|---|---:|---:|---:|",
    ]
    for used_for, configurations in (("calibration", CALIBRATION), ("check", CHECK)):
        there = [each for each in configurations if each.name in measured]
        lines += [_row(backend, each, measured[each.name]["measured"], used_for) for each in there]
    return lines


def fitted_lines(backend: str, measured: dict[str, Any]) -> list[str]:
    """Return the constants that fit the calibration's configurations best, as lines of Python.

    Least squares of log(predicted / measured), all constants >= 0. 16 bits have too few trainings of their own for all
    of them: they keep float32's framework, work space and copies.

    Args:
        backend: its name.
        measured: as in `table`.
    """
    chosen = [each for each in CALIBRATION if each.name in measured]
    process = int(np.median([measured[each.name]["resident_before"] for each in chosen]) / _MIB)
    lines, first = [], None
    for kind in _KINDS:
        of_kind = [each for each in chosen if (each.precision != "float32") == (kind == "mixed")]
        if not of_kind:
            continue
        tried = _COPIES if first is None else (first["copies"],)
        fits = [_fit(backend, of_kind, measured, copies, first) for copies in tried]
        found = min(fits, key=lambda fit: fit["cost"])
        first = first or found
        lines.append(
            f'    ("{backend}", "{kind}"): Calibration({found["framework"]:.0f} * _MIB, {found["activations"]:.2f}, '
            f"{found['norms']:.2f}, {found['widest']:.2f}, {found['convolution']:.0f} * _MIB, {found['copies']}, "
            f"{process} * _MIB),"
        )
    return lines


def _fit(
    backend: str,
    configurations: Sequence[Configuration],
    measured: dict[str, Any],
    copies: float,
    given: dict[str, float] | None,
) -> dict[str, float]:
    """Return the constants by name, MiB or factors, and "cost", half the sum of the squared errors.

    Args:
        backend: its name; JAX alone compiles code for every convolution.
        configurations: of one precision.
        measured: as in `table`.
        copies: of weights and slots while a checkpoint is written.
        given: what to keep of float32's constants; None fits all.
    """
    sizes = [sizes_of(recipe_of(each), each.precision) for each in configurations]
    seen = np.array([measured[each.name]["measured"] for each in configurations]) / _MIB
    features = np.array([[s.activations, s.norms, s.widest] for s in sizes]) / _MIB
    trained, parameters = np.array([[s.trained, s.parameters] for s in sizes]).T / _MIB
    convolutions = np.array([s.convolutions for s in sizes])
    slots = 2 * trained
    names = ("framework", "activations", "norms", "widest", *(("convolution",) if backend == "jax" else ()))

    def constants(values: np.ndarray) -> dict[str, float]:
        if given is not None:
            return {**given, "activations": values[0], "norms": values[0] * values[1]}
        return {"convolution": 0.0, **dict(zip(names, values, strict=True))}

    def error(values: np.ndarray) -> np.ndarray:
        now = constants(values)
        step = trained + features @ np.array([now["activations"], now["norms"], now["widest"]])
        framework = now["framework"] + now["convolution"] * convolutions
        return np.log((framework + slots + np.maximum(step, copies * (slots + parameters))) / seen)

    start = [250.0, 1.0, 0.1, 1.0, 5.0][: len(names)] if given is None else [1.0, 0.0]
    found = least_squares(error, start, bounds=(0, np.inf))
    return {**constants(found.x), "copies": copies, "cost": float(found.cost)}


def _measure(configuration: Configuration, backend: str, threads: int | None) -> dict[str, Any] | None:
    task = {
        "settings": configuration.settings,
        "backend": backend,
        "threads": threads,
        "precision": configuration.precision,
    }
    command = [sys.executable, "-m", "benchmarks.workers.memory_step", json.dumps(task)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=_ROOT)
    if done.returncode != 0:
        print(f"benchmark: {configuration.name} on {backend} failed:\n{done.stderr[-2000:]}", file=sys.stderr)
        return None
    return json.loads(done.stdout.splitlines()[-1])


def _chosen(names: Iterable[str] | None) -> list[Configuration]:
    everything = [*CALIBRATION, *CHECK]
    return [each for each in everything if not names or each.name in names]


def _line(backend: str, configuration: Configuration, found: dict[str, Any]) -> str:
    return _row(backend, configuration, found["measured"], backend)


def _row(backend: str, configuration: Configuration, measured: int, used_for: str) -> str:
    expected = predicted(configuration, backend)
    small = "" if measured >= _LEAST * _MIB else f" (below {_LEAST} MiB)"
    return (
        f"| {configuration.name} | {used_for} | {expected / _MIB:,.0f} | {measured / _MIB:,.0f} | "
        f"{expected / measured:.2f}{small} |"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=(__doc__ or "").partition("\n")[0])
    names = [each.name for each in (*CALIBRATION, *CHECK)]
    parser.add_argument("--backend", action="append", choices=BACKENDS, help="of Keras (default: tensorflow)")
    parser.add_argument("--only", action="append", choices=names, metavar="NAME", help=f"of {', '.join(names)}")
    parser.add_argument("--threads", type=int, help="processor threads (default: all)")
    parser.add_argument("--table", action="store_true", help="measure nothing, show what was measured")
    parser.add_argument("--fit", action="store_true", help="measure nothing, fit the constants to what was measured")
    parser.add_argument("--out", type=Path, default=Path("build/bench/memory.json"), help="where to write the numbers")
    return parser


if __name__ == "__main__":
    sys.exit(main())
