"""A training step on JAX: the gradient of a function without side effects."""

from typing import Any

import jax
import keras


def train_step(model: Any, state: Any, data: Any) -> tuple[dict[str, Any], Any]:
    """Train on a batch; return Keras' logs and the new state.

    Everything that changes in a step, statistics and random streams included, goes in and comes out as arrays.

    Args:
        model: a compiled `pathways.base.PathwayModel`.
        state: trainable, other, optimizer and metrics variables, as lists of arrays.
        data: as `fit` hands it over: x, or x and y.
    """
    x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
    trainable, other, of_optimizer, of_metrics = state

    def loss_of(trainable: Any, other: Any, of_metrics: Any) -> Any:
        prediction, other, added = model.stateless_call(trainable, other, x, training=True, return_losses=True)
        model.check_added_losses(added)  # a stateless call leaves nothing in model.losses
        loss, (_, other, of_metrics) = model.stateless_compute_loss(
            trainable, other, of_metrics, x, y, prediction, sample_weight, training=True
        )
        return loss, (other, of_metrics)

    gradients, (other, of_metrics) = jax.grad(loss_of, has_aux=True)(trainable, other, of_metrics)
    trainable, of_optimizer = model.optimizer.stateless_apply(of_optimizer, gradients, trainable)
    with keras.StatelessScope(state_mapping=list(zip(model.metrics_variables, of_metrics, strict=True))):
        logs = model.get_metrics_result()
    return logs, (trainable, other, of_optimizer, of_metrics)
