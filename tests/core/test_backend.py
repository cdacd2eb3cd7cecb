"""Which backend runs: chosen before Keras is imported, in a sentence where it cannot be."""

import importlib.util
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from zscape.core import backend, device_limits
from zscape.core.backend import BACKENDS, backend_for_use, choose_backend, start_backend
from zscape.core.backend_devices import Device
from zscape.core.cards import Cards
from zscape.core.device_limits import DeviceChoice
from zscape.core.errors import InputError
from zscape.core.probe import broken_backend

THREADS = ("TF_NUM_INTRAOP_THREADS", "OMP_NUM_THREADS", "NPROC")
GROWTH = ("TF_FORCE_GPU_ALLOW_GROWTH", "XLA_PYTHON_CLIENT_PREALLOCATE")
VARIABLES = (
    *("KERAS_BACKEND", "TF_CPP_MIN_LOG_LEVEL", "TF_ENABLE_ONEDNN_OPTS", "TF_NUM_INTEROP_THREADS", *THREADS, *GROWTH),
    *("CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "JAX_PLATFORMS", "KERAS_TORCH_DEVICE"),
)


@pytest.fixture
def machine(monkeypatch):
    """Return a function that says what is installed, chosen and running; the process is restored afterwards."""
    for name in VARIABLES:  # set first, so that pytest remembers those that were not
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    imported = []

    def make(installed=BACKENDS, chosen=None, running=None):
        monkeypatch.setattr(backend, "_is_installed", lambda name: name in installed)
        monkeypatch.setattr(backend, "_import", lambda name, devices: imported.append(name))
        monkeypatch.setattr(backend, "_started_with", [])
        keras = SimpleNamespace(backend=SimpleNamespace(backend=lambda: running))
        monkeypatch.setitem(sys.modules, "keras", keras)  # pyright: ignore[reportArgumentType]
        if running is None:
            monkeypatch.delitem(sys.modules, "keras")
        if chosen is not None:
            monkeypatch.setenv("KERAS_BACKEND", chosen)
        return imported

    return make


@pytest.mark.parametrize(
    ("installed", "chosen", "running", "found"),
    [
        (BACKENDS, None, None, "tensorflow"),
        (("torch", "jax"), None, None, "jax"),
        (BACKENDS, "torch", None, "torch"),
        (BACKENDS, "", None, "tensorflow"),
        (BACKENDS, "torch", "jax", "jax"),
        (BACKENDS, None, "torch", "torch"),
    ],
)
def test_auto_takes_what_runs_then_what_is_chosen_then_what_is_there(machine, installed, chosen, running, found):
    machine(installed, chosen, running)
    assert choose_backend("auto") == found


def test_a_recipes_word_counts_more_than_the_environments(machine):
    machine(chosen="torch")
    assert choose_backend("jax") == "jax"
    machine(chosen="torch", running="jax")
    assert choose_backend("jax") == "jax"


@pytest.mark.parametrize(
    ("state", "requested", "sentence"),
    [
        (
            {"installed": ()},
            "auto",
            "No backend for Keras is installed: zscape needs TensorFlow, JAX or PyTorch. "
            'Install one, for example: pip install "zscape[tensorflow]".',
        ),
        (
            {"installed": ("jax",)},
            "torch",
            "The backend 'torch' is not installed: pip install \"zscape[torch]\".",
        ),
        (
            {"installed": ("jax",), "chosen": "tensorflow"},
            "auto",
            "The backend 'tensorflow' is not installed: pip install \"zscape[tensorflow]\".",
        ),
        (
            {"chosen": "theano"},
            "auto",
            "KERAS_BACKEND is 'theano'; expected one of tensorflow, jax, torch.",
        ),
        (
            {"running": "jax"},
            "torch",
            "Keras already runs on 'jax' in this process and cannot change to 'torch': start a new process, or ask for "
            "the same backend.",
        ),
    ],
)
def test_what_cannot_be_chosen_is_said_in_a_sentence(machine, state, requested, sentence):
    imported = machine(**state)
    for function in (choose_backend, start_backend):
        with pytest.raises(InputError) as refusal:
            function(requested)
        assert str(refusal.value) == sentence
    assert imported == []


def test_start_sets_the_environment_before_the_import(machine, monkeypatch):
    machine(installed=("torch",))
    seen = {}
    monkeypatch.setattr(backend, "_import", lambda name, devices: seen.update(os.environ, imported=name))
    assert start_backend("auto", threads=3) == "torch"
    assert seen["imported"] == seen["KERAS_BACKEND"] == "torch"
    assert [seen[name] for name in THREADS] == ["3", "3", "3"]
    assert (seen["TF_NUM_INTEROP_THREADS"], seen["TF_ENABLE_ONEDNN_OPTS"], seen["TF_CPP_MIN_LOG_LEVEL"]) == (
        "1",
        "1",
        "3",
    )
    assert [seen[name] for name in GROWTH] == ["true", "false"], "memory of a card grows as it is needed"
    assert "CUDA_VISIBLE_DEVICES" not in seen and "JAX_PLATFORMS" not in seen


def test_start_leaves_what_the_user_set(machine, monkeypatch):
    machine()
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "0")
    start_backend("jax", deterministic=False)
    assert (os.environ["TF_ENABLE_ONEDNN_OPTS"], os.environ["TF_CPP_MIN_LOG_LEVEL"]) == ("0", "0")
    assert not {"TF_NUM_INTEROP_THREADS", *THREADS} & set(os.environ), "all threads, in any order"


