"""Graphics cards: a script stands for nvidia-smi, folders for the PCI bus, an object for NVIDIA's driver."""

import json
import os
import shutil
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zscape.core import cards as module
from zscape.core import cuda_driver
from zscape.core.cards import Card, Cards, cuda_of_driver, read_cards

TABLE = "| NVIDIA-SMI 550.54.14    Driver Version: 550.54.14    CUDA Version: 12.4     |"
GTX_960 = "NVIDIA GeForce GTX 960, 5.2, 4096, 550.54.14"
H100 = "NVIDIA H100 80GB HBM3, 9.0, 81559, 550.54.14"


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A machine without nvidia-smi, driver and cards; returns the folder that is its PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(module, "_ask_driver", lambda timeout: ())
    return folder


@pytest.fixture
def nvidia_smi(bare):
    def make(query, table=TABLE, code=0, wait=0):
        program = bare / "nvidia-smi"
        shell = shutil.which("sh", path=os.defpath)
        lines = [f"#!{shell}", f"[ {wait} = 0 ] || exec {shutil.which('sleep', path=os.defpath)} {wait}"]
        lines += ['case "$*" in', f"*--query-gpu=*) printf '%s\\n' '{query}' ;;", f"*) echo '{table}' ;;", "esac"]
        program.write_text("\n".join([*lines, f"exit {code}", ""]))
        program.chmod(0o755)

    return make


def pci(root, **devices):
    for name, (kind, vendor) in devices.items():
        folder = root / "sys/bus/pci/devices" / name
        folder.mkdir(parents=True)
        (folder / "class").write_text(f"{kind}\n")
        (folder / "vendor").write_text(f"{vendor}\n")


def test_one_card(nvidia_smi, tmp_path):
    nvidia_smi(GTX_960)
    assert read_cards(tmp_path) == Cards((Card("NVIDIA GeForce GTX 960", (5, 2), 4.0, "550.54.14", (12, 4)),))


def test_several_cards_and_a_table_that_says_no_cuda(nvidia_smi, tmp_path):
    nvidia_smi(f"{GTX_960}\n{H100}", table="changed in some later version")
    assert [(card.name, card.capability, card.cuda) for card in read_cards(tmp_path).nvidia] == [
        ("NVIDIA GeForce GTX 960", (5, 2), (12, 0)),
        ("NVIDIA H100 80GB HBM3", (9, 0), (12, 0)),
    ]


def test_memory_that_is_the_machine_s_own(nvidia_smi, tmp_path):
    nvidia_smi("NVIDIA GB10, 12.1, [N/A], 580.95.05", table="CUDA UMD Version : 13.0")
    assert read_cards(tmp_path).nvidia == (Card("NVIDIA GB10", (12, 1), None, "580.95.05", (13, 0)),)


@pytest.mark.parametrize(
    ("answer", "code", "problem"),
    [
        ("<html>404</html>", 0, "nvidia-smi answered what cannot be read ('<html>404</html>')"),
        ("a, b, c, d", 0, "nvidia-smi answered what cannot be read ('a, b, c, d')"),
        (
            "NVIDIA-SMI has failed because it could not talk to the driver.",
            9,
            "nvidia-smi failed with code 9 (NVIDIA-SMI has failed because it could not talk to the driver)",
        ),
    ],
)
def test_an_answer_that_is_none(nvidia_smi, tmp_path, answer, code, problem):
    nvidia_smi(answer, code=code)
    assert read_cards(tmp_path) == Cards(problem=f"No NVIDIA card can be used: {problem}.")


def test_nvidia_smi_that_hangs(nvidia_smi, tmp_path):
    nvidia_smi(GTX_960, wait=60)
    assert read_cards(tmp_path, timeout=0.2).problem == (
        "No NVIDIA card can be used: nvidia-smi did not answer within 0.2 seconds."
    )


def test_nvidia_smi_that_cannot_be_started(bare, tmp_path):
    (bare / "nvidia-smi").write_bytes(b"\x7fELF no program")
    (bare / "nvidia-smi").chmod(0o755)
    assert "nvidia-smi cannot be started" in read_cards(tmp_path).problem


