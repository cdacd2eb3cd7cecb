"""A guarded training step on TensorFlow."""

from typing import Any

import keras
import tensorflow as tf

from zscape.training import guard as guarding
from zscape.training.steps.in_place import rated_step as rated_step


def train_step(model: Any, guard: Any, data: Any) -> dict[str, Any]:
    """Train on a batch unless the guard objects; return Keras' logs.

    Args:
        model: a compiled `pathways.base.PathwayModel`.
        guard: the model's.
        data: as `fit` hands it over: x, or x and y.
    """
    kept = [(variable, tf.identity(variable.value)) for variable in guarding.passing_variables(model, guard)]
    loss, gradients = _loss_and_gradients(model, data, scaled=True)
    taken = guard.judge(loss, gradients, model.optimizer)

    def apply() -> Any:
        model.optimizer.apply(gradients, model.trainable_weights)
        return tf.constant(True)

    tf.cond(taken, apply, lambda: tf.constant(False))
    for variable, before in kept:
        variable.assign(tf.where(taken, variable.value, before))
    return model.get_metrics_result()


def gradients(model: Any, data: Any) -> list[Any]:
    """Return the gradients of a batch."""
    variables = [*model.non_trainable_variables, *model.metrics_variables]
    kept = [(variable, tf.identity(variable.value)) for variable in variables]
    found = _loss_and_gradients(model, data, scaled=False)[1]
    for variable, before in kept:
        variable.assign(before)
    return found


def _loss_and_gradients(model: Any, data: Any, scaled: bool) -> tuple[Any, list[Any]]:
    x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
    with tf.GradientTape() as tape:
        prediction = model(x, training=True)
        loss = model.compute_loss(x, y, prediction, sample_weight, training=True)
        objective = model.optimizer.scale_loss(loss) if scaled else loss
    return loss, tape.gradient(objective, model.trainable_weights)
