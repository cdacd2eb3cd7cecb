"""The trained model of a run, with its backend started."""

from pathlib import Path
from typing import Any

from zscape.core.backend import start_backend
from zscape.core.errors import InputError
from zscape.runs.directory import RunDirectory


def open_trained(directory: Path | str) -> tuple[RunDirectory, Any]:
    """Return a run and its model.

    Args:
        directory: a run directory.

    Raises:
        InputError: when it holds no trained run, its files are damaged, or its backend is not there.
    """
    run = RunDirectory.open(directory)
    if not run.is_trained:
        raise InputError(f"{run.path} holds no finished networks yet: `zscape train` makes them.")
    training = run.recipe.training
    start_backend(training.backend, training.threads, training.deterministic)
    # Imported here because Keras takes seconds to start, and must not before the environment is set.
    from zscape.inference.storage import load_model

    return run, load_model(run.path)


def load(directory: Path | str) -> Any:
    """Load a trained run, or one of its networks alone, in a process that need not know how it was trained.

    Args:
        directory: a run directory gives the whole model (`encode`, `decode`, `sample`, `.encoder`, `.decoder`); its
            `encoder/` or `decoder/` gives that network as a `keras.Model`.

    Raises:
        InputError: when nothing that can be loaded is there.
    """
    directory = Path(directory)
    if not (directory / "config.json").is_file():
        return open_trained(directory)[1]
    start_backend()
    from zscape.inference.storage import load_network

    return load_network(directory)
