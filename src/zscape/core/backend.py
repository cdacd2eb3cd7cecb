"""Which of Keras' backends runs, decided before Keras is imported: it cannot be changed afterwards."""

import contextlib
import importlib
import importlib.util
import logging
import os
import sys
from collections.abc import Iterator

from zscape.core.device_limits import DeviceChoice, apply_limit, check_running, check_started, set_environment
from zscape.core.errors import InputError
from zscape.core.install import as_here
from zscape.core.probe import broken_backend

BACKENDS = ("tensorflow", "jax", "torch")
_ANYWHERE = DeviceChoice()
_started_with: list[DeviceChoice] = []  # what this process has asked of its devices; at most one


def choose_backend(requested: str) -> str:
    """Return the backend to use.

    Args:
        requested: "tensorflow", "jax" or "torch"; or "auto": the one Keras already runs on, else KERAS_BACKEND, else
            the first one installed, in this order.

    Raises:
        InputError: when the backend is not installed, none is, or Keras already runs on another.
    """
    running = sys.modules["keras"].backend.backend() if "keras" in sys.modules else None
    installed = [name for name in BACKENDS if _is_installed(name)]
    wanted = requested
    if requested == "auto":
        wanted = running or os.environ.get("KERAS_BACKEND") or (installed[0] if installed else "")
    if not wanted:
        command = as_here('pip install "zscape[tensorflow]"')
        raise InputError(
            "No backend for Keras is installed: zscape needs TensorFlow, JAX or PyTorch. "
            f"Install one, for example: {command}."
        )
    if wanted not in BACKENDS:
        raise InputError(f"KERAS_BACKEND is {wanted!r}; expected one of {', '.join(BACKENDS)}.")
    if wanted not in installed:
        command = as_here(f'pip install "zscape[{wanted}]"')
        raise InputError(f"The backend {wanted!r} is not installed: {command}.")
    if running and running != wanted:
        raise InputError(
            f"Keras already runs on {running!r} in this process and cannot change to {wanted!r}: "
            "start a new process, or ask for the same backend."
        )
    return wanted


def start_backend(
    requested: str = "auto",
    threads: int | None = None,
    deterministic: bool = True,
    devices: DeviceChoice = _ANYWHERE,
) -> str:
    """Set the environment for the backend, before anything imports it, and return the backend's name.

    Args:
        requested: as in `choose_backend`.
        threads: processor threads; None uses all.
        deterministic: same seed, same bytes. On TensorFlow this means one inter-op thread (it costs 0-3 %), which
            cannot be had any more once it has computed something in this process; JAX and PyTorch are deterministic on
            a processor as they are.
        devices: where to compute, and how much of a card's memory to take.

    Raises:
        InputError: as `choose_backend`; when the backend is installed but does not start; when the device asked for is
            not there, or a process in which Keras runs already has another.
    """
    backend = choose_backend(requested)
    os.environ["KERAS_BACKEND"] = backend
    if "keras" in sys.modules:
        check_running(backend, devices, _started_with[0] if _started_with else None)
        if backend == "tensorflow":
            _limit_running_tensorflow(threads, deterministic)
        return backend
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's start-up chatter hides what zscape says
    # TensorFlow uses oneDNN by itself on processors with AVX512 only; with AVX2 it is 1.4 times as fast too.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    if deterministic:
        os.environ["TF_NUM_INTEROP_THREADS"] = "1"
    if threads:
        # NPROC is what XLA's processor client sizes its thread pool by.
        for name in ("TF_NUM_INTRAOP_THREADS", "OMP_NUM_THREADS", "NPROC"):
            os.environ[name] = str(threads)
    set_environment(backend, devices)
    _import(backend, devices)
    check_started(backend, devices)
    _started_with[:] = [devices]
    return backend


def backend_for_use(trained_on: str) -> str:
    """Return what to request of `start_backend` where a trained model is only used, which any backend can do.

    Args:
        trained_on: `training.backend` of its recipe; taken where it is installed and nothing else was chosen.
    """
    chosen = "keras" in sys.modules or os.environ.get("KERAS_BACKEND")
    return "auto" if chosen or trained_on == "auto" or not _is_installed(trained_on) else trained_on


def _is_installed(name: str) -> bool:
    spec = importlib.util.find_spec(name)
    return spec is not None and spec.origin is not None  # without an origin it is just a folder of that name


def _import(backend: str, devices: DeviceChoice) -> None:
    try:
        with _silent_stderr():
            module = importlib.import_module(backend)
            apply_limit(backend, module, devices)
            if backend == "tensorflow":
                module.zeros(1)
    except Exception as error:  # a broken installation fails in ways of its own
        raise InputError(broken_backend(backend, error)) from None
    if backend == "tensorflow":
        # It warns of retracing where batches differ in size, which they do here by design.
        logging.getLogger("tensorflow").setLevel(logging.ERROR)


def _limit_running_tensorflow(threads: int | None, deterministic: bool) -> None:
    """Say to a TensorFlow that is imported already what its environment would have said."""
    threading = sys.modules["tensorflow"].config.threading
    with contextlib.suppress(RuntimeError):  # it has computed something: too late
        if deterministic:
            threading.set_inter_op_parallelism_threads(1)
        if threads:
            threading.set_intra_op_parallelism_threads(threads)


@contextlib.contextmanager
def _silent_stderr() -> Iterator[None]:
    """Keep what C++ code writes to stderr away from the terminal.

    TensorFlow announces oneDNN at import and at the first operation, before its log level counts. Errors are Python
    exceptions and come through.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
