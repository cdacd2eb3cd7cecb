"""Which backend for which machine: machines that are not at hand, as a table."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zscape.core.backend import BACKENDS
from zscape.core.card_support import BUILDS, recommend_setup, why_not
from zscape.core.cards import Card
from zscape.core.hardware import Machine, Processor

INTEL = Processor("Xeon", "x86_64", 8, ("avx", "avx2", "fma"))
LINUX = Machine("Linux", "Debian", False, "3.12.1", INTEL, 16.0, 12.0)
WINDOWS = replace(LINUX, system="Windows", processor=replace(INTEL, architecture="AMD64"))
MAC = replace(LINUX, system="Darwin", processor=Processor("Apple M2", "arm64", 8, None))

MAXWELL = Card("GTX 960", (5, 2), 4.0, "550.54", (12, 4))
PASCAL = Card("GTX 1080", (6, 1), 8.0, "550.54", (12, 4))
VOLTA = Card("V100", (7, 0), 16.0, "550.54", (12, 4))
TURING = Card("RTX 2080", (7, 5), 8.0, "550.54", (12, 4))
AMPERE = Card("RTX 3060", (8, 6), 12.0, "580.65", (13, 0))
HOPPER = Card("H100", (9, 0), 80.0, "550.54", (12, 4))
BLACKWELL = Card("RTX 5090", (12, 0), 32.0, "580.65", (13, 0))
FERMI = Card("GTX 560", (2, 1), 1.0, "391.35", (9, 1))

TF_CPU = ('pip install "zscape[tensorflow]"',)
TF_CUDA = ('pip install zscape "tensorflow[and-cuda]>=2.20"',)
TF_OLD = ('pip install zscape "tensorflow[and-cuda]>=2.20" "nvidia-cudnn-cu12>=9.3,<9.11"',)
TORCH = 'pip install "zscape[torch]"'
TORCH_OLD = ('pip install "torch<2.15" --index-url https://download.pytorch.org/whl/cu126', TORCH)
TORCH_WINDOWS = ("pip install torch --index-url https://download.pytorch.org/whl/cu130", TORCH)


@pytest.mark.parametrize(
    ("machine", "cards", "backend", "card", "install"),
    [
        (LINUX, [], "tensorflow", None, TF_CPU),
        (LINUX, [MAXWELL], "torch", MAXWELL, TORCH_OLD),
        (LINUX, [PASCAL], "tensorflow", PASCAL, TF_OLD),
        (LINUX, [VOLTA], "tensorflow", VOLTA, TF_OLD),
        (LINUX, [TURING], "tensorflow", TURING, TF_CUDA),
        (LINUX, [AMPERE], "tensorflow", AMPERE, TF_CUDA),
        (LINUX, [HOPPER], "tensorflow", HOPPER, TF_CUDA),
        (LINUX, [BLACKWELL], "jax", BLACKWELL, ('pip install zscape "jax[cuda13]>=0.6"',)),
        (LINUX, [FERMI], "tensorflow", None, TF_CPU),
        (LINUX, [MAXWELL, AMPERE], "tensorflow", AMPERE, TF_CUDA),
        (LINUX, [AMPERE, MAXWELL], "tensorflow", AMPERE, TF_CUDA),
        (LINUX, [FERMI, MAXWELL], "torch", MAXWELL, TORCH_OLD),
        (LINUX, [replace(AMPERE, driver="470.82", cuda=(11, 4))], "tensorflow", None, TF_CPU),
        (LINUX, [replace(AMPERE, capability=None)], "tensorflow", None, TF_CPU),
        (replace(LINUX, wsl=True), [AMPERE], "tensorflow", AMPERE, TF_CUDA),
        (WINDOWS, [AMPERE], "torch", AMPERE, TORCH_WINDOWS),
        (WINDOWS, [PASCAL], "torch", PASCAL, TORCH_OLD),
        (WINDOWS, [], "tensorflow", None, TF_CPU),
        (MAC, [], "tensorflow", None, TF_CPU),
        (replace(MAC, processor=replace(INTEL)), [], None, None, ()),
        (replace(LINUX, python="3.14.0"), [AMPERE], "jax", AMPERE, ('pip install zscape "jax[cuda13]>=0.6"',)),
        (replace(LINUX, python="3.14.0"), [], "jax", None, ('pip install "zscape[jax]"',)),
        (replace(LINUX, python="3.15.0"), [], "torch", None, (TORCH,)),
        (replace(LINUX, processor=replace(INTEL, features=())), [], "torch", None, (TORCH,)),
        (replace(LINUX, processor=replace(INTEL, architecture="aarch64")), [HOPPER], "jax", HOPPER, None),
        (replace(LINUX, memory_gib=2.0), [], "tensorflow", None, TF_CPU),
    ],
)
def test_what_to_install(machine, cards, backend, card, install):
    setup = recommend_setup(machine, cards)
    assert (setup.backend, setup.card) == (backend, card)
    assert install is None or setup.install == install
    assert setup.reason.endswith(".")
    assert setup.backend not in [name for name, _ in setup.others]


def test_others_that_could_use_the_card():
    assert dict(recommend_setup(LINUX, [PASCAL]).others) == {
        "jax": ('pip install zscape "jax[cuda12]>=0.6" "nvidia-cudnn-cu12>=9.8,<9.11"',),
        "torch": TORCH_OLD,
    }


@pytest.mark.parametrize(
    ("machine", "card", "sentence"),
    [
        (LINUX, FERMI, "The GTX 560 (2.1) is too old for every backend."),
        (
            LINUX,
            replace(AMPERE, driver="470.82", cuda=(11, 4)),
            "The RTX 3060 (8.6) needs a newer driver than 470.82: 525 or newer.",
        ),
        (
            LINUX,
            replace(BLACKWELL, driver=None, cuda=(11, 8)),
            "The RTX 5090 (12.0) needs a newer driver than the one installed: 525 or newer.",
        ),
        (LINUX, Card("card"), "The compute capability of the card is not known."),
        (MAC, AMPERE, "No backend has a build for the RTX 3060 (8.6) on Darwin arm64."),
    ],
)
def test_why_a_card_is_not_used(machine, card, sentence):
    assert why_not(machine, card) == sentence
    assert recommend_setup(machine, [card]).reason == f"{sentence} TensorFlow trains on the processor."


def test_reasons_without_a_card():
    assert "no AVX instructions" in recommend_setup(replace(LINUX, processor=replace(INTEL, features=())), []).reason
    assert "no build for Python 3.14.0; JAX has" in recommend_setup(replace(LINUX, python="3.14.0"), []).reason
    assert "Macs with an Intel" in recommend_setup(replace(MAC, processor=INTEL), []).reason


@given(
    st.sampled_from([LINUX, WINDOWS]),
    st.tuples(st.integers(3, 12), st.integers(0, 9)),
    st.sampled_from([None, (11, 4), (12, 0), (12, 9), (13, 2)]),
)
def test_a_card_is_used_exactly_where_a_build_serves_it(machine, capability, cuda):
    card = Card("card", capability, 8.0, None, cuda)
    setup = recommend_setup(machine, [card])
    # Every generation since Maxwell is served by some build, given CUDA 12; Blackwell on Windows needs CUDA 13.
    needs = 13 if machine is WINDOWS and capability >= (10, 0) else 12
    assert (setup.card == card) == (capability >= (5, 0) and (cuda is None or cuda[0] >= needs))
    old = capability < (7, 5)
    if setup.card and old:
        text = " ".join(setup.install)
        assert "<9.11" in text or "torch<2.15" in text, "the newest cuDNN does not serve it"


def test_the_table():
    for build in BUILDS:
        assert build.backend in BACKENDS and build.capability[0] < build.capability[1] and build.cuda in (12, 13)
        assert re.search(r"#\d+|docs\.|release notes|wheel", build.source)
        assert all(command.startswith("pip install ") for command in build.install)
        assert any("zscape" in command for command in build.install)
