"""Kill a training at random moments, go on, and compare the bytes with a training that was left alone.

    python -m benchmarks.kill_training --backend tensorflow --kills 20

Every kill is a `kill -9` of a `zscape train`, at a moment drawn over the time that its training takes: within a step,
within validation, while a checkpoint is written, while the networks are saved. Three of four come after the process has
written a checkpoint, so that what a killed one goes on from was killed before. At the end the command is given once
more, to the finished run, which must not touch a file. The exit code is 0 when all is equal.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from zscape.core.seeds import generator
from zscape.training.checkpoint_files import read_checkpoint

SETTINGS = (
    *("data.limit=600", "model.filters=[4,6]", "model.strides=[1,2]", "model.z_dim=3"),
    *("model.batch_norm=true", "model.dropout=0.2", "objective.schedule.kind=linear", "objective.schedule.epochs=2"),
    *("training.batch_size=8", "training.checkpoint_every=1", "training.accumulate=3"),
    *("training.schedule.kind=cosine", "training.schedule.warm_up.steps=100"),
)
_PIPES: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
_TIMES = ("seconds", "images_per_second")


def main() -> int:
    """Run the comparison; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backend", choices=("tensorflow", "jax", "torch"), default="tensorflow")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1, help="of the moments")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zscape-kill-") as name:
        folder = Path(name)
        command = [sys.executable, "-m", "zscape", "train", "digits", *SETTINGS, f"training.epochs={options.epochs}"]
        environment = {**os.environ, "KERAS_BACKEND": options.backend}
        seconds = _whole(command, folder / "alone", environment)
        print(f"alone: {seconds:.1f} s of training", flush=True)
        draw = generator(options.seed, "kills")
        kills, problems, number = 0, [], 0
        while kills < options.kills:  # a training may end before it has been killed often enough: then another
            number += 1
            out = folder / f"killed-{number}"
            kills = _with_kills(command, out, environment, seconds, kills, options.kills, draw)
            problems += _differences(folder / "alone", out)
        problems += _touched(command, folder / "alone", environment)
    verdict = "; ".join(problems) or "every byte equal, and a finished run untouched"
    print(f"{options.backend}: {kills} kills in {number} trainings: {verdict}")
    return 1 if problems else 0


def _whole(command: list[str], out: Path, environment: dict[str, str]) -> float:
    with subprocess.Popen([*command, "--out", str(out)], env=environment, **_PIPES) as process:
        began = _wait_for_training(process)
        process.communicate()
    if process.returncode:
        raise SystemExit(f"the training that was left alone ended with {process.returncode}")
    return time.monotonic() - began


def _with_kills(
    command: list[str],
    out: Path,
    environment: dict[str, str],
    seconds: float,
    killed: int,
    kills: int,
    draw: np.random.Generator,
) -> int:
    """Give the command until it ends by itself, killing the processes before; return how many are killed in all."""
    while True:
        command_here = [*command, "--out", str(out)]
        with subprocess.Popen(command_here, env=environment, **_PIPES) as process:
            _wait_for_training(process)
            if killed % 4:  # the others may come while the step is traced and compiled, which takes seconds
                _wait_for_step(process, out)
            # Not over the whole time, or the first few kills would see the end of the training.
            delay = draw.uniform(0, 2.0 * seconds / kills) if killed < kills else None
            try:
                process.communicate(timeout=delay)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                killed += 1
                print(f"kill {killed} after {delay:.2f} s: {_standing(out)}", flush=True)
                continue
        if process.returncode:
            raise SystemExit(f"the command ended with {process.returncode} after {killed} kills")
        return killed


def _wait_for_training(process: subprocess.Popen[str]) -> float:
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith(("Training on", "loss ")):
            break
        if "trained already" in line:
            break
    return time.monotonic()


def _wait_for_step(process: subprocess.Popen[str], out: Path) -> None:
    """Return when the process has written a checkpoint, or has ended."""
    before = _standing(out)
    while process.poll() is None and _standing(out) == before:
        time.sleep(0.02)


def _standing(out: Path) -> str:
    last = out / "checkpoints" / "last.safetensors"
    if not last.is_file():
        return "no checkpoint yet"
    checkpoint = read_checkpoint(last)
    return f"step {checkpoint.step}, epoch {checkpoint.epoch}"


def _differences(one: Path, other: Path) -> list[str]:
    problems = [
        name
        for name in ("encoder/weights.safetensors", "decoder/weights.safetensors")
        if (one / name).read_bytes() != (other / name).read_bytes()
    ]
    mine, theirs = (read_checkpoint(path / "checkpoints" / "last.safetensors") for path in (one, other))
    problems += [name for name in mine.arrays if mine.arrays[name].tobytes() != theirs.arrays[name].tobytes()]
    problems += [reader.__name__ for reader in (_history, _table) if reader(one) != reader(other)]
    return problems


def _touched(command: list[str], out: Path, environment: dict[str, str]) -> list[str]:
    """Give the command to a finished run; return the files that it changed, by bytes or time."""
    before = _files(out)
    done = subprocess.run([*command, "--out", str(out)], env=environment, capture_output=True, check=False)
    after = _files(out)
    changed = [f"touched {name}" for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    return changed if done.returncode == 0 else [f"exit code {done.returncode} for a finished run", *changed]


def _files(out: Path) -> dict[str, tuple[bytes, int]]:
    files = (path for path in out.rglob("*") if path.is_file())
    return {str(path.relative_to(out)): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def _history(out: Path) -> list[dict[str, object]]:
    records = [json.loads(line) for line in (out / "history.jsonl").read_text(encoding="utf-8").splitlines()]
    return [{name: value for name, value in record.items() if name not in _TIMES} for record in records]


def _table(out: Path) -> list[dict[str, str]]:
    with (out / "history.csv").open(encoding="utf-8", newline="") as file:
        return [{name: row[name] for name in row if name not in _TIMES} for row in csv.DictReader(file)]


if __name__ == "__main__":
    sys.exit(main())
