"""Models made of a user's own networks on the disk: weights and settings, no architecture, no code."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras
from safetensors.numpy import save

from zscape.core.errors import InputError
from zscape.core.files import read_json, write_bytes, write_json
from zscape.formulas.objective import Objective
from zscape.inference.storage import load_likelihood, load_weights, save_likelihood
from zscape.networks.state import to_arrays, weights_by_position
from zscape.pathways.base import PathwayModel
from zscape.pathways.model import Autoencoder, VariationalAutoencoder

_FORMAT = 1


def save_own(model: Any, directory: Path) -> None:
    """Write model.json and the weights of both networks; model.json last, so that it stands for a whole model.

    Raises:
        InputError: when `model` is no model of zscape, or `directory` holds something else.
    """
    if not isinstance(model, PathwayModel):
        raise InputError(
            f"zscape.save takes a zscape.Autoencoder or VariationalAutoencoder; received {type(model).__name__}."
        )
    foreign = directory.is_file() or (directory.is_dir() and any(directory.iterdir()))
    if foreign and not (directory / "model.json").is_file():
        raise InputError(f"{directory} exists and holds no model of networks of your own: name another directory.")
    for name, part in _parts(model):
        write_bytes(directory / name / "weights.safetensors", save(to_arrays(weights_by_position(part))))
    save_likelihood(model, directory)
    write_json(directory / "model.json", _settings(model))


def load_own(directory: Path, encoder: keras.Model, decoder: keras.Model) -> PathwayModel:
    """Return the model that `save_own` wrote, around networks that were built again.

    Raises:
        InputError: when files are missing or damaged, or the networks are not those that were saved.
    """
    path = directory / "model.json"
    settings = read_json(path)
    try:
        if settings["format"] != _FORMAT:
            raise ValueError(f"format {settings['format']}, expected {_FORMAT}")
        height, width, channels = (int(size) for size in settings["image_shape"])
        low, high = (float(bound) for bound in settings["log_var_bounds"])
        objective, variational = _objective(settings["objective"]), {"vae": True, "ae": False}[settings["kind"]]
        limit = float(settings["epsilon_limit"]) if variational else 1.0
        if not (low < high and limit > 0):
            raise ValueError("log_var_bounds must rise and epsilon_limit must be positive")
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path} is damaged: {' '.join(str(error).split())}.") from None
    shape = (height, width, channels)
    if variational:
        model: PathwayModel = VariationalAutoencoder(
            encoder, decoder, objective, epsilon_limit=limit, log_var_bounds=(low, high), image_shape=shape
        )
    else:
        model = Autoencoder(encoder, decoder, objective, image_shape=shape)
    for name, part in _parts(model):
        load_weights(weights_by_position(part), directory / name / "weights.safetensors")
    load_likelihood(model, directory)
    return model


def _objective(values: Any) -> Objective:
    try:
        return Objective(values["reconstruction"], values["output"], float(values["beta"]), float(values["sigma"]))
    except InputError as error:
        raise ValueError(str(error).rstrip(".")) from None


def _parts(model: PathwayModel) -> tuple[tuple[str, keras.Model], ...]:
    return ("encoder", model.encoder), ("decoder", model.decoder)


def _settings(model: PathwayModel) -> dict[str, Any]:
    return {
        "format": _FORMAT,
        "kind": "ae" if model.sampling is None else "vae",
        "image_shape": list(model.image_shape),
        "z_dim": model.z_dim,
        "objective": asdict(model.objective),
        "epsilon_limit": None if model.sampling is None else model.sampling.limit,
        "log_var_bounds": list(model.log_var_bounds),
    }
