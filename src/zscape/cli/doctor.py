"""`zscape doctor`."""

import sys
from collections.abc import Mapping, Sequence

import typer

from zscape.cli.arguments import JsonOption
from zscape.cli.output import print_json, print_table
from zscape.core.backend_devices import Device
from zscape.core.cards import Card
from zscape.core.hardware import FEATURES, Machine
from zscape.core.probe import BackendReport


def doctor(json: JsonOption = False) -> None:
    """Show what this machine has, what zscape would use of it, and what to install; exit code 1 if it cannot train."""
    from zscape.workflow.doctor import doctor as examine

    print("Starting each installed backend; this takes some seconds.", file=sys.stderr, flush=True)
    found = examine()
    if json:
        print_json(found)
    else:
        rows = [
            ("zscape", found.zscape),
            *_machine_rows(found.machine),
            ("cache", f"{_gib(found.cache_free_gib)} free in {found.cache}"),
            *_card_rows(found.cards.nvidia, found.cards.other),
            *_environment_rows(found.environment),
            *(row for report in found.backends for row in _backend_rows(report)),
            ("choice", f"{found.choice} (KERAS_BACKEND or training.backend change it)" if found.choice else "none"),
        ]
        if found.precision:
            rows.append(("precision", f"auto gives {found.precision[1]}"))
        print_table(rows)
        print(f"\n{found.verdict.sentence}")
        for hint in found.verdict.hints:
            print(hint)
        if found.verdict.install:
            print("\nTo install:")
            for command in found.verdict.install:
                print(f"  {command}")
    if not found.verdict.ready:
        raise typer.Exit(1)


def _machine_rows(machine: Machine) -> list[tuple[str, str]]:
    processor = machine.processor
    features = processor.features
    if features is None:
        known = "instructions not known"
    else:
        missing = [name for name in FEATURES if name not in features]
        known = f"{', '.join(features) or 'none of the instructions that matter'}"
        known += f" (not: {', '.join(missing)})" if features and missing else ""
    available = "" if machine.memory_available_gib is None else f", {_gib(machine.memory_available_gib)} available"
    return [
        ("system", f"{machine.release}{' in WSL2' if machine.wsl else ''}, Python {machine.python}"),
        ("processor", f"{processor.model} ({processor.architecture}), {_cores(processor.cores)}"),
        ("", known),
        ("memory", f"{_gib(machine.memory_gib)}{available}"),
    ]


def _card_rows(cards: Sequence[Card], other: Sequence[str]) -> list[tuple[str, str]]:
    rows = []
    for card in cards:
        facts = [
            f"compute capability {_dotted(card.capability)}",
            f"memory {_gib(card.memory_gib)}",
            f"driver {card.driver or 'not known'}" + (f" (CUDA {_dotted(card.cuda)})" if card.cuda else ""),
        ]
        rows.append(("card", f"{card.name}, {', '.join(facts)}"))
    none = "no NVIDIA card" + (f"; other graphics: {', '.join(map(str.upper, other))}" if other else "")
    return rows or [("card", none)]


def _environment_rows(environment: Mapping[str, str]) -> list[tuple[str, str]]:
    texts = [f"{name}={value}" for name, value in environment.items()]
    return [("variables", " ".join(texts))] if texts else []


def _backend_rows(report: BackendReport) -> list[tuple[str, str]]:
    if not report.installed:
        return [(report.name, "not installed")]
    version = f"{report.version or 'version not known'}"
    build = f"for CUDA {report.cuda}" if report.cuda else "without CUDA"
    if not report.runs:
        return [(report.name, f"{version}, does not start; see below" if report.problem else version)]
    sees = ", ".join(_device(device) for device in report.devices) or "no device"
    return [(report.name, f"{version} {build}, runs on {sees} ({report.seconds:g} s)")]


def _device(device: Device) -> str:
    known = {"cpu": "the processor", "mps": "the Apple GPU"}
    return known.get(device.kind, device.name or device.kind)


def _dotted(numbers: tuple[int, int] | None) -> str:
    return "not known" if numbers is None else f"{numbers[0]}.{numbers[1]}"


def _gib(size: float | None) -> str:
    return "not known" if size is None else f"{size:g} GiB"


def _cores(number: int) -> str:
    return f"{number} core{'' if number == 1 else 's'}"
