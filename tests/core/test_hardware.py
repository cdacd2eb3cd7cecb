"""Reading the machine, from files of machines that are not at hand."""

import os
import platform
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zscape.core import hardware
from zscape.core.hardware import FEATURES, read_machine, read_processor

XEON = """processor\t: 0
model name\t: Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz
flags\t\t: fpu sse2 avx fma avx2 avx512f avx512_bf16 amx_bf16 amx_tile

processor\t: 1
model name\t: something else
flags\t\t: fpu
"""


def write(root, name, text):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_processor_of_a_file(tmp_path):
    write(tmp_path, "proc/cpuinfo", XEON)
    processor = read_processor(tmp_path)
    assert processor.model == "Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz"
    assert processor.features == FEATURES


@given(st.sets(st.sampled_from([*FEATURES, "avx512", "xavx", "fma4"])))
def test_features_are_whole_words(tmp_path_factory, flags):
    root = tmp_path_factory.mktemp("root")
    write(root, "proc/cpuinfo", f"flags : {' '.join(sorted(flags))}\n")
    assert set(read_processor(root).features) == flags & set(FEATURES)


def test_what_cannot_be_read_is_none(tmp_path, monkeypatch):
    monkeypatch.setattr(platform, "system", lambda: "Windows")
    monkeypatch.setattr(platform, "processor", lambda: "")
    machine = read_machine(tmp_path)
    assert (machine.processor.model, machine.processor.features) == ("unknown", None)
    assert (machine.memory_gib, machine.memory_available_gib) == (None, None)
    assert machine.release.startswith("Windows") and not machine.wsl


def test_memory_and_its_limit_in_a_container(tmp_path):
    write(
        tmp_path,
        "proc/meminfo",
        "MemTotal:       8388608 kB\nMemFree: 1 kB\nMemAvailable:   4194304 kB\nHugePages: 0\n",
    )
    assert (read_machine(tmp_path).memory_gib, read_machine(tmp_path).memory_available_gib) == (8.0, 4.0)
    write(tmp_path, "sys/fs/cgroup/memory.max", "max\n")
    assert read_machine(tmp_path).memory_gib == 8.0
    write(tmp_path, "sys/fs/cgroup/memory.max", f"{2 * 2**30}\n")
    write(tmp_path, "sys/fs/cgroup/memory.current", f"{2**29}\n")
    assert (read_machine(tmp_path).memory_gib, read_machine(tmp_path).memory_available_gib) == (2.0, 1.5)


@pytest.mark.parametrize(("limit", "cores"), [("max 100000", 8), ("150000 100000", 2), ("20000 100000", 1), ("", 8)])
def test_cores_and_their_limit_in_a_container(tmp_path, monkeypatch, limit, cores):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    write(tmp_path, "sys/fs/cgroup/cpu.max", limit)
    assert read_processor(tmp_path).cores == cores


def test_names_of_systems(tmp_path, monkeypatch):
    write(tmp_path, "etc/os-release", 'NAME="Debian"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n')
    monkeypatch.setattr(platform, "release", lambda: "5.15.167.4-microsoft-standard-WSL2")
    machine = read_machine(tmp_path)
    assert machine.release == "Debian GNU/Linux 12 (bookworm)" and machine.wsl


def test_a_mac(tmp_path, monkeypatch):
    answers = {"machdep.cpu.brand_string": "Apple M2\n", "hw.memsize": f"{16 * 2**30}\n"}

    def sysctl(command, **_):
        return subprocess.CompletedProcess(command, 0, answers[command[-1]], "")

    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    monkeypatch.setattr(platform, "mac_ver", lambda: ("15.1", ("", "", ""), "arm64"))
    monkeypatch.setattr(hardware.subprocess, "run", sysctl)
    machine = read_machine(tmp_path)
    assert (machine.release, machine.processor.model, machine.memory_gib) == ("macOS 15.1", "Apple M2", 16.0)
    assert machine.processor.features is None and machine.memory_available_gib is None


@pytest.mark.skipif(platform.system() != "Linux", reason="reads /proc")
def test_this_machine():
    machine = read_machine()
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    assert 0 < machine.memory_gib <= pages + 0.1
    assert 0 < machine.memory_available_gib <= machine.memory_gib
    assert 1 <= machine.processor.cores <= os.cpu_count()
    assert machine.python == platform.python_version()
