"""A training step on TensorFlow: GradientTape."""

from typing import Any

import keras
import tensorflow as tf


def train_step(model: Any, data: Any) -> dict[str, Any]:
    """Train on a batch; return Keras' logs.

    Args:
        model: a compiled `pathways.base.PathwayModel`.
        data: as `fit` hands it over: x, or x and y.
    """
    x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
    with tf.GradientTape() as tape:
        prediction = model(x, training=True)
        loss = model.compute_loss(x, y, prediction, sample_weight, training=True)
    weights = model.trainable_weights
    model.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
    return model.get_metrics_result()
