"""Whether an installed backend runs here, found out in a process of its own: a broken one harms nobody."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata

from zscape.core.backend_devices import MARK, Device, error_clause

# Names under which a backend is installed; the first one found counts.
_DISTRIBUTIONS = {
    "tensorflow": ("tensorflow-cpu", "tensorflow", "tensorflow-cpu-aws", "tf-nightly"),
    "jax": ("jax",),
    "torch": ("torch",),
}
_TIMEOUT = 120.0  # seconds; a first import from a slow disk takes half a minute
# A probe takes no more of a card's memory than it needs, so that it works beside a training.
_ENVIRONMENT = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
}


@dataclass(frozen=True)
class BackendReport:
    """A backend on this machine.

    Attributes:
        name: "tensorflow", "jax" or "torch".
        installed: whether Python finds it.
        version: its version.
        distribution: the name pip knows it by, e.g. "tensorflow-cpu".
        runs: whether it could be imported and computed a convolution.
        problem: a sentence, when it is installed but does not run.
        cuda: the version of CUDA its build is made for; None for a build without.
        devices: the devices it sees.
        seconds: how long starting it and the convolution took.
    """

    name: str
    installed: bool = False
    version: str | None = None
    distribution: str | None = None
    runs: bool = False
    problem: str | None = None
    cuda: str | None = None
    devices: tuple[Device, ...] = ()
    seconds: float | None = None

    @property
    def uses_card(self) -> bool:
        """Whether it runs, and on an NVIDIA card."""
        return self.runs and any(device.kind == "gpu" for device in self.devices)


def probe_backend(name: str, timeout: float = _TIMEOUT) -> BackendReport:
    """Return whether a backend is installed and runs.

    Args:
        name: "tensorflow", "jax" or "torch".
        timeout: seconds after which it counts as broken.
    """
    if importlib.util.find_spec(name) is None:
        return BackendReport(name)
    distribution = _distribution(name)
    began = time.perf_counter()
    answer = _ask(name, timeout)
    reason = answer.get("error")
    devices = tuple(_device(device) for device in answer.get("devices", ()))
    return BackendReport(
        name=name,
        installed=True,
        version=answer.get("version") or (_version(distribution) if distribution else None),
        distribution=distribution,
        runs=reason is None,
        problem=_problem(name, reason, devices) if reason else None,
        cuda=answer.get("cuda"),
        devices=devices,
        seconds=round(time.perf_counter() - began, 1),
    )


def broken_backend(name: str, reason: str | BaseException) -> str:
    """Return the sentence for a backend that is installed but does not start: what happened, and what to do.

    Args:
        name: the backend.
        reason: the exception, or a clause.
    """
    clause = error_clause(reason) if isinstance(reason, BaseException) else reason
    return (
        f"The backend {name!r} is installed but does not start here ({clause}): reinstall it with "
        f"{reinstall_command(name)}, or choose another one with KERAS_BACKEND."
    )


def reinstall_command(name: str) -> str:
    """Return the command that installs a backend again, under the name pip knows it by."""
    return f"pip install --force-reinstall {_distribution(name) or name}"


def _problem(name: str, reason: str, devices: Sequence[Device]) -> str:
    card = next((device for device in devices if device.kind == "gpu"), None)
    if card is None:
        return broken_backend(name, reason)
    return (
        f"The backend {name!r} sees the {card.name or 'graphics card'} but does not compute on it ({reason}): install "
        "a build that serves this card, or set CUDA_VISIBLE_DEVICES=-1 to use the processor."
    )


def _ask(name: str, timeout: float) -> dict:
    command = [sys.executable, "-P", "-m", "zscape.core.backend_devices", name]
    environment = {**os.environ, **_ENVIRONMENT}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=timeout, env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        return {"error": f"it did not answer within {timeout:g} seconds"}
    lines = [line for line in done.stdout.splitlines() if line.startswith(MARK)]
    if lines:
        return json.loads(lines[-1].removeprefix(MARK))
    if done.returncode < 0:
        return {"error": f"its process was ended by {_signal_name(-done.returncode)}"}
    said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    return {"error": f"its process ended with code {done.returncode}{': ' + said[-1][:160] if said else ''}"}


def _signal_name(number: int) -> str:
    known = {"SIGILL": "it uses instructions that this processor lacks", "SIGKILL": "the memory was probably used up"}
    try:
        name = signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
    return f"{name}: {known[name]}" if name in known else name


def _device(plain: dict) -> Device:
    capability = plain["capability"]
    return Device(plain["kind"], plain["name"], tuple(capability) if capability else None)


def _distribution(name: str) -> str | None:
    return next((known for known in _DISTRIBUTIONS[name] if _version(known)), None)


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None
