"""Where a run's numbers come from: software, machine, data, times."""

import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from zscape.core.hardware import read_machine

_PACKAGES = ("keras", "tensorflow-cpu", "tensorflow", "jax", "torch", "numpy", "scikit-learn", "scipy")


@dataclass(frozen=True)
class Provenance:
    """provenance.json.

    Attributes:
        zscape: version.
        git: commit of zscape's sources, with "+changes" where they were changed; None for an installed package.
        backend: Keras' backend that trained.
        precision: Keras' dtype policy in training; after it, everything is float32.
        seed: the run's seed.
        data: source, origin, number of images per split and checksum.
        packages: versions of the libraries in use.
        python: version.
        hardware: processor, cores, memory in GiB.
        threads: processor threads allowed; None for all.
        started: when training began, UTC.
        seconds: by stage: prepare, train, and so on.
        best_epoch: epoch of the best `training.early_stopping.quantity`; None until training has ended.
        kept_epoch: epoch whose networks are kept; None until training has ended.
        peak_memory_mib: most memory of the process that ended the training, in MiB: "resident" in the machine, "card"
            on a graphics card, None where there is none; None until training has ended.
    """

    zscape: str
    git: str | None
    backend: str
    precision: str
    seed: int
    data: dict[str, Any]
    packages: dict[str, str]
    python: str
    hardware: dict[str, Any]
    threads: int | None
    started: str
    seconds: dict[str, float]
    best_epoch: int | None = None
    kept_epoch: int | None = None
    peak_memory_mib: dict[str, float | None] | None = None


def collect_provenance(
    backend: str, precision: str, seed: int, threads: int | None, data: dict[str, Any], seconds: dict[str, float]
) -> Provenance:
    """Return the provenance of a run that starts now."""
    return Provenance(
        zscape=zscape_version(),
        git=_git_commit(),
        backend=backend,
        precision=precision,
        seed=seed,
        data=data,
        packages={name: version for name in _PACKAGES if (version := _version(name))},
        python=platform.python_version(),
        hardware=_hardware(),
        threads=threads,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=seconds,
    )


def zscape_version() -> str:
    """Return the version of the installed package."""
    return _version("zscape") or "unknown"


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _git_commit() -> str | None:
    here = Path(__file__).resolve().parent
    try:
        tracked = _git(here, "ls-files", "--error-unmatch", Path(__file__).name)
        if tracked is None:
            return None
        commit = _git(here, "rev-parse", "HEAD")
        changes = _git(here, "status", "--porcelain", "--untracked-files=no", ".")
    except (OSError, subprocess.SubprocessError):
        return None
    return f"{commit}{'+changes' if changes else ''}" if commit else None


def _git(folder: Path, *arguments: str) -> str | None:
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def _hardware() -> dict[str, Any]:
    machine = read_machine()
    processor = machine.processor
    return {
        "machine": processor.architecture,
        "processor": processor.model,
        "cores": processor.cores,
        "memory_gib": machine.memory_gib,
    }
