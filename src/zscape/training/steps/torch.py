"""A guarded training step on PyTorch."""

from typing import Any

import keras
import torch

from zscape.training import guard as guarding
from zscape.training.steps.in_place import rated_step as rated_step


def train_step(model: Any, guard: Any, data: Any) -> dict[str, Any]:
    """Train on a batch unless the guard objects; return Keras' logs.

    Args:
        model: a compiled `pathways.base.PathwayModel`.
        guard: the model's.
        data: as `fit` hands it over: x, or x and y.
    """
    kept = [(variable, variable.value.detach().clone()) for variable in guarding.passing_variables(model, guard)]
    loss, gradients = _loss_and_gradients(model, data, scaled=True)
    with torch.no_grad():
        if bool(guard.judge(loss, gradients, model.optimizer)):
            model.optimizer.apply(gradients, model.trainable_weights)
        else:
            for variable, before in kept:
                variable.assign(before)
    return model.get_metrics_result()


def gradients(model: Any, data: Any) -> list[Any]:
    """Return the gradients of a batch."""
    variables = [*model.non_trainable_variables, *model.metrics_variables]
    kept = [(variable, variable.value.detach().clone()) for variable in variables]
    found = _loss_and_gradients(model, data, scaled=False)[1]
    with torch.no_grad():
        for variable, before in kept:
            variable.assign(before)
    return found


def _loss_and_gradients(model: Any, data: Any, scaled: bool) -> tuple[Any, list[Any]]:
    x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
    model.zero_grad()  # PyTorch adds up gradients until told not to
    prediction = model(x, training=True)
    loss = model.compute_loss(x, y, prediction, sample_weight, training=True)
    (model.optimizer.scale_loss(loss) if scaled else loss).backward()
    return loss.detach(), [weight.value.grad for weight in model.trainable_weights]
