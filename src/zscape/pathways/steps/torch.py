"""A training step on PyTorch: autograd."""

from typing import Any

import keras
import torch


def train_step(model: Any, data: Any) -> dict[str, Any]:
    """Train on a batch; return Keras' logs.

    Args:
        model: a compiled `pathways.base.PathwayModel`.
        data: as `fit` hands it over: x, or x and y.
    """
    x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
    model.zero_grad()  # PyTorch adds up gradients until told not to
    prediction = model(x, training=True)
    loss = model.compute_loss(x, y, prediction, sample_weight, training=True)
    loss.backward()
    weights = model.trainable_weights
    with torch.no_grad():
        model.optimizer.apply([weight.value.grad for weight in weights], weights)
    return model.get_metrics_result()
