"""The trained model of a run, with its backend started."""

from pathlib import Path
from typing import Any

from zscape.core.backend import backend_for_use, start_backend
from zscape.core.device_limits import devices_for_use
from zscape.core.errors import InputError
from zscape.runs.directory import RunDirectory


def trained_run(directory: Path | str) -> RunDirectory:
    """Return a run that has networks; no backend is started.

    Raises:
        InputError: when the directory holds no trained run.
    """
    run = RunDirectory.open(directory)
    if not run.is_trained:
        raise InputError(f"{run.path} holds no finished networks yet: `zscape train` makes them.")
    return run


def open_trained(directory: Path | str) -> tuple[RunDirectory, Any]:
    """Return a run and its model.

    Args:
        directory: a run directory.

    Raises:
        InputError: when it holds no trained run, its files are damaged, or its backend is not there.
    """
    run = trained_run(directory)
    return run, model_of(run)


def model_of(run: RunDirectory) -> Any:
    """Return the model of a run that `trained_run` gave; what can be refused without it is to be refused before.

    Raises:
        InputError: when its files are damaged, or its backend is not there.
    """
    training = run.recipe.training
    devices = devices_for_use(training.devices)
    start_backend(backend_for_use(training.backend), training.threads, training.deterministic, devices)
    # Imported here because Keras takes seconds to start, and must not before the environment is set.
    from zscape.inference.storage import load_model

    return load_model(run.path)


def save(model: Any, directory: Path | str) -> Path:
    """Write the weights of an `Autoencoder` or `VariationalAutoencoder` made of any two Keras models.

    A network's architecture is not written: it is code, and zscape keeps no code in files. `load` takes the two
    networks, built again, and gives them these weights. (Runs of `zscape train` need none of this.)

    Args:
        model: the model.
        directory: where to write model.json and encoder/, decoder/ with the weights as safetensors.

    Returns:
        The directory.

    Raises:
        InputError: when the model is not zscape's, or the directory holds something else.
    """
    start_backend()
    from zscape.inference.own_networks import save_own

    save_own(model, Path(directory))
    return Path(directory)


def load(directory: Path | str, *, encoder: Any = None, decoder: Any = None) -> Any:
    """Load a trained run, one of its networks alone, or a model made of networks of your own.

    Args:
        directory: a run directory gives the whole model (`encode`, `decode`, `sample`, `.encoder`, `.decoder`); its
            `encoder/` or `decoder/` gives that network as a `keras.Model`; a directory written by `save` gives the
            model whose `encoder` and `decoder` are passed along.
        encoder: the encoder, built as it was before `save`; its weights are replaced.
        decoder: the decoder, likewise.

    Raises:
        InputError: when nothing that can be loaded is there, or networks are passed where none are needed, or the
            other way round.
    """
    directory = Path(directory)
    own = (directory / "model.json").is_file()
    if own != (encoder is not None and decoder is not None) or (not own and (encoder or decoder) is not None):
        raise InputError(
            f"{directory} holds the weights of networks of your own: pass encoder=... and decoder=..., built as before."
            if own
            else f"{directory} holds no model.json, as zscape.save writes it: encoder and decoder cannot be passed."
        )
    if own:
        start_backend()
        from zscape.inference.own_networks import load_own

        return load_own(directory, encoder, decoder)
    if not (directory / "config.json").is_file():
        return open_trained(directory)[1]
    start_backend()
    from zscape.inference.storage import load_network

    return load_network(directory)
