"""The machine zscape runs on: processor, memory, operating system. Read, never guessed: what cannot be read is None."""

import math
import os
import platform
import subprocess
from dataclasses import dataclass
from pathlib import Path

# What matters for the speed of training: TensorFlow and JAX need AVX, oneDNN uses the others.
FEATURES = ("avx", "avx2", "fma", "avx512f", "avx512_bf16", "amx_bf16")
_ROOT = Path("/")


@dataclass(frozen=True)
class Processor:
    """A processor.

    Attributes:
        model: its name, "unknown" where the system does not tell.
        architecture: "x86_64", "aarch64", "arm64", "AMD64" and so on, as Python names it.
        cores: how many this process may use: fewer than there are in a container with a limit.
        features: which of `FEATURES` it has; None where they cannot be read.
    """

    model: str
    architecture: str
    cores: int
    features: tuple[str, ...] | None


@dataclass(frozen=True)
class Machine:
    """A machine without its graphics cards (`core.cards` reads those).

    Attributes:
        system: "Linux", "Darwin" or "Windows".
        release: the system's own name and version, for people.
        wsl: whether it is Linux inside of Windows.
        python: version.
        processor: see `Processor`.
        memory_gib: memory this process may use; less than there is in a container with a limit.
        memory_available_gib: what is free or can be freed now.
    """

    system: str
    release: str
    wsl: bool
    python: str
    processor: Processor
    memory_gib: float | None
    memory_available_gib: float | None


def read_machine(root: Path = _ROOT) -> Machine:
    """Return this machine.

    Args:
        root: folder that stands for "/": where /proc, /sys and /etc are read.
    """
    total, available = _memory(root)
    kernel = platform.release()
    return Machine(
        system=platform.system(),
        release=_release(root),
        wsl="microsoft" in kernel.lower(),
        python=platform.python_version(),
        processor=read_processor(root),
        memory_gib=total,
        memory_available_gib=available,
    )


def read_processor(root: Path = _ROOT) -> Processor:
    """Return this machine's processor; `root` as in `read_machine`."""
    facts = _cpuinfo(root)
    model = facts.get("model name") or _sysctl("machdep.cpu.brand_string") or platform.processor() or "unknown"
    flags = facts.get("flags")
    return Processor(
        model=model,
        architecture=platform.machine(),
        cores=_cores(root),
        features=None if flags is None else tuple(name for name in FEATURES if name in flags.split()),
    )


def _cpuinfo(root: Path) -> dict[str, str]:
    """Return the first processor's lines of /proc/cpuinfo, by name."""
    text = _read(root / "proc/cpuinfo")
    lines = (line.partition(":") for line in text.split("\n\n")[0].splitlines())
    return {name.strip(): value.strip() for name, _, value in lines}


def _cores(root: Path) -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
    quota, _, period = _read(root / "sys/fs/cgroup/cpu.max").partition(" ")  # a container's limit: time per period
    if quota.isdigit() and period.strip().isdigit():
        cores = min(cores, max(1, math.ceil(int(quota) / int(period))))
    return cores


def _memory(root: Path) -> tuple[float | None, float | None]:
    """Return memory in GiB: in all, available now."""
    lines = (line.partition(":") for line in _read(root / "proc/meminfo").splitlines())
    kib = {name: int(value.split()[0]) for name, _, value in lines if value.split()[:1] and value.split()[0].isdigit()}
    total, available = kib.get("MemTotal"), kib.get("MemAvailable")
    if total is None:
        size = _sysctl("hw.memsize")
        return (_gib(int(size)) if size.isdigit() else None), None
    total, available = total * 1024, None if available is None else available * 1024
    limit = _read(root / "sys/fs/cgroup/memory.max").strip()  # "max" where there is none
    if limit.isdigit() and int(limit) < total:
        total = int(limit)
        used = _read(root / "sys/fs/cgroup/memory.current").strip()
        left = total - int(used) if used.isdigit() else total
        available = left if available is None else min(available, left)
    return _gib(total), None if available is None else _gib(available)


def _gib(size: int) -> float:
    return round(size / 2**30, 1)


def _release(root: Path) -> str:
    if platform.system() == "Darwin":
        return f"macOS {platform.mac_ver()[0]}"
    lines = (line.partition("=") for line in _read(root / "etc/os-release").splitlines())
    name = {key: value.strip('"') for key, _, value in lines}.get("PRETTY_NAME")
    return name or f"{platform.system()} {platform.release()}".strip()


def _sysctl(name: str) -> str:
    """Return a value of macOS' system control, "" elsewhere."""
    if platform.system() != "Darwin":
        return ""
    try:
        done = subprocess.run(["sysctl", "-n", name], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
