"""A guarded training step on JAX: state goes in and comes out as arrays."""

from typing import Any

import jax
import keras


def train_step(model: Any, guard: Any, state: Any, data: Any) -> tuple[dict[str, Any], Any]:
    """Train on a batch unless the guard objects; return Keras' logs and the new state.

    Args:
        model: a compiled `pathways.base.PathwayModel`.
        guard: the model's.
        state: trainable, other, optimizer and metrics variables, as lists of arrays.
        data: as `fit` hands it over: x, or x and y.
    """
    trainable, other, of_optimizer, of_metrics = state
    loss, gradients, new_other, new_of_metrics = _loss_and_gradients(model, state, data)
    new_trainable, new_of_optimizer = model.optimizer.stateless_apply(of_optimizer, gradients, trainable)

    known = [(model.non_trainable_variables, other), (model.optimizer.variables, of_optimizer)]
    mapping = [pair for variables, arrays in known for pair in zip(variables, arrays, strict=True)]
    with keras.StatelessScope(state_mapping=mapping) as scope:
        taken = guard.judge(loss, gradients, model.optimizer)
    counts = {id(count): scope.get_current_value(count) for count in guard.variables}

    def pick(new: Any, old: Any) -> Any:
        return [jax.numpy.where(taken, one, another) for one, another in zip(new, old, strict=True)]

    other = [
        counts.get(id(variable), array)
        for variable, array in zip(model.non_trainable_variables, pick(new_other, other), strict=True)
    ]
    of_metrics = pick(new_of_metrics, of_metrics)
    with keras.StatelessScope(state_mapping=list(zip(model.metrics_variables, of_metrics, strict=True))):
        logs = model.get_metrics_result()
    return logs, (pick(new_trainable, trainable), other, pick(new_of_optimizer, of_optimizer), of_metrics)


def rated_step(model: Any, table: Any, step: Any, state: Any, data: Any) -> tuple[dict[str, Any], Any]:
    """Do a training step with the learning rate that the table has for it.

    Args:
        model: compiled.
        table: a `learning_rate.RateTable`, the model's.
        step: the training step.
        state: trainable, other, optimizer and metrics variables, as lists of arrays.
        data: as `fit` hands it over.
    """
    trainable, other, of_optimizer, of_metrics = state
    groups = [(model.non_trainable_variables, other), (model.optimizer.variables, of_optimizer)]
    mapping = [pair for variables, arrays in groups for pair in zip(variables, arrays, strict=True)]
    with keras.StatelessScope(state_mapping=mapping) as scope:
        model.optimizer.learning_rate.assign(table.take())
    other, of_optimizer = ([scope.get_current_value(one) for one in variables] for variables, _ in groups)
    return step((trainable, other, of_optimizer, of_metrics), data)


def gradients(model: Any, data: Any) -> list[Any]:
    """Return the gradients of a batch."""
    groups = (
        *(model.trainable_variables, model.non_trainable_variables),
        *(model.optimizer.variables, model.metrics_variables),
    )
    return _loss_and_gradients(model, [[variable.value for variable in group] for group in groups], data)[1]


def _loss_and_gradients(model: Any, state: Any, data: Any) -> tuple[Any, list[Any], list[Any], list[Any]]:
    x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
    trainable, other, of_optimizer, of_metrics = state
    scaled = jax.value_and_grad(model.compute_loss_and_updates, has_aux=True)
    (_, (loss, _, other, of_metrics)), found = scaled(
        trainable, other, of_metrics, x, y, sample_weight, training=True, optimizer_variables=of_optimizer
    )
    return loss, found, other, of_metrics
