"""The most memory that this process has had so far: resident in the machine, and on a graphics card."""

import importlib
import sys
from dataclasses import dataclass
from pathlib import Path

_STATUS = Path("/proc/self/status")


@dataclass(frozen=True)
class PeakMemory:
    """Peaks since the process began, in bytes; None where the system or the backend does not tell.

    Attributes:
        resident: of the process in the machine's memory; on Linux without pages of mapped files, of programs as of
            images, which the system takes back when others need the room.
        card: on the graphics card, as the backend counts what it uses itself; None without a card.
    """

    resident: int | None
    card: int | None

    @property
    def shown(self) -> int | None:
        """What limits a training: the card's peak where there is one."""
        return self.resident if self.card is None else self.card


def peak_memory(backend: str | None = None) -> PeakMemory:
    """Return the peaks so far.

    Args:
        backend: "tensorflow", "jax" or "torch", one that is running already; None asks no card.
    """
    return PeakMemory(peak_resident(), None if backend is None else peak_on_card(backend))


def peak_resident(status: Path = _STATUS) -> int | None:
    """Return the greatest resident size of this process, in bytes; on Linux without pages of mapped files.

    Linux keeps the peak of everything (VmHWM; `ru_maxrss` would begin with what the process had that started this one),
    but not of what is no file's page. Such pages only become more while images are read, so what they are now is at
    least what they were at the peak: the difference is never too much.

    Args:
        status: the file that Linux tells it in.
    """
    try:
        lines = status.read_text(encoding="utf-8").splitlines()
    except OSError:
        return _maxrss()
    kib = {line.split()[0]: int(line.split()[1]) for line in lines if line.startswith(("VmHWM:", "Rss"))}
    if "VmHWM:" not in kib:
        return _maxrss()
    return 1024 * max(kib["VmHWM:"] - kib.get("RssFile:", 0), kib.get("RssAnon:", 0))


def peak_on_card(backend: str) -> int | None:
    """Return the most memory of the first graphics card that the backend has used, in bytes; None without a card.

    Args:
        backend: one that is running already; nothing is imported that is not there.
    """
    module = sys.modules.get(backend)
    if module is None:
        return None
    if backend == "tensorflow":
        cards = module.config.list_logical_devices("GPU")
        return int(module.config.experimental.get_memory_info("GPU:0")["peak"]) if cards else None
    if backend == "torch":
        return int(module.cuda.max_memory_allocated()) if module.cuda.is_available() else None
    device = module.devices()[0]
    found = (device.memory_stats() or {}).get("peak_bytes_in_use") if device.platform != "cpu" else None
    return None if found is None else int(found)


def sized(count: int) -> str:
    """Return a number of bytes for people: "640 MiB", "1.2 GiB"."""
    mib = count / 2**20
    return f"{mib:.0f} MiB" if mib < 999.5 else f"{mib / 1024:.1f} GiB"


def _maxrss() -> int | None:
    try:
        resource = importlib.import_module("resource")
    except ImportError:  # Windows
        return None
    size = int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    return size if sys.platform == "darwin" else size * 1024
