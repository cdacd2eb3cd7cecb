"""Graphics cards, without any backend: from nvidia-smi, else from NVIDIA's driver, else from the PCI bus."""

import csv
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_QUERY = ("name", "compute_cap", "memory.total", "driver_version")
_PCI_VENDORS = {"0x10de": "nvidia", "0x1002": "amd", "0x8086": "intel"}
_PCI_DISPLAY = "0x03"  # class of VGA and 3D controllers
_TIMEOUT = 20.0  # seconds; the first call after start-up loads the driver, which may take ten


@dataclass(frozen=True)
class Card:
    """An NVIDIA card.

    Attributes:
        name: for example "NVIDIA GeForce GTX 960".
        capability: compute capability, (5, 2) for sm_52; None where it cannot be read.
        memory_gib: memory in GiB; None where it cannot be read.
        driver: version of NVIDIA's driver.
        cuda: the newest CUDA that this driver supports.
    """

    name: str
    capability: tuple[int, int] | None = None
    memory_gib: float | None = None
    driver: str | None = None
    cuda: tuple[int, int] | None = None


@dataclass(frozen=True)
class Cards:
    """What was found.

    Attributes:
        nvidia: NVIDIA's cards that a driver offers.
        other: vendors of further graphics: "amd", "intel"; in a virtual machine often none.
        problem: a sentence, when a card seems to be there but cannot be used, or its driver gives no usable answer.
    """

    nvidia: tuple[Card, ...] = ()
    other: tuple[str, ...] = ()
    problem: str | None = None


class _NoAnswerError(Exception):
    """A program that gave no usable answer; the text is a clause that says why."""


def read_cards(root: Path = Path("/"), timeout: float = _TIMEOUT) -> Cards:
    """Return this machine's graphics cards.

    Args:
        root: folder that stands for "/": where /sys is read.
        timeout: seconds that nvidia-smi and the driver may take, each.
    """
    vendors = _pci_vendors(root)
    other = tuple(sorted(vendors - {"nvidia"}))
    problems = []
    for ask in (_ask_nvidia_smi, _ask_driver):
        try:
            cards = ask(timeout)
        except _NoAnswerError as error:
            problems.append(str(error))
            continue
        if cards:
            return Cards(cards, other)
    if problems:
        return Cards((), other, f"No NVIDIA card can be used: {problems[0]}.")
    if "nvidia" in vendors:
        return Cards((), other, "An NVIDIA card is in this machine, but its driver is not installed.")
    return Cards((), other)


def cuda_of_driver(driver: str) -> tuple[int, int] | None:
    """Return the first CUDA of the newest major version that a driver supports, from the driver's version.

    NVIDIA's CUDA compatibility guide: CUDA 11 from 450, 12 from 525, 13 from 580.
    """
    major = re.match(r"\d+", driver)
    floors = ((580, (13, 0)), (525, (12, 0)), (450, (11, 0)))
    return next((cuda for floor, cuda in floors if major and int(major[0]) >= floor), None)


def _ask_nvidia_smi(timeout: float) -> tuple[Card, ...]:
    program = shutil.which("nvidia-smi")
    if program is None:
        return ()
    query = [program, f"--query-gpu={','.join(_QUERY)}", "--format=csv,noheader,nounits"]
    text = _output("nvidia-smi", query, timeout)
    rows = [row for row in csv.reader(text.splitlines(), skipinitialspace=True) if row]
    # The table is for people, but the only place where nvidia-smi says which CUDA the driver supports.
    cuda = _cuda_of_table(_output("nvidia-smi", [program], timeout)) if rows else None
    return tuple(_card_of_row(row, cuda) for row in rows)


def _card_of_row(row: Sequence[str], cuda: tuple[int, int] | None) -> Card:
    if len(row) != len(_QUERY) or not row[0]:
        raise _NoAnswerError(f"nvidia-smi answered what cannot be read ({', '.join(row)[:80]!r})")
    name, capability, memory, driver = (cell.strip() for cell in row)
    known = re.fullmatch(r"(\d+)\.(\d+)", capability)
    version = driver if re.fullmatch(r"\d+(\.\d+)*", driver) else None
    if known is None and version is None:
        raise _NoAnswerError(f"nvidia-smi answered what cannot be read ({', '.join(row)[:80]!r})")
    return Card(
        name=name,
        capability=(int(known[1]), int(known[2])) if known else None,
        memory_gib=round(int(memory) / 1024, 1) if memory.isdigit() else None,  # "[N/A]" where it is the machine's own
        driver=version,
        cuda=cuda or (cuda_of_driver(version) if version else None),
    )


def _cuda_of_table(text: str) -> tuple[int, int] | None:
    found = re.search(r"CUDA[\w ]*Version\s*:\s*(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else None


def _ask_driver(timeout: float) -> tuple[Card, ...]:
    text = _output("NVIDIA's driver", [sys.executable, "-P", "-m", "zscape.core.cuda_driver"], timeout)
    answer = json.loads(text)
    if "error" in answer:
        raise _NoAnswerError(answer["error"])
    cuda = tuple(answer["cuda"]) if answer["cuda"] else None
    return tuple(
        Card(card["name"], tuple(card["capability"]), round(card["memory_mib"] / 1024, 1), None, cuda)
        for card in answer["cards"]
    )


def _output(who: str, command: list[str], timeout: float) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        raise _NoAnswerError(f"{who} did not answer within {timeout:g} seconds") from None
    except OSError as error:
        raise _NoAnswerError(f"{who} cannot be started ({error.strerror})") from None
    if done.returncode != 0:
        lines = f"{done.stdout}\n{done.stderr}".split("\n")
        said = next((line.strip().rstrip(".") for line in lines if line.strip()), "without a word")
        raise _NoAnswerError(f"{who} failed with code {done.returncode} ({said[:160]})")
    return done.stdout


def _pci_vendors(root: Path) -> set[str]:
    vendors = set()
    for device in root.glob("sys/bus/pci/devices/*"):
        try:
            kind, vendor = (device / "class").read_text().strip(), (device / "vendor").read_text().strip()
        except OSError:
            continue
        if kind.startswith(_PCI_DISPLAY) and vendor in _PCI_VENDORS:
            vendors.add(_PCI_VENDORS[vendor])
    return vendors
