"""Checkpoints: all that training needs to go on, in one safetensors file that is written whole or not at all."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from zscape.core.errors import InputError
from zscape.core.files import write_bytes
from zscape.networks.latent_model import LatentModel
from zscape.networks.state import assign, optimizer_variables, part_variables, to_arrays
from zscape.pathways.base import PathwayModel

_FORMAT = 1


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint read back.

    Attributes:
        arrays: encoder, decoder, optimizer and random streams by name.
        epoch: epochs trained.
        history: the records of these epochs, as in history.jsonl.
    """

    arrays: dict[str, np.ndarray]
    epoch: int
    history: list[dict[str, Any]]


def training_variables(model: LatentModel) -> dict[str, keras.Variable]:
    """Return everything that training changes, by name: weights, statistics, random streams, optimizer."""
    parts = {
        "encoder": part_variables(model.encoder),
        "decoder": part_variables(model.decoder),
        "optimizer": optimizer_variables(model.optimizer),
    }
    named = {f"{part}/{name}": variable for part, variables in parts.items() for name, variable in variables.items()}
    if model.sampling is not None:
        named["sampling/noise"] = model.sampling.seed_generator.state
    if isinstance(model, PathwayModel) and model.kl_weight.step is not None:
        named["kl_weight/step"] = model.kl_weight.step
    if model.learned_sigma is not None:
        named["likelihood/raw_log_sigma"] = model.learned_sigma.raw
    return named


def save_checkpoint(path: Path, model: LatentModel, epoch: int, history: list[dict[str, Any]]) -> None:
    """Write the state of a training after `epoch` epochs.

    Raises:
        OSError: when it cannot be written; a checkpoint already at `path` stays as it was.
    """
    note = {"format": _FORMAT, "epoch": epoch, "history": history}
    write_bytes(path, save(to_arrays(training_variables(model)), metadata={"zscape": json.dumps(note)}))


def read_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint.

    Raises:
        InputError: when it is missing, damaged, or of a format this version does not know.
    """
    if not path.is_file():
        raise InputError(f"There is no checkpoint {path}.")
    try:
        with safe_open(path, framework="numpy") as file:
            note = json.loads((file.metadata() or {})["zscape"])
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
        version, checkpoint = note["format"], Checkpoint(arrays, note.get("epoch", 0), note.get("history", []))
    except (SafetensorError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise InputError(f"{path} is not a checkpoint of zscape, or is damaged ({error}).") from None
    if version != _FORMAT:
        raise InputError(f"{path} has checkpoint format {version}; this version of zscape reads {_FORMAT}.")
    return checkpoint


def restore(checkpoint: Checkpoint, model: LatentModel) -> None:
    """Give a compiled model the state of a checkpoint.

    Raises:
        InputError: when the checkpoint belongs to another network.
    """
    # Without its slots built, an optimizer would start from zero, silently.
    model.optimizer.build(model.trainable_variables)
    assign(training_variables(model), checkpoint.arrays, "The checkpoint")
