"""`zscape doctor`, from end to end on small packages that stand for the backends."""

import json
import sys
from importlib.machinery import ModuleSpec

import pytest

from zscape.core import cards as cards_module
from zscape.core.cards import Card
from zscape.core.probe import reinstall_command
from zscape.workflow import doctor as workflow

JAX = """
__version__ = "0.10.2"
class Cpu: platform, device_kind = "cpu", "cpu"
devices = lambda: [Cpu()]
class lax: conv = staticmethod(lambda images, kernel, strides, padding: Sum(TOTAL))
class Sum(float):
    sum = lambda self: self
TOTAL = 324.0
"""


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine whose backends are the packages given here; returns a maker of them."""
    folder = tmp_path / "packages"

    def make(cards=(), **packages):
        for name, text in packages.items():
            (folder / name).mkdir(parents=True)
            (folder / name / "__init__.py").write_text(text, encoding="utf-8")
        if "jax" in packages:
            (folder / "jax/numpy.py").write_text("ones = lambda shape: None\n", encoding="utf-8")
        # The names of this Python's own installation do not count.
        installed = {name for name in ("tensorflow", "jax", "torch") if name in packages}
        specs = {name: ModuleSpec(name, None, origin=name) for name in installed}
        monkeypatch.setattr("importlib.util.find_spec", specs.get)
        monkeypatch.setattr(cards_module, "_ask_nvidia_smi", lambda timeout: tuple(cards))

    monkeypatch.setattr(cards_module, "_ask_driver", lambda timeout: ())
    monkeypatch.setattr(cards_module, "_pci_vendors", lambda root: set())
    monkeypatch.setenv("PYTHONPATH", str(folder))
    for name in workflow._ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    return make


def test_json(zscape, machine, session_cache):
    machine(jax=JAX)
    outcome = zscape("doctor", "--json")
    found = json.loads(outcome.out)
    assert outcome.code == 0
    assert list(found) == [
        *("zscape", "machine", "cache", "cache_free_gib", "cards", "environment", "backends", "choice"),
        *("choice_problem", "precision", "setup", "verdict"),
    ]
    assert [(report["name"], report["installed"]) for report in found["backends"]] == [
        ("tensorflow", False),
        ("jax", True),
        ("torch", False),
    ]
    jax = found["backends"][1]
    assert jax["runs"] and jax["version"] == "0.10.2" and jax["problem"] is None and jax["seconds"] > 0
    assert jax["devices"] == [{"kind": "cpu", "name": "", "capability": None}]
    assert found["choice"] == "jax" and found["choice_problem"] is None
    assert found["cards"] == {"nvidia": [], "other": [], "problem": None}
    assert found["precision"][0] == "float32"
    assert found["cache"] == str(session_cache) and found["cache_free_gib"] > 0
    assert found["machine"]["processor"]["cores"] >= 1
    assert found["verdict"]["ready"] and found["verdict"]["install"] == []
    assert found["verdict"]["sentence"] == "Ready: zscape trains with JAX 0.10.2 on the processor."


def test_people_see_an_aligned_table_and_the_verdict(zscape, machine):
    machine(jax=JAX)
    outcome = zscape("doctor")
    table, rest = outcome.out.split("\n\n")
    lines = table.splitlines()
    names = [line.split()[0] for line in lines if not line.startswith(" ")]
    assert names == [
        *("zscape", "system", "processor", "memory", "cache", "card", "tensorflow", "jax", "torch"),
        *("choice", "precision"),
    ]
    column = lines[0].index("0.1")
    assert all(line[column - 1] == " " != line[column] for line in lines)
    assert rest.splitlines()[0] == "Ready: zscape trains with JAX 0.10.2 on the processor."
    assert "To install" not in outcome.out and outcome.err.startswith("Starting each installed backend;")
    assert len(lines) < 20


def test_variables_that_decide(zscape, machine, monkeypatch):
    machine(jax=JAX)
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    outcome = zscape("doctor")
    row = next(line for line in outcome.out.splitlines() if line.startswith("variables"))
    assert outcome.code == 1 and row.split() == ["variables", "KERAS_BACKEND=torch", "CUDA_VISIBLE_DEVICES=1"]
    assert "Not ready: the backend 'torch' is not installed: pip install \"zscape[torch]\"." in outcome.out


def test_a_broken_backend_breaks_nothing(zscape, machine):
    machine(tensorflow="raise ImportError('libfoo.so.3 is missing')", jax=JAX)
    outcome = zscape("doctor")
    assert outcome.code == 1 and "Traceback" not in outcome.out + outcome.err
    assert "does not start; see below" in outcome.out
    sentence = "Not ready: the backend 'tensorflow' is installed but does not start here"
    assert f"\n{sentence} (ImportError: libfoo.so.3 is missing): " in outcome.out
    assert "\nJAX runs here: KERAS_BACKEND=jax chooses it.\n" in outcome.out
    assert outcome.out.endswith(f"\nTo install:\n  {reinstall_command('tensorflow')}\n")


def test_cards_and_no_backend(zscape, machine):
    machine([Card("NVIDIA GeForce GTX 960", (5, 2), 4.0, "550.54.14", (12, 4)), Card("Tesla")])
    outcome = zscape("doctor")
    assert outcome.code == 1
    assert "NVIDIA GeForce GTX 960, compute capability 5.2, memory 4 GiB, driver 550.54.14 (CUDA 12.4)\n" in outcome.out
    assert "Tesla, compute capability not known, memory not known, driver not known\n" in outcome.out
    assert "not installed" in outcome.out and "none" in outcome.out
    assert "Not ready: no backend is installed; " in outcome.out


def test_the_python_function_gives_the_same(machine):
    machine(jax=JAX.replace("324", "5"))
    found = workflow.doctor()
    assert found.choice == "jax" and found.precision is None and not found.verdict.ready
    assert "(a convolution gave 5 instead of 324)" in found.backends[1].problem
