"""Probing backends in processes of their own; small packages stand for backends, healthy ones and broken ones."""

import importlib.util
import os
import sys

import pytest

from zscape.core import backend_devices, probe
from zscape.core.backend_devices import Device, card_in_use, error_clause
from zscape.core.cards import Card
from zscape.core.probe import BackendReport, broken_backend, probe_backend

# Just enough of PyTorch: two cards that compute, or do not.
TORCH = """
__version__ = "2.14.1+cu126"
class version: cuda = "12.6"
class backends:
    class mps: is_available = staticmethod(lambda: False)
class cuda:
    is_available = staticmethod(lambda: CARDS > 0)
    device_count = staticmethod(lambda: CARDS)
    get_device_capability = staticmethod(lambda position: (6, 1))
    get_device_name = staticmethod(lambda position: "NVIDIA GeForce GTX 1080")
class Sum(float):
    sum = lambda self: self
def ones(shape, device):
    return device
class nn:
    class functional:
        @staticmethod
        def conv2d(images, kernel):
            assert images == kernel == ("cuda" if CARDS else "cpu")
            if PROBLEM:
                raise RuntimeError(PROBLEM)
            return Sum(TOTAL)
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Make a package that stands for a backend, for this process and those it starts."""

    def make(name, text):
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")

    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(tmp_path)
    return make


def fake_torch(cards=0, problem="", total=324.0):
    return f"CARDS, PROBLEM, TOTAL = {cards}, {problem!r}, {total}\n{TORCH}"


def test_one_that_is_not_installed(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert probe_backend("jax") == BackendReport("jax")


def test_one_that_runs_on_a_card(package):
    package("torch", f"print('welcome')\n{fake_torch(cards=2)}")
    report = probe_backend("torch")
    card = Device("gpu", "NVIDIA GeForce GTX 1080", (6, 1))
    assert (report.version, report.cuda, report.devices) == ("2.14.1+cu126", "12.6", (Device("cpu"), card, card))
    assert report.runs and report.uses_card and report.problem is None and 0 < report.seconds < 60


def test_one_that_runs_on_the_processor(package):
    package("torch", fake_torch())
    report = probe_backend("torch")
    assert report.runs and not report.uses_card and report.devices == (Device("cpu"),)


def test_a_card_too_old_for_the_build(package):
    package("torch", fake_torch(1, "CUDA error: no kernel image is available for execution on the device\nmore"))
    report = probe_backend("torch")
    assert not report.runs and not report.uses_card
    assert report.problem == (
        "The backend 'torch' sees the NVIDIA GeForce GTX 1080 but does not compute on it (RuntimeError: CUDA error: no "
        "kernel image is available for execution on the device): install a build that serves this card, or set "
        "CUDA_VISIBLE_DEVICES=-1 to use the processor."
    )


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        (
            "raise ImportError('libcudart.so.12: cannot open shared object file.\\nA long story.')",
            "ImportError: libcudart.so.12: cannot open shared object file",
        ),
        ("raise RuntimeError", "RuntimeError"),
        ("import sys; sys.exit('no licence')", "its process ended with code 1: no licence"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "its process was ended by SIGSEGV"),
        (
            "import os, signal; os.kill(os.getpid(), signal.SIGILL)",
            "its process was ended by SIGILL: it uses instructions that this processor lacks",
        ),
        ("", "AttributeError: module 'torch' has no attribute '__version__'"),
        (fake_torch(total=300.0), "a convolution gave 300 instead of 324"),
    ],
)
def test_broken_ones(package, text, clause):
    package("torch", text)
    report = probe_backend("torch")
    assert report.installed and not report.runs
    assert report.problem == (
        f"The backend 'torch' is installed but does not start here ({clause}): reinstall it with "
        "pip install --force-reinstall torch, or choose another one with KERAS_BACKEND."
    )


def test_one_that_hangs(package):
    package("jax", "import time; time.sleep(60)")
    report = probe_backend("jax", timeout=0.3)
    assert "(it did not answer within 0.3 seconds)" in report.problem


def test_the_sentence_takes_an_exception():
    error = OSError("cannot load\nsecond line")
    assert "(OSError: cannot load): reinstall" in broken_backend("jax", error)
    assert error_clause(ValueError("x" * 500)) == f"ValueError: {'x' * 160}"


def test_it_is_reinstalled_under_the_name_pip_knows(monkeypatch):
    monkeypatch.setattr(probe, "_version", lambda name: "2.21.0" if name == "tensorflow-cpu" else None)
    assert probe.reinstall_command("tensorflow") == "pip install --force-reinstall tensorflow-cpu"
    assert probe.reinstall_command("jax") == "pip install --force-reinstall jax"


class FakeGpu:
    platform, device_kind, compute_capability = "gpu", "NVIDIA H100 80GB HBM3", "9.0"


class FakeJax:
    @staticmethod
    def devices():
        return [FakeGpu()]


class FakeTensorflow:
    """What tensorflow.config tells about an H100."""

    class config:  # noqa: N801 - TensorFlow's name
        class experimental:  # noqa: N801
            @staticmethod
            def get_device_details(device):
                assert device is FakeTensorflow.gpu
                return {"device_name": "NVIDIA H100 80GB HBM3", "compute_capability": (9, 0)}

        @staticmethod
        def list_physical_devices():
            return [FakeTensorflow.cpu, FakeTensorflow.gpu]

    class cpu:  # noqa: N801
        device_type = "CPU"

    class gpu:  # noqa: N801
        device_type = "GPU"


@pytest.mark.parametrize(("name", "module"), [("jax", FakeJax), ("tensorflow", FakeTensorflow)])
def test_the_card_in_use(monkeypatch, name, module):
    monkeypatch.setitem(sys.modules, name, module)
    assert card_in_use(name) == Card("NVIDIA H100 80GB HBM3", (9, 0))


def test_no_card_in_use(package, monkeypatch):
    package("torch", fake_torch())
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    assert card_in_use("torch") is None
    del sys.modules["torch"]


def test_this_environment_s_backend():
    """The one the tests run on, for real: it sees the processor, and its convolution is right."""
    name = os.environ["KERAS_BACKEND"]
    devices = backend_devices.list_devices(name)
    assert backend_devices.convolve(name) == pytest.approx(324)
    assert {device.kind for device in devices} & {"cpu", "gpu", "mps"}
