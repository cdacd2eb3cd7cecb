"""The verdict of `zscape doctor`, over invented machines."""

from dataclasses import replace

import pytest

from zscape.core.backend_devices import Device
from zscape.core.card_support import recommend_setup
from zscape.core.cards import Card, Cards
from zscape.core.hardware import Machine, Processor
from zscape.core.probe import BackendReport, broken_backend, reinstall_command
from zscape.workflow import doctor as module
from zscape.workflow.doctor import give_verdict

INTEL = Processor("Xeon", "x86_64", 8, ("avx", "avx2", "fma"))
LINUX = Machine("Linux", "Debian", False, "3.12.1", INTEL, 16.0, 12.0)
PASCAL = Card("NVIDIA GeForce GTX 1080", (6, 1), 8.0, "550.54", (12, 4))
AMPERE = Card("NVIDIA GeForce RTX 3060", (8, 6), 12.0, "580.65", (13, 0))
FERMI = Card("GTX 560", (2, 1), 1.0, "391.35", (9, 1))

CPU = (Device("cpu"),)
GPU = (Device("cpu"), Device("gpu", AMPERE.name, AMPERE.capability))
TF = BackendReport("tensorflow", True, "2.21.0", "tensorflow-cpu", True, None, None, CPU, 7.0)
TF_GPU = replace(TF, distribution="tensorflow", cuda="12.5", devices=GPU)
TORCH = BackendReport("torch", True, "2.13.0", "torch", True, None, "13.2", CPU, 3.0)
BROKEN = replace(TF, runs=False, devices=(), problem=broken_backend("tensorflow", "ImportError: libfoo"))
NONE = tuple(BackendReport(name) for name in ("tensorflow", "jax", "torch"))


def judge(machine=LINUX, cards=(), backends=(TF,), choice="tensorflow", problem=None, **more):
    found = Cards(tuple(cards), **more)
    return give_verdict(machine, found, backends, choice, problem, recommend_setup(machine, cards))


def test_a_processor():
    verdict = judge()
    assert verdict == module.Verdict(True, "Ready: zscape trains with TensorFlow 2.21.0 on the processor.", (), ())


def test_a_card_in_use():
    verdict = judge(cards=[AMPERE], backends=(TF_GPU,))
    assert verdict.sentence == "Ready: zscape trains with TensorFlow 2.21.0 on the NVIDIA GeForce RTX 3060 (8.6)."
    assert verdict.ready and verdict.install == verdict.hints == ()


def test_an_idle_card():
    verdict = judge(cards=[PASCAL])
    assert verdict.ready and verdict.sentence == (
        "Ready, but not at its best: zscape trains with TensorFlow 2.21.0 on the processor while the NVIDIA GeForce "
        "GTX 1080 (6.1) is idle; TensorFlow for CUDA would use it."
    )
    assert verdict.install == (
        "pip uninstall -y tensorflow-cpu",
        'pip install zscape "tensorflow[and-cuda]>=2.20" "nvidia-cudnn-cu12>=9.3,<9.11"',
    )


def test_an_idle_card_that_another_backend_uses():
    verdict = judge(cards=[AMPERE], backends=(TF, replace(TORCH, devices=GPU)))
    assert verdict.sentence.endswith("is idle; PyTorch can use it: set KERAS_BACKEND=torch.")
    assert verdict.install == ()


@pytest.mark.parametrize(
    ("cards", "sentence", "install"),
    [
        ([], "TensorFlow is the one for the processor.", 'pip install "zscape[tensorflow]"'),
        (
            [AMPERE],
            "TensorFlow is the one for the NVIDIA GeForce RTX 3060 (8.6).",
            'pip install zscape "tensorflow[and-cuda]>=2.20"',
        ),
    ],
)
def test_no_backend(cards, sentence, install):
    verdict = judge(cards=cards, backends=NONE, choice=None, problem="No backend for Keras is installed: ...")
    assert not verdict.ready
    assert verdict.sentence == f"Not ready: no backend is installed; {sentence}"
    assert verdict.install == (install,)