@pytest.mark.parametrize("name", BACKENDS)
def test_a_device_is_set_before_the_import_and_looked_for_after_it(machine, monkeypatch, name):
    machine()
    seen = {}
    monkeypatch.setattr(backend, "_import", lambda name, devices: seen.update(os.environ, devices=devices))
    monkeypatch.setattr(device_limits, "list_devices", lambda name: (Device("cpu"),))
    monkeypatch.setattr(device_limits, "read_cards", Cards)
    start_backend(name, devices=DeviceChoice("cpu"))
    assert (seen.get("JAX_PLATFORMS") == "cpu") if name == "jax" else (seen["CUDA_VISIBLE_DEVICES"] == "-1")
    assert seen["devices"] == DeviceChoice("cpu")
    with pytest.raises(InputError, match=f"^training.device is gpu, but {name} sees no such graphics card; there is"):
        start_backend(name, devices=DeviceChoice("gpu"))


def test_a_running_process_is_held_to_what_it_was_started_with(machine, monkeypatch):
    machine()
    monkeypatch.setattr(device_limits, "list_devices", lambda name: (Device("cpu"), Device("gpu", "GTX 960")))
    start_backend("torch", devices=DeviceChoice("gpu", 2**30))
    keras = SimpleNamespace(backend=SimpleNamespace(backend=lambda: "torch"))
    monkeypatch.setitem(sys.modules, "keras", keras)
    assert start_backend("torch", devices=DeviceChoice("gpu", 2**30)) == "torch" == start_backend("torch")
    with pytest.raises(InputError, match=r"training\.memory_limit cannot change any more, because torch already"):
        start_backend("torch", devices=DeviceChoice("gpu", 2**31))


def test_a_backend_that_runs_is_not_started_again(machine):
    imported = machine(running="jax")
    assert start_backend("auto", threads=3) == "jax"
    assert imported == [] and os.environ["KERAS_BACKEND"] == "jax" and "OMP_NUM_THREADS" not in os.environ


@pytest.mark.parametrize("computed", [False, True], ids=["imported only", "has computed"])
def test_a_tensorflow_that_was_imported_before_is_told_of_its_threads(machine, monkeypatch, computed):
    asked = {}

    def setter(name):
        def called(number):
            if computed:
                raise RuntimeError("Inter op parallelism cannot be modified after initialization.")
            asked[name] = number

        return called

    names = ("set_inter_op_parallelism_threads", "set_intra_op_parallelism_threads")
    threading = SimpleNamespace(**{name: setter(name) for name in names})
    machine(running="tensorflow")
    monkeypatch.setitem(sys.modules, "tensorflow", SimpleNamespace(config=SimpleNamespace(threading=threading)))
    assert start_backend("auto") == "tensorflow"
    assert asked == ({} if computed else {"set_inter_op_parallelism_threads": 1})
    start_backend("tensorflow", threads=3, deterministic=False)
    assert asked.get("set_intra_op_parallelism_threads") == (None if computed else 3)


@pytest.mark.parametrize(
    ("state", "trained_on", "found"),
    [
        ({}, "jax", "jax"),
        ({}, "auto", "auto"),
        ({"installed": ("tensorflow",)}, "jax", "auto"),  # a model can be used wherever a backend is
        ({"chosen": "torch"}, "jax", "auto"),
        ({"running": "torch"}, "jax", "auto"),
    ],
)
def test_a_trained_model_is_used_with_any_backend(machine, state, trained_on, found):
    machine(**state)
    assert backend_for_use(trained_on) == found
    assert choose_backend(found) in BACKENDS


def test_a_folder_of_that_name_is_no_backend(tmp_path, monkeypatch):
    """As a user's own `jax/` with experiments, beside which zscape is started."""
    (tmp_path / "jax").mkdir()
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text("")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    for name in ("jax", "torch"):
        monkeypatch.setitem(sys.modules, name, None)
        monkeypatch.delitem(sys.modules, name)
    importlib.invalidate_caches()
    assert importlib.util.find_spec("jax") is not None, "Python would import it"
    assert not backend._is_installed("jax") and backend._is_installed("torch")


BROKEN = {
    "import": "raise ImportError('libfoo.so.3 is missing.\\nA second line')",
    "first operation": "def zeros(count): raise RuntimeError('no kernel image for this processor')",
    "silent": "assert False",
}
REASONS = {
    "import": "ImportError: libfoo.so.3 is missing",
    "first operation": "RuntimeError: no kernel image for this processor",
    "silent": "AssertionError",
}
COMMANDS = """
import sys
from zscape.cli.main import main
print("code", main(["train", "digits", "--out", sys.argv[1]]))
assert "keras" not in sys.modules
"""


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_backend_is_one_sentence_and_exit_code_2(how, tmp_path):
    (tmp_path / "fakes").mkdir()
    (tmp_path / "fakes" / "tensorflow.py").write_text(BROKEN[how], encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    environment |= {"PYTHONPATH": str(tmp_path / "fakes"), "KERAS_BACKEND": "tensorflow"}
    command = [sys.executable, "-c", COMMANDS, str(tmp_path / "run")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False, env=environment)
    assert (done.returncode, done.stdout) == (0, "code 2\n"), done.stderr
    assert done.stderr == f"zscape: {broken_backend('tensorflow', REASONS[how])}\n"
    assert done.stderr.startswith(
        f"zscape: The backend 'tensorflow' is installed but does not start here ({REASONS[how]}): reinstall it with "
        "pip install --force-reinstall tensorflow"
    )
    assert not (tmp_path / "run").exists()
