"""`zscape doctor`: what this machine has, what zscape would use of it, and what to install."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from zscape.core.backend import BACKENDS, choose_backend
from zscape.core.card_support import Setup, card_text, recommend_setup
from zscape.core.cards import Card, Cards, read_cards
from zscape.core.download import cache_directory
from zscape.core.errors import InputError
from zscape.core.hardware import Machine, read_machine
from zscape.core.install import as_here
from zscape.core.precision import choose_precision
from zscape.core.probe import BackendReport, probe_backend, reinstall_command
from zscape.runs.provenance import zscape_version

TITLES = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}
_ENVIRONMENT = ("KERAS_BACKEND", "CUDA_VISIBLE_DEVICES", "JAX_PLATFORMS", "TF_ENABLE_ONEDNN_OPTS")
_LITTLE_MEMORY_GIB = 4.0


@dataclass(frozen=True)
class Verdict:
    """What it comes to.

    Attributes:
        ready: whether `zscape run` would train here as things are.
        sentence: the verdict.
        install: commands that give this machine what it should have; empty when it has it.
        hints: further sentences worth knowing.
    """

    ready: bool
    sentence: str
    install: tuple[str, ...]
    hints: tuple[str, ...]


@dataclass(frozen=True)
class Examination:
    """All that `zscape doctor` found.

    Attributes:
        zscape: version.
        machine: processor, memory, operating system.
        cache: the cache folder.
        cache_free_gib: free space there.
        cards: graphics cards.
        environment: variables that decide what is used, where they are set.
        backends: one report per backend, in zscape's order.
        choice: the backend zscape would use; None when there is none.
        choice_problem: why there is none.
        precision: what `training.precision: auto` gives with this choice, and why; None without a choice.
        setup: the best that could be installed here.
        verdict: see `Verdict`.
    """

    zscape: str
    machine: Machine
    cache: str
    cache_free_gib: float | None
    cards: Cards
    environment: dict[str, str]
    backends: tuple[BackendReport, ...]
    choice: str | None
    choice_problem: str | None
    precision: tuple[str, str] | None
    setup: Setup
    verdict: Verdict


def doctor(timeout: float = 120.0) -> Examination:
    """Return what this machine has, what zscape would use of it, and what to install.

    Each installed backend is started in a process of its own and computes a convolution, which takes some seconds.

    Args:
        timeout: seconds that a backend may take.
    """
    machine, cards = read_machine(), read_cards()
    backends = tuple(probe_backend(name, timeout) for name in BACKENDS)
    choice, problem = _choice()
    setup = recommend_setup(machine, cards.nvidia)
    verdict = give_verdict(machine, cards, backends, choice, problem, setup)
    folder = cache_directory()
    return Examination(
        zscape=zscape_version(),
        machine=machine,
        cache=str(folder),
        cache_free_gib=_free_gib(folder),
        cards=cards,
        environment={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
        backends=backends,
        choice=choice,
        choice_problem=problem,
        precision=_precision(choice, machine, cards, backends),
        setup=replace(
            setup, install=_here(setup.install), others=tuple((name, _here(install)) for name, install in setup.others)
        ),
        verdict=replace(verdict, install=_here(verdict.install)),
    )


def _here(install: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(as_here, install))


def give_verdict(
    machine: Machine,
    cards: Cards,
    backends: Sequence[BackendReport],
    choice: str | None,
    choice_problem: str | None,
    setup: Setup,
) -> Verdict:
    """Return what it comes to, from records only.

    Args:
        machine: the machine.
        cards: its cards.
        backends: what the probes found.
        choice: the backend zscape would use; None when there is none.
        choice_problem: why there is none, in a sentence.
        setup: the best that could be installed here.
    """
    hints = _hints(machine, cards, setup)
    running = [report for report in backends if report.runs]
    chosen = next((report for report in backends if report.name == choice), None)
    if setup.backend is None and not running:
        return Verdict(False, f"Not ready: {_inner(setup.reason)}", (), hints)
    if not any(report.installed for report in backends):
        title = TITLES[str(setup.backend)]
        sentence = f"Not ready: no backend is installed; {title} is the one for {_place(setup.card)}."
        return Verdict(False, sentence, setup.install, hints)
    if chosen is None:
        return Verdict(False, f"Not ready: {_inner(choice_problem or 'no backend can be chosen.')}", (), hints)
    if not chosen.runs:
        return _broken(chosen, backends, setup, hints)
    title = f"{TITLES[chosen.name]} {chosen.version}"
    if chosen.uses_card:
        return Verdict(True, f"Ready: zscape trains with {title} on {_gpu(chosen)}.", (), hints)
    if setup.card is None:
        return Verdict(True, f"Ready: zscape trains with {title} on {_place(None, chosen)}.", (), hints)
    return _card_is_idle(title, backends, setup, hints)


def _card_is_idle(title: str, backends: Sequence[BackendReport], setup: Setup, hints: tuple[str, ...]) -> Verdict:
    card = card_text(setup.card) if setup.card else ""
    begin = f"Ready, but not at its best: zscape trains with {title} on the processor while the {card} is idle;"
    others = [report for report in backends if report.uses_card]
    if others:
        name = others[0].name
        return Verdict(True, f"{begin} {TITLES[name]} can use it: set KERAS_BACKEND={name}.", (), hints)
    sentence = f"{begin} {TITLES[str(setup.backend)]} for CUDA would use it."
    return Verdict(True, sentence, (*_removal(setup, backends), *setup.install), hints)


def _removal(setup: Setup, backends: Sequence[BackendReport]) -> tuple[str, ...]:
    """Return the command that makes room for another build: pip takes an installed one for good enough.

    JAX needs none: its CUDA part is a package of its own.
    """
    found = next((report.distribution for report in backends if report.name == setup.backend), None)
    return (f"pip uninstall -y {found}",) if found and setup.backend != "jax" else ()


def _broken(chosen: BackendReport, backends: Sequence[BackendReport], setup: Setup, hints: tuple[str, ...]) -> Verdict:
    sentence = f"Not ready: {_inner(chosen.problem or 'the backend does not start.')}"
    running = [report.name for report in backends if report.runs]
    if running:
        hints = (f"{TITLES[running[0]]} runs here: KERAS_BACKEND={running[0]} chooses it.", *hints)
    if any(device.kind == "gpu" for device in chosen.devices):  # it starts, but its build does not serve the card
        install = (*_removal(setup, backends), *setup.install) if setup.card else ()
    else:
        install = (reinstall_command(chosen.name),)
    return Verdict(False, sentence, install, hints)


def _hints(machine: Machine, cards: Cards, setup: Setup) -> tuple[str, ...]:
    hints = [] if cards.problem is None else [cards.problem]
    if cards.nvidia and setup.card is None:
        hints.append(setup.reason)
    if len(cards.nvidia) > 1:
        hints.append("zscape trains on one card, the first one the backend sees; CUDA_VISIBLE_DEVICES=N chooses it.")
    if machine.system == "Windows":
        hints.append("zscape is tested on Linux; on Windows, TensorFlow and JAX use a card only inside of WSL2.")
    if machine.system == "Darwin" and setup.backend is not None:
        hints.append("Of the backends only PyTorch computes on an Apple GPU; zscape is not tested on it.")
    if "amd" in cards.other and not cards.nvidia:
        hints.append("AMD graphics are not used: zscape is not tested on ROCm, for which JAX and PyTorch have builds.")
    card = setup.card
    for what, size in (("machine", machine.memory_gib), ("card", card.memory_gib if card else None)):
        if size is not None and size < _LITTLE_MEMORY_GIB:
            hints.append(
                f"The {what} has {size:g} GiB of memory: `zscape plan RECIPE` says what a recipe needs; "
                "a smaller training.batch_size needs less."
            )
    return tuple(hints)


def _choice() -> tuple[str | None, str | None]:
    try:
        return choose_backend("auto"), None
    except InputError as error:
        return None, str(error)


def _precision(
    choice: str | None, machine: Machine, cards: Cards, backends: Sequence[BackendReport]
) -> tuple[str, str] | None:
    chosen = next((report for report in backends if report.name == choice), None)
    if chosen is None or not chosen.runs:
        return None
    return choose_precision("auto", chosen.name, machine, _used_card(chosen, cards))


def _used_card(report: BackendReport, cards: Cards) -> Card | None:
    """Return the card that a backend trains on: the first it sees, with what is known about it otherwise."""
    seen = next((device for device in report.devices if device.kind == "gpu"), None)
    if not report.runs or seen is None:
        return None
    same = [card for card in cards.nvidia if card.name == seen.name]
    known = same[0] if same else Card(seen.name or "card")
    return replace(known, capability=seen.capability or known.capability)


def _gpu(report: BackendReport) -> str:
    seen = next(device for device in report.devices if device.kind == "gpu")
    return f"the {card_text(Card(seen.name, seen.capability))}" if seen.name else "the graphics card"


def _place(card: Card | None, report: BackendReport | None = None) -> str:
    if card is not None:
        return f"the {card_text(card)}"
    if report is not None and any(device.kind == "mps" for device in report.devices):
        return "the Apple GPU"
    return "the processor"


def _inner(sentence: str) -> str:
    """Return a sentence as it goes on after a colon."""
    first = sentence.split(" ", 1)[0]
    return sentence if first.isupper() or first in TITLES.values() else sentence[:1].lower() + sentence[1:]


def _free_gib(folder: Path) -> float | None:
    existing = next((parent for parent in (folder, *folder.parents) if parent.exists()), None)
    try:
        return None if existing is None else round(shutil.disk_usage(existing).free / 2**30, 1)
    except OSError:
        return None
