"""Encoder and decoder on the disk: a config and safetensors each, rebuilt from the config; no code, no pickle."""

from collections.abc import Callable, Mapping
from pathlib import Path

import keras
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from zscape.core.errors import InputError
from zscape.core.files import read_json, write_bytes, write_json
from zscape.networks.latent_model import LatentModel
from zscape.networks.learned_sigma import LearnedSigma
from zscape.networks.parts import build_decoder, build_encoder
from zscape.networks.state import assign, part_weights, to_arrays
from zscape.pathways.base import PathwayModel
from zscape.pathways.build import build_model
from zscape.runs.directory import RunDirectory
from zscape.specs.model import ModelSpec
from zscape.specs.recipe import Recipe

_FORMAT = 1
_BUILDERS: dict[str, Callable[..., keras.Model]] = {"encoder": build_encoder, "decoder": build_decoder}


def save_networks(model: LatentModel, recipe: Recipe, epochs: int, directory: Path) -> None:
    """Write `encoder/` and `decoder/` below a run directory, and `likelihood/` where a sigma is learned.

    Args:
        model: the trained model.
        recipe: its recipe.
        epochs: epochs trained; the two networks belong together only where they agree in it.
        directory: the run directory.

    Raises:
        OSError: when they cannot be written; files already there stay as they were.
    """
    save_likelihood(model, directory)  # first: the configs below say that the run is trained
    for name, part in (("encoder", model.encoder), ("decoder", model.decoder)):
        config = {
            "format": _FORMAT,
            "part": name,
            "epochs": epochs,
            "image_shape": list(recipe.image_shape),
            "model": recipe.model.model_dump(mode="json"),
            "objective": recipe.objective.model_dump(mode="json"),
        }
        write_bytes(directory / name / "weights.safetensors", save(to_arrays(part_weights(part))))
        write_json(directory / name / "config.json", config)


def load_network(directory: Path) -> keras.Model:
    """Return the encoder or decoder in `directory` (a run's `encoder/` or `decoder/`), in inference form.

    Raises:
        InputError: when files are missing, damaged, of an unknown format, or do not belong together.
    """
    config = read_json(directory / "config.json")
    try:
        if config["format"] != _FORMAT:
            raise ValueError(f"format {config['format']}, expected {_FORMAT}")
        build, (height, width, channels) = _BUILDERS[config["part"]], config["image_shape"]
        part = build((height, width, channels), ModelSpec.model_validate(config["model"]))
    except (KeyError, TypeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"{directory / 'config.json'} is not the config of an encoder or decoder of zscape: {reason}."
        ) from None
    load_weights(part_weights(part), directory / "weights.safetensors")
    return part


def load_model(directory: Path) -> PathwayModel:
    """Return the trained model of a run directory.

    Raises:
        InputError: when there is no trained run, or its files are damaged or do not belong together.
    """
    run = RunDirectory.open(directory)
    model = build_model(run.recipe)
    for name, part in (("encoder", model.encoder), ("decoder", model.decoder)):
        load_weights(part_weights(part), directory / name / "weights.safetensors")
    load_likelihood(model, directory)
    return model


def save_likelihood(model: LatentModel, directory: Path) -> None:
    """Write `likelihood/weights.safetensors` in a model's directory, where a sigma is learned."""
    if model.learned_sigma is not None:
        write_bytes(_likelihood_file(directory), save(to_arrays(_likelihood_weights(model.learned_sigma))))


def load_likelihood(model: LatentModel, directory: Path) -> None:
    """Give a model the sigma that was learned, where one is learned.

    Raises:
        InputError: when its file is missing or damaged.
    """
    if model.learned_sigma is not None:
        load_weights(_likelihood_weights(model.learned_sigma), _likelihood_file(directory))


def _likelihood_weights(learned: LearnedSigma) -> dict[str, keras.Variable]:
    return {learned.raw.name: learned.raw}


def _likelihood_file(directory: Path) -> Path:
    return directory / "likelihood" / "weights.safetensors"


def load_weights(weights: Mapping[str, keras.Variable], path: Path) -> None:
    """Give weights the values in a safetensors file.

    Raises:
        InputError: when the file is missing or damaged, or holds other names or shapes.
    """
    try:
        arrays = load_file(path)
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.") from None
    except SafetensorError as error:
        raise InputError(f"{path} is damaged or cut off ({error}).") from None
    assign(weights, arrays, str(path))
