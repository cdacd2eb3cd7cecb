"""A run trained on one backend is the same model on the others: codes, images and losses to 1e-5."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from zscape.core.backend import BACKENDS

SCRIPT = Path(__file__).with_name("across.py")
INSTALLED = [name for name in BACKENDS if importlib.util.find_spec(name) is not None]


def on(backend: str, *arguments: object) -> None:
    environment = {**os.environ, "KERAS_BACKEND": backend}
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, f"{backend}: {done.stderr[-3000:]}"


@pytest.mark.skipif(
    os.environ.get("KERAS_BACKEND", "tensorflow") != "tensorflow", reason="starts all backends itself; once is enough"
)
def test_every_backend_uses_the_runs_of_all(tmp_path):
    assert list(BACKENDS) == INSTALLED or not os.environ.get("CI"), "CI compares all three"
    runs = [tmp_path / name for name in INSTALLED]
    for backend, run in zip(INSTALLED, runs, strict=True):
        on(backend, "train", run)
        assert json.loads((run / "provenance.json").read_text())["backend"] == backend
    for backend in INSTALLED:
        on(backend, "use", tmp_path / f"{backend}.npz", *runs)
    found = {backend: dict(np.load(tmp_path / f"{backend}.npz")) for backend in INSTALLED}
    reference = found[INSTALLED[0]]
    assert len(reference) == 4 * len(INSTALLED)
    worst = 0.0
    for backend, arrays in found.items():
        assert set(arrays) == set(reference)
        for name, values in arrays.items():
            difference = np.abs(values - reference[name]).max() / max(1.0, np.abs(reference[name]).max())
            assert difference < 1e-5, f"{name} on {backend} differs by {difference:.2g}"
            worst = max(worst, difference)
    print(f"largest difference between backends: {worst:.2g}")
    # Each backend draws its own initial weights and noise: equal runs would mean that one was used for all.
    codes = [reference[f"{name}/mu"] for name in INSTALLED]
    assert all(np.abs(one - codes[0]).max() > 1e-2 for one in codes[1:])
