"""Devices and limits of memory: the environment that is set and the calls that are made, with cards that are made up.

No card was at hand: that the backends then do what these variables and calls say is theirs.
"""

import os
import sys
from types import SimpleNamespace

import pytest

from zscape.core import device_limits
from zscape.core.backend_devices import Device
from zscape.core.cards import Card, Cards
from zscape.core.device_limits import (
    DEVICE,
    DeviceChoice,
    apply_limit,
    check_running,
    check_started,
    devices_for_use,
    limit_note,
    set_environment,
)
from zscape.core.errors import InputError

GIB = 2**30
SET = (
    *("CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "JAX_PLATFORMS", "KERAS_TORCH_DEVICE", "XLA_CLIENT_MEM_FRACTION"),
    *("XLA_PYTHON_CLIENT_MEM_FRACTION", "TF_FORCE_GPU_ALLOW_GROWTH", "XLA_PYTHON_CLIENT_PREALLOCATE"),
)
CPU, GTX = Device("cpu"), Device("gpu", "GTX 960", (5, 2))
TWO = (Card("GTX 960", (5, 2), 2.0), Card("RTX 3060", (8, 6), 12.0))


@pytest.fixture
def machine(monkeypatch):
    """Return a function that says which cards there are and which devices backends see; the environment is emptied."""
    for name in SET:  # set first, so that pytest remembers those that were not
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)

    def make(cards=(), seen=(CPU,), **environment):
        monkeypatch.setattr(device_limits, "read_cards", lambda: Cards(tuple(cards)))
        monkeypatch.setattr(device_limits, "list_devices", lambda backend: tuple(seen))
        for name, value in environment.items():
            monkeypatch.setenv(name, value)

    return make


def environment():
    return {name: os.environ[name] for name in SET if name in os.environ}


