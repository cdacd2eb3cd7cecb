"""`training.device` and `training.memory_limit`: which device a backend computes on, and how much of a card it takes.

Most of it must be in the environment before the backend is imported; the rest is said to the backend before its first
operation. Without a limit memory of a card grows as it is needed: by themselves TensorFlow takes all of it and JAX
three quarters, whatever the network.
"""

import os
import re
import sys
from dataclasses import dataclass
from typing import Any

from zscape.core.backend_devices import Device, list_devices
from zscape.core.cards import Card, read_cards
from zscape.core.errors import InputError

DEVICE = re.compile(r"auto|cpu|gpu(?::(\d{1,3}))?", re.ASCII)
"""What `training.device` can be."""

_VISIBLE = "CUDA_VISIBLE_DEVICES"
_JAX_SHARE = "XLA_CLIENT_MEM_FRACTION"
_MIB = 2**20


@dataclass(frozen=True)
class DeviceChoice:
    """What a process asks of its devices.

    Attributes:
        device: "auto", the backend's first choice; "cpu"; "gpu", the first card; "gpu:1", the second, and so on.
        memory_limit: most bytes to take of a card; None takes what is needed.
    """

    device: str = "auto"
    memory_limit: int | None = None

    @property
    def number(self) -> int | None:
        """The N of "gpu:N"; None for all others."""
        match = DEVICE.fullmatch(self.device)
        return int(match[1]) if match and match[1] else None


def devices_for_use(trained_with: DeviceChoice) -> DeviceChoice:
    """Return what to ask for where a trained model is only used, which any device can do.

    Args:
        trained_with: what its recipe asks for. A card that was to be left alone still is; another device is no
            condition, and nor is anything once Keras runs.
    """
    if "keras" in sys.modules:
        return DeviceChoice()
    return DeviceChoice("cpu" if trained_with.device == "cpu" else "auto", trained_with.memory_limit)


def set_environment(backend: str, choice: DeviceChoice) -> None:
    """Set the environment that the backend reads when it is imported.

    What the user has set himself stays, but where the choice says otherwise.

    Args:
        backend: "tensorflow", "jax" or "torch", not imported yet.
        choice: device and limit.

    Raises:
        InputError: when `gpu:N` asks for more cards than CUDA_VISIBLE_DEVICES leaves.
    """
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    if choice.device == "cpu":
        _hide_cards(backend)
        return
    if choice.number is not None:
        os.environ[_VISIBLE] = _visible(choice.number)
        os.environ.setdefault("CUDA_DEVICE_ORDER", "PCI_BUS_ID")  # nvidia-smi's order; CUDA's own is by speed
    if backend == "jax" and choice.memory_limit is not None:
        _limit_jax(choice.memory_limit)


