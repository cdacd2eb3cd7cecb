"""What was wrong with a step that the guard has not taken.

The guard has left the state of before that step, and a batch is a function of its number: the step is done once more,
outside of the compiled graph, and looked at.
"""

from typing import Any

import keras
import numpy as np
from keras import ops

from zscape.networks.latent_model import LatentModel
from zscape.networks.state import assign, to_arrays
from zscape.training.guard import gradients_of, passing_variables


def diagnose(model: LatentModel, data: tuple[Any, ...]) -> str:
    """Return a clause that says what is not finite: weights, a term of the loss, the gradient of a layer.

    Args:
        model: compiled, in the state of before the step; it is left as it is.
        data: the step's batch, as `TrainingFlow` gives it.
    """
    if not np.isfinite(float(ops.convert_to_numpy(model.optimizer.learning_rate))):
        return "the learning rate is not a finite number"
    weights = [ops.convert_to_numpy(variable) for variable in model.trainable_variables]
    names = _names(model)
    broken = _first_broken(names, weights)
    if broken:
        return f"the weights {broken} are not finite"
    terms, log_var = _forward(model, data)
    # Backwards, as gradients are computed: all that come after the first broken one are broken too.
    gradients = gradients_of(model, data)
    layer = _first_broken(names[::-1], gradients[::-1])
    known = log_var is not None and np.isfinite(log_var).all()
    extremes = f" (log_var from {log_var[0]:.4g} to {log_var[1]:.4g})" if log_var and known else ""
    if terms:
        what = f"{' and '.join(terms)} of the loss {'is' if len(terms) == 1 else 'are'} not finite"
        return f"{what}{f', nor is the gradient of {layer}' if layer else ''}{extremes}"
    if layer:
        return f"the gradient of {layer} is not finite{extremes}"
    norm = np.sqrt(sum(np.square(each.astype(np.float64)).sum() for each in gradients if each is not None))
    return f"the gradient, of norm {norm:.4g}, has squares that are not finite in float32{extremes}"


def _names(model: LatentModel) -> list[str]:
    """Return the names of the trainable variables: network/layer/variable, as in a checkpoint."""
    names = {}
    for part in (model.encoder, model.decoder):
        for layer in part.layers:
            names |= {id(variable): f"{part.name}/{layer.name}/{variable.name}" for variable in layer.variables}
    return [names.get(id(variable), variable.path) for variable in model.trainable_variables]


def _first_broken(names: list[str], arrays: list[np.ndarray | None]) -> str:
    for name, array in zip(names, arrays, strict=True):
        if array is not None and not np.isfinite(array).all():
            return name
    return ""


def _forward(model: Any, data: tuple[Any, ...]) -> tuple[list[str], tuple[float, float] | None]:
    x, y, _ = keras.utils.unpack_x_y_sample_weight(tuple(ops.convert_to_tensor(part) for part in data))
    changing = {str(number): variable for number, variable in enumerate(passing_variables(model, model.guard))}
    before = to_arrays(changing)
    prediction = model(x, training=True)
    parts = model.loss_parts(model.target_images(x, y), prediction)
    assign(changing, before, "The state before the step")
    broken = [name for name, values in parts.items() if not np.isfinite(ops.convert_to_numpy(values)).all()]
    if "raw_log_var" not in prediction:
        return broken, None
    log_var = ops.convert_to_numpy(prediction["raw_log_var"])
    return broken, (float(log_var.min()), float(log_var.max()))