def test_without_anything(bare, tmp_path):
    assert read_cards(tmp_path) == Cards()


def test_the_pci_bus(bare, tmp_path):
    pci(tmp_path, a=("0x030000", "0x10de"), b=("0x038000", "0x1002"), c=("0x020000", "0x8086"))
    found = read_cards(tmp_path)
    assert found.other == ("amd",), "0x02 is a network card"
    assert found.problem == "An NVIDIA card is in this machine, but its driver is not installed."


def test_the_driver_is_asked_where_nvidia_smi_fails(nvidia_smi, tmp_path, monkeypatch):
    nvidia_smi("nonsense")
    card = Card("Tesla T4", (7, 5), 15.0, None, (12, 2))
    monkeypatch.setattr(module, "_ask_driver", lambda timeout: (card,))
    assert read_cards(tmp_path) == Cards((card,))


@given(st.integers(300, 700), st.integers(0, 200))
def test_cuda_of_a_driver(major, minor):
    found = cuda_of_driver(f"{major}.{minor}")
    expected = 13 if major >= 580 else 12 if major >= 525 else 11 if major >= 450 else None
    assert found == (None if expected is None else (expected, 0))


class FakeDriver:
    """NVIDIA's driver with two cards, as ctypes sees it."""

    cards = (("NVIDIA GeForce GTX 960", (5, 2), 4096), ("NVIDIA GeForce RTX 3060", (8, 6), 12288))
    init = 0

    def cuInit(self, flags):  # noqa: N802 - NVIDIA's names
        return self.init

    def cuDriverGetVersion(self, version):  # noqa: N802
        version._obj.value = 12040
        return 0

    def cuDeviceGetCount(self, count):  # noqa: N802
        count._obj.value = len(self.cards)
        return 0

    def cuDeviceGet(self, device, position):  # noqa: N802
        device._obj.value = position
        return 0

    def cuDeviceGetName(self, name, length, device):  # noqa: N802
        name.value = self.cards[device.value][0].encode()[:length]
        return 0

    def cuDeviceGetAttribute(self, value, attribute, device):  # noqa: N802
        value._obj.value = self.cards[device.value][1][{75: 0, 76: 1}[attribute]]
        return 0

    def cuDeviceTotalMem_v2(self, size, device):  # noqa: N802
        size._obj.value = self.cards[device.value][2] * 2**20
        return 0


def test_the_driver_s_answers(monkeypatch, capsys):
    monkeypatch.setattr(cuda_driver, "load_driver", FakeDriver)
    cuda_driver.main()
    assert json.loads(capsys.readouterr().out) == {
        "cuda": [12, 4],
        "cards": [
            {"name": "NVIDIA GeForce GTX 960", "capability": [5, 2], "memory_mib": 4096},
            {"name": "NVIDIA GeForce RTX 3060", "capability": [8, 6], "memory_mib": 12288},
        ],
    }


def test_the_driver_refuses(monkeypatch, capsys):
    monkeypatch.setattr(FakeDriver, "init", 803)
    monkeypatch.setattr(cuda_driver, "load_driver", FakeDriver)
    cuda_driver.main()
    assert json.loads(capsys.readouterr().out) == {"error": "NVIDIA's driver answered cuInit with error 803"}


def test_no_driver(monkeypatch, capsys):
    monkeypatch.setattr(cuda_driver, "_LIBRARIES", ("no-such-library.so.1",))
    cuda_driver.main()
    assert json.loads(capsys.readouterr().out) == {"cards": [], "cuda": None}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            {"cuda": [12, 4], "cards": [{"name": "GTX 960", "capability": [5, 2], "memory_mib": 4096}]},
            Cards((Card("GTX 960", (5, 2), 4.0, None, (12, 4)),)),
        ),
        ({"cuda": None, "cards": []}, Cards()),
        ({"error": "it is broken"}, Cards(problem="No NVIDIA card can be used: it is broken.")),
    ],
)
def test_the_driver_in_its_process(tmp_path, monkeypatch, answer, expected):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\necho '{json.dumps(answer)}'\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    assert read_cards(tmp_path) == expected
