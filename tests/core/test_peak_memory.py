"""The most memory so far."""

import subprocess
import sys
import types

import pytest

from zscape.core import peak_memory as module
from zscape.core.peak_memory import PeakMemory, peak_on_card, peak_resident, sized

MIB = 2**20
IN_A_NEW_PROCESS = """
from zscape.core.peak_memory import peak_resident
before = peak_resident()
block = b"x" * (200 * 2**20)
during = peak_resident()
del block
print(before, during, peak_resident())
"""


def test_what_was_used_is_counted_and_stays_counted():
    done = subprocess.run([sys.executable, "-c", IN_A_NEW_PROCESS], capture_output=True, text=True, check=True)
    before, during, after = map(int, done.stdout.split())
    assert 5 * MIB < before < 150 * MIB, "a Python, and nothing of the process that started it"
    assert during == pytest.approx(before + 200 * MIB, abs=10 * MIB) and after == pytest.approx(during, abs=2 * MIB)


def test_linux_and_others_agree(tmp_path):
    """ru_maxrss is never below VmHWM: it may begin with what another process had."""
    assert peak_resident(tmp_path / "no such file") >= 0.9 * peak_resident()
    (tmp_path / "status").write_text("Name:\tpython\nVmPeak:\t  999 kB\nVmHWM:\t    7 kB\n")
    assert peak_resident(tmp_path / "status") == 7 * 1024
    (tmp_path / "status").write_text("VmHWM:\t 900 kB\nVmRSS:\t 800 kB\nRssAnon:\t 250 kB\nRssFile:\t 600 kB\n")
    assert peak_resident(tmp_path / "status") == 300 * 1024, "a store's pages are no memory that is missing elsewhere"
    (tmp_path / "status").write_text("VmHWM:\t 900 kB\nRssAnon:\t 350 kB\nRssFile:\t 600 kB\n")
    assert peak_resident(tmp_path / "status") == 350 * 1024


def test_macos_counts_in_bytes(tmp_path, monkeypatch):
    kib = peak_resident(tmp_path / "none")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert peak_resident(tmp_path / "none") <= kib / 1000


def test_windows_has_no_such_module(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "resource", None)
    assert peak_resident(tmp_path / "none") is None


def device(platform, stats):
    return types.SimpleNamespace(platform=platform, memory_stats=lambda: stats)


FAKES = {
    "tensorflow": lambda cards: types.SimpleNamespace(
        config=types.SimpleNamespace(
            list_logical_devices=lambda kind: ["GPU:0"] * cards if kind == "GPU" else ["CPU:0"],
            experimental=types.SimpleNamespace(get_memory_info=lambda name: {"current": 1, "peak": 5 * 2**20}),
        )
    ),
    "jax": lambda cards: types.SimpleNamespace(
        devices=lambda: [device("gpu", {"peak_bytes_in_use": 5 * 2**20}) if cards else device("cpu", None)]
    ),
    "torch": lambda cards: types.SimpleNamespace(
        cuda=types.SimpleNamespace(is_available=lambda: bool(cards), max_memory_allocated=lambda: 5 * 2**20)
    ),
}


@pytest.mark.parametrize("backend", sorted(FAKES))
def test_a_card_is_asked_as_each_backend_wants_it(backend, monkeypatch):
    monkeypatch.setitem(sys.modules, backend, FAKES[backend](cards=1))
    assert peak_on_card(backend) == 5 * 2**20
    assert module.peak_memory(backend).shown == 5 * 2**20
    monkeypatch.setitem(sys.modules, backend, FAKES[backend](cards=0))
    assert peak_on_card(backend) is None
    assert module.peak_memory(backend).shown == module.peak_resident()
    monkeypatch.delitem(sys.modules, backend)
    assert peak_on_card(backend) is None and backend not in sys.modules, "nothing is imported to ask"


def test_a_card_that_does_not_tell(monkeypatch):
    monkeypatch.setitem(sys.modules, "jax", types.SimpleNamespace(devices=lambda: [device("gpu", None)]))
    assert peak_on_card("jax") is None
    assert PeakMemory(3, None).shown == 3 and PeakMemory(None, None).shown is None


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 MiB"), (640 * 2**20, "640 MiB"), (999 * 2**20, "999 MiB"), (1000 * 2**20, "1.0 GiB"), (2**34, "16.0 GiB")],
)
def test_sizes_for_people(count, text):
    assert sized(count) == text