GROWS = {"TF_FORCE_GPU_ALLOW_GROWTH": "true", "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}


@pytest.mark.parametrize(
    ("backend", "device", "expected"),
    [
        ("tensorflow", "auto", {}),
        ("tensorflow", "gpu", {}),
        ("tensorflow", "cpu", {"CUDA_VISIBLE_DEVICES": "-1"}),
        ("torch", "cpu", {"CUDA_VISIBLE_DEVICES": "-1", "KERAS_TORCH_DEVICE": "cpu"}),
        ("jax", "cpu", {"JAX_PLATFORMS": "cpu"}),
        ("jax", "gpu:1", {"CUDA_VISIBLE_DEVICES": "1", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}),
        ("torch", "gpu:0", {"CUDA_VISIBLE_DEVICES": "0", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}),
    ],
)
def test_environment_of_a_device(machine, backend, device, expected):
    machine(TWO)
    set_environment(backend, DeviceChoice(device))
    assert environment() == {**GROWS, **expected}


def test_what_the_user_has_set_stays(machine):
    machine(TF_FORCE_GPU_ALLOW_GROWTH="false", XLA_PYTHON_CLIENT_PREALLOCATE="true", CUDA_DEVICE_ORDER="FASTEST_FIRST")
    set_environment("jax", DeviceChoice("gpu:0"))
    assert (os.environ["TF_FORCE_GPU_ALLOW_GROWTH"], os.environ["XLA_PYTHON_CLIENT_PREALLOCATE"]) == ("false", "true")
    assert os.environ["CUDA_DEVICE_ORDER"] == "FASTEST_FIRST"


def test_a_card_is_counted_among_those_that_are_left(machine):
    """As a batch system leaves them."""
    machine(CUDA_VISIBLE_DEVICES="2, GPU-8f1")
    set_environment("torch", DeviceChoice("gpu:1"))
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "GPU-8f1"
    for left, number in (("2,3", 2), ("-1", 0)):
        os.environ["CUDA_VISIBLE_DEVICES"] = left
        with pytest.raises(InputError) as refusal:
            set_environment("torch", DeviceChoice(f"gpu:{number}"))
        assert str(refusal.value) == (
            f"training.device is gpu:{number}, but CUDA_VISIBLE_DEVICES={left} leaves no card of that number, counted "
            "from 0: take a smaller number, or change that variable."
        )


@pytest.mark.parametrize(
    ("cards", "visible", "device", "total"),
    [
        (TWO[:1], "", "auto", 2.05),
        (TWO, "", "gpu:1", 12.05),
        (TWO, "", "gpu:0", 2.05),
        (TWO, "", "auto", 12.05),  # which one is not known: a share of the largest is never too much
        (TWO, "0", "auto", 2.05),
        (TWO, "GPU-8f1", "auto", 12.05),
        (TWO, "7", "auto", 12.05),
    ],
)
def test_jax_gets_its_limit_as_a_share_of_the_card(machine, cards, visible, device, total):
    machine(cards, XLA_PYTHON_CLIENT_MEM_FRACTION="0.9", **({"CUDA_VISIBLE_DEVICES": visible} if visible else {}))
    set_environment("jax", DeviceChoice(device, GIB))
    assert float(os.environ["XLA_CLIENT_MEM_FRACTION"]) == pytest.approx(1 / total, abs=1e-6)
    assert "XLA_PYTHON_CLIENT_MEM_FRACTION" not in os.environ, "JAX refuses both names together"


def test_jax_is_never_given_more_than_the_card(machine):
    machine(TWO[:1])
    set_environment("jax", DeviceChoice(memory_limit=64 * GIB))
    assert float(os.environ["XLA_CLIENT_MEM_FRACTION"]) == 1


def test_a_limit_without_a_card_sets_nothing_and_says_so(machine):
    machine()
    for backend in ("tensorflow", "jax", "torch"):
        set_environment(backend, DeviceChoice(memory_limit=GIB))
        assert environment() == GROWS
        assert limit_note(backend, DeviceChoice(memory_limit=GIB)) == (
            f"training.memory_limit has no effect: it is about a graphics card's memory, and {backend} computes on the "
            "processor here."
        )
        assert limit_note(backend, DeviceChoice()) is None


def test_a_limit_on_a_card_is_noted_only_where_jax_could_not_take_it(machine):
    machine((Card("GTX 960"),), seen=(GTX,))
    limited = DeviceChoice(memory_limit=GIB)
    assert limit_note("torch", limited) is limit_note("tensorflow", limited) is None
    set_environment("jax", limited)
    assert limit_note("jax", limited) == (
        "training.memory_limit has no effect: JAX takes a share of the card, whose size could not be read."
    )
    machine(TWO, seen=(GTX,))
    set_environment("jax", limited)
    assert limit_note("jax", limited) is None


class TensorFlow:
    """What is called of `tf.config`, and what was said to it."""

    def __init__(self, cards):
        self.config = self
        self.cards, self.said = cards, []

    def list_physical_devices(self, kind):
        assert kind == "GPU"
        return self.cards

    def LogicalDeviceConfiguration(self, memory_limit):  # noqa: N802
        return ("MiB", memory_limit)

    def set_logical_device_configuration(self, card, parts):
        self.said.append((card, parts))


class Torch:
    """What is called of `torch.cuda`, and what was said to it."""

    def __init__(self, *sizes):
        self.cuda, self.sizes, self.said = self, sizes, []

    def is_available(self):
        return bool(self.sizes)

    def device_count(self):
        return len(self.sizes)

    def get_device_properties(self, number):
        return SimpleNamespace(total_memory=self.sizes[number])

    def set_per_process_memory_fraction(self, share, number):
        self.said.append((share, number))


def test_tensorflow_gets_its_limit_in_mib():
    tensorflow = TensorFlow(["GPU:0"])
    apply_limit("tensorflow", tensorflow, DeviceChoice(memory_limit=3 * GIB // 2))
    assert tensorflow.said == [("GPU:0", [("MiB", 1536)])]
    for fake, choice in ((TensorFlow([]), DeviceChoice(memory_limit=GIB)), (TensorFlow(["GPU:0"]), DeviceChoice())):
        apply_limit("tensorflow", fake, choice)
        assert fake.said == []


def test_torch_gets_its_limit_as_a_share_of_each_card():
    torch = Torch(4 * GIB, GIB)
    apply_limit("torch", torch, DeviceChoice(memory_limit=2 * GIB))
    assert torch.said == [(0.5, 0), (1.0, 1)]
    for fake, choice in ((Torch(), DeviceChoice(memory_limit=GIB)), (Torch(GIB), DeviceChoice())):
        apply_limit("torch", fake, choice)
        assert fake.said == []


@pytest.mark.parametrize(
    ("cards", "device", "end"),
    [
        ((), "gpu", "; there is only the processor: take training.device=auto or cpu."),
        (TWO, "gpu:2", "; there are: gpu:0 GTX 960, gpu:1 RTX 3060."),
        (
            TWO[:1],
            "gpu",
            ", though this machine has gpu:0 GTX 960: `zscape doctor` says why, training.device=cpu trains without.",
        ),
    ],
)
def test_a_card_that_the_backend_does_not_see_is_refused_with_what_there_is(machine, cards, device, end):
    machine(cards)
    with pytest.raises(InputError) as refusal:
        check_started("jax", DeviceChoice(device))
    assert str(refusal.value) == f"training.device is {device}, but jax sees no such graphics card{end}"


def test_a_card_that_is_seen_is_taken(machine):
    for seen in ((GTX,), (CPU, GTX), (CPU, Device("mps"))):
        machine(seen=seen)
        check_started("torch", DeviceChoice("gpu"))
    machine()
    check_started("torch", DeviceChoice("cpu"))
    check_started("torch", DeviceChoice())


def test_a_process_that_runs_keeps_its_device(machine):
    machine(TWO, seen=(GTX,))
    for choice in (DeviceChoice(), DeviceChoice("gpu")):
        check_running("torch", choice, None)
    check_running("torch", DeviceChoice("gpu:1", GIB), DeviceChoice("gpu:1", GIB))
    check_running("torch", DeviceChoice("gpu"), DeviceChoice("gpu:1", GIB))
    for choice, before in (
        (DeviceChoice("cpu"), None),
        (DeviceChoice("gpu:0"), None),
        (DeviceChoice("gpu:1"), DeviceChoice("gpu:0")),
    ):
        with pytest.raises(InputError) as refusal:
            check_running("torch", choice, before)
        assert str(refusal.value) == (
            f"training.device is {choice.device}, but torch already computes on GTX 960 in this process and cannot "
            "change: start a new process, or leave training.device at auto."
        )
    with pytest.raises(InputError) as refusal:
        check_running("torch", DeviceChoice(memory_limit=GIB), DeviceChoice())
    assert str(refusal.value) == (
        "training.memory_limit cannot change any more, because torch already computes on a graphics card in this "
        "process: start a new process, or leave it out."
    )


def test_a_process_that_runs_on_the_processor_is_on_the_processor(machine):
    machine()
    check_running("jax", DeviceChoice("cpu", GIB), None)  # the limit has no effect, which `limit_note` says
    with pytest.raises(InputError, match=r"^training\.device is gpu:0, but jax sees no such graphics card; there is"):
        check_running("jax", DeviceChoice("gpu:0"), None)


def test_a_trained_model_is_used_on_any_device_but_a_card_that_is_to_be_left_alone(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras", None)
    monkeypatch.delitem(sys.modules, "keras")
    assert devices_for_use(DeviceChoice("gpu:3", GIB)) == DeviceChoice("auto", GIB)
    assert devices_for_use(DeviceChoice("cpu")) == DeviceChoice("cpu")
    monkeypatch.setitem(sys.modules, "keras", SimpleNamespace())  # pyright: ignore[reportArgumentType]
    assert devices_for_use(DeviceChoice("cpu", GIB)) == DeviceChoice()


@pytest.mark.parametrize(
    ("text", "number"), [("auto", None), ("cpu", None), ("gpu", None), ("gpu:0", 0), ("gpu:12", 12)]
)
def test_names_of_devices(text, number):
    assert DEVICE.fullmatch(text) and DeviceChoice(text).number == number


@pytest.mark.parametrize("text", ["", "GPU", "gpu:", "gpu:-1", "gpu:1 ", "cpu:0", "cuda", "gpu:٣", "gpu:1000"])
def test_what_is_no_device(text):
    assert not DEVICE.fullmatch(text)