def apply_limit(backend: str, module: Any, choice: DeviceChoice) -> None:
    """Tell a backend its limit, between its import and its first operation; without a card this does nothing.

    Args:
        backend: "tensorflow", "jax" or "torch".
        module: the backend.
        choice: device and limit.
    """
    limit = choice.memory_limit
    if limit is None:
        return
    if backend == "tensorflow":
        for card in module.config.list_physical_devices("GPU"):
            whole = module.config.LogicalDeviceConfiguration(memory_limit=max(1, limit // _MIB))
            module.config.set_logical_device_configuration(card, [whole])
    elif backend == "torch" and module.cuda.is_available():
        for number in range(module.cuda.device_count()):
            total = module.cuda.get_device_properties(number).total_memory
            module.cuda.set_per_process_memory_fraction(min(1.0, limit / total), number)


def check_started(backend: str, choice: DeviceChoice) -> None:
    """Look whether a backend that zscape has just started sees the device asked for.

    Raises:
        InputError: when it does not; the sentence says what is there.
    """
    if choice.device.startswith("gpu") and not _cards_seen(backend):
        raise InputError(_no_card(backend, choice))


def check_running(backend: str, choice: DeviceChoice, started_with: DeviceChoice | None) -> None:
    """Look whether a backend that runs in this process since before computes where it should.

    Args:
        backend: its name.
        choice: what is asked for.
        started_with: what zscape started it with; None where it did not.

    Raises:
        InputError: when it does not: neither can be changed any more.
    """
    if choice in (DeviceChoice(), started_with):
        return
    before = started_with or DeviceChoice()
    check_started(backend, choice)
    cards = _cards_seen(backend)
    another = choice.number is not None and choice.device != before.device
    if cards and (choice.device == "cpu" or another):
        where = cards[0].name or "a graphics card"
        raise InputError(
            f"training.device is {choice.device}, but {backend} already computes on {where} in this process and cannot "
            "change: start a new process, or leave training.device at auto."
        )
    if cards and choice.memory_limit not in (None, before.memory_limit):
        raise InputError(
            f"training.memory_limit cannot change any more, because {backend} already computes on a graphics card in "
            "this process: start a new process, or leave it out."
        )


def limit_note(backend: str, choice: DeviceChoice) -> str | None:
    """Return a sentence where a memory limit has no effect; None where it has one, or there is no limit.

    Args:
        backend: its name; it runs already.
        choice: what it was started with.
    """
    if choice.memory_limit is None:
        return None
    if not _cards_seen(backend):
        return (
            "training.memory_limit has no effect: it is about a graphics card's memory, and "
            f"{backend} computes on the processor here."
        )
    if backend == "jax" and _JAX_SHARE not in os.environ:
        return "training.memory_limit has no effect: JAX takes a share of the card, whose size could not be read."
    return None


def _hide_cards(backend: str) -> None:
    if backend == "jax":
        os.environ["JAX_PLATFORMS"] = "cpu"
        return
    os.environ[_VISIBLE] = "-1"  # so the card is not even woken
    if backend == "torch":
        os.environ["KERAS_TORCH_DEVICE"] = "cpu"  # Keras takes an Apple GPU otherwise


def _visible(number: int) -> str:
    """Return which card is number N: of those that CUDA_VISIBLE_DEVICES leaves, where it is set."""
    given = os.environ.get(_VISIBLE, "").strip()
    if not given:
        return str(number)
    left = [name.strip() for name in given.split(",")]
    if number >= len(left) or left[number].startswith("-"):
        raise InputError(
            f"training.device is gpu:{number}, but {_VISIBLE}={given} leaves no card of that number, counted from 0: "
            "take a smaller number, or change that variable."
        )
    return left[number]


def _limit_jax(limit: int) -> None:
    """JAX takes a share of the card, and before it is imported: what the card has must come from elsewhere."""
    total = _total_memory(read_cards().nvidia)
    if total is None:
        return  # no card, or none that says its size: `limit_note` tells of both
    os.environ.pop("XLA_PYTHON_CLIENT_MEM_FRACTION", None)  # the older name; both together are an error
    os.environ[_JAX_SHARE] = f"{min(1.0, limit / total):.6f}"


def _total_memory(cards: tuple[Card, ...]) -> int | None:
    sizes = [card.memory_gib for card in cards]
    first = os.environ.get(_VISIBLE, "").split(",")[0].strip()
    if first.isdigit() and int(first) < len(sizes):
        sizes = [sizes[int(first)]]
    known = [size for size in sizes if size is not None]
    # Where it is not clear which card is meant: the largest, so that no card gives more than the limit. `memory_gib` is
    # rounded to a tenth.
    return round((max(known) + 0.05) * 2**30) if known else None


def _cards_seen(backend: str) -> list[Device]:
    return [device for device in list_devices(backend) if device.kind != "cpu"]


def _no_card(backend: str, choice: DeviceChoice) -> str:
    found = read_cards()
    there = ", ".join(f"gpu:{number} {card.name}" for number, card in enumerate(found.nvidia))
    what = f"training.device is {choice.device}, but {backend} sees no such graphics card"
    if there and choice.number is not None and choice.number >= len(found.nvidia):
        return f"{what}; there are: {there}."
    if there:
        return f"{what}, though this machine has {there}: `zscape doctor` says why, training.device=cpu trains without."
    return f"{what}; there is only the processor: take training.device=auto or cpu."