def test_a_broken_backend():
    verdict = judge(backends=(BROKEN,))
    assert not verdict.ready and verdict.install == (reinstall_command("tensorflow"),)
    assert verdict.sentence == (
        "Not ready: the backend 'tensorflow' is installed but does not start here (ImportError: libfoo): reinstall it "
        f"with {reinstall_command('tensorflow')}, or choose another one with KERAS_BACKEND."
    )


def test_a_broken_backend_beside_one_that_runs():
    verdict = judge(backends=(BROKEN, TORCH))
    assert not verdict.ready and verdict.hints == ("PyTorch runs here: KERAS_BACKEND=torch chooses it.",)


def test_a_build_that_does_not_serve_the_card():
    seen = (Device("cpu"), Device("gpu", PASCAL.name, PASCAL.capability))
    failing = replace(TORCH, runs=False, devices=seen, problem="The backend 'torch' sees the card but ...")
    verdict = judge(cards=[PASCAL], backends=(failing,), choice="torch")
    assert not verdict.ready and verdict.install == recommend_setup(LINUX, [PASCAL]).install
    maxwell = replace(PASCAL, capability=(5, 2))
    verdict = judge(cards=[maxwell], backends=(failing,), choice="torch")
    assert verdict.install == ("pip uninstall -y torch", *recommend_setup(LINUX, [maxwell]).install)


def test_a_variable_that_names_no_backend():
    sentence = "KERAS_BACKEND is 'mxnet'; expected one of tensorflow, jax, torch."
    verdict = judge(choice=None, problem=sentence)
    assert not verdict.ready and verdict.sentence == f"Not ready: {sentence}"


def test_a_machine_without_any_backend_for_it():
    mac = replace(LINUX, system="Darwin")
    verdict = judge(machine=mac, backends=NONE, choice=None)
    assert verdict == module.Verdict(
        False, "Not ready: no backend is built any more for Macs with an Intel processor.", (), ()
    )


def test_hints():
    little = replace(LINUX, memory_gib=2.0)
    assert "The machine has 2 GiB of memory: `zscape plan RECIPE` says" in judge(machine=little).hints[0]
    small = replace(AMPERE, memory_gib=2.0)
    assert "The card has 2 GiB of memory" in judge(cards=[small], backends=(TF_GPU,)).hints[0]
    assert judge(cards=[FERMI]).hints == (
        "The GTX 560 (2.1) is too old for every backend. TensorFlow trains on the processor.",
    )
    assert "CUDA_VISIBLE_DEVICES=N chooses it" in judge(cards=[AMPERE, PASCAL], backends=(TF_GPU,)).hints[0]
    assert "inside of WSL2" in judge(machine=replace(LINUX, system="Windows")).hints[0]
    apple = replace(LINUX, system="Darwin", processor=Processor("Apple M2", "arm64", 8, None))
    assert "only PyTorch computes on an Apple GPU" in judge(machine=apple).hints[0]
    assert "ROCm" in judge(other=("amd",)).hints[0]
    problem = "An NVIDIA card is in this machine, but its driver is not installed."
    assert judge(problem=None, backends=(TF,), cards=()).hints == ()
    assert give_verdict(LINUX, Cards(problem=problem), (TF,), "tensorflow", None, recommend_setup(LINUX, [])).hints == (
        problem,
    )


def test_the_apple_gpu():
    apple = replace(LINUX, system="Darwin", processor=Processor("Apple M2", "arm64", 8, None))
    verdict = judge(machine=apple, backends=(replace(TORCH, devices=(Device("cpu"), Device("mps"))),), choice="torch")
    assert verdict.sentence == "Ready: zscape trains with PyTorch 2.13.0 on the Apple GPU."


def test_precision_is_that_of_the_card_in_use():
    def precision(report, cards):
        return module._precision("tensorflow", LINUX, Cards(cards), (report,))

    assert precision(TF_GPU, (AMPERE,))[0] == "mixed_bfloat16"
    assert precision(TF_GPU, ())[0] == "mixed_bfloat16", "what the backend tells is enough"
    assert precision(TF, (AMPERE,))[0] == "float32", "a card that the backend cannot use does not count"
    assert precision(BROKEN, (AMPERE,)) is None
