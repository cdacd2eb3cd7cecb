"""What of a model goes into a checkpoint, and how it gets it back."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np

from zscape.core.errors import TrainingStopped
from zscape.networks.latent_model import LatentModel
from zscape.networks.state import assign, optimizer_variables, part_variables, to_arrays
from zscape.pathways.base import PathwayModel
from zscape.training.checkpoint_files import Checkpoint, read_checkpoint, write_checkpoint

__all__ = ["Checkpoint", "read_checkpoint"]


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


def metric_variables(model: LatentModel) -> dict[str, keras.Variable]:
    """Return the sums behind the numbers of an epoch, by name."""
    return {f"{metric.name}/{variable.name}": variable for metric in model.metrics for variable in metric.variables}


def state_arrays(model: LatentModel) -> dict[str, np.ndarray]:
    """Return the values of `training_variables`.

    Raises:
        TrainingStopped: when one is not finite: such a state must not replace a good checkpoint.
    """
    arrays = to_arrays(training_variables(model))
    for name, array in arrays.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise TrainingStopped(
                f"{name} is not finite any more; training stopped, and the checkpoint before is kept. "
                "Try a lower training.learning_rate."
            )
    return arrays


def save_checkpoint(path: Path, model: LatentModel, epoch: int, history: list[dict[str, Any]]) -> None:
    """Write the state of a training after `epoch` epochs.

    Raises:
        OSError: when it cannot be written; a checkpoint already at `path` stays as it was.
        TrainingStopped: as `state_arrays`.
    """
    step = history[-1].get("step", 0) if history else 0
    write_checkpoint(path, Checkpoint(state_arrays(model), epoch, history, step, backend=keras.backend.backend()))


def restore(checkpoint: Checkpoint, model: LatentModel) -> None:
    """Give a compiled model the state of a checkpoint; its sums are those of `restore_metrics`.

    Raises:
        InputError: when the checkpoint belongs to another network.
    """
    # Without its slots built, an optimizer would start from zero, silently.
    model.optimizer.build(model.trainable_variables)
    assign(training_variables(model), checkpoint.arrays, "The checkpoint")


def restore_metrics(metrics: Mapping[str, np.ndarray], model: LatentModel) -> None:
    """Give a model the sums of an epoch that was broken off.

    Raises:
        InputError: when they belong to another model.
    """
    assign(metric_variables(model), metrics, "What the checkpoint has summed up")
