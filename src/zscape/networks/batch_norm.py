"""Batch normalisation that trains with TensorFlow's fused kernel where there is one."""

from typing import Any

import keras
from keras import ops


class BatchNorm(keras.layers.BatchNormalization):
    """`keras.layers.BatchNormalization`, in training on TensorFlow with the fused kernel; else it is Keras' own.

    Keras' layer is made of moments and elementwise operations on TensorFlow, which read the map several times, and
    casts 16-bit maps to float32; the fused kernel reads once and takes them as they are (statistics in float32 too).
    Outputs, gradients, moving statistics and weights are Keras' own; `benchmarks/` measures the gain.

    In inference the fused kernel must not be used: TensorFlow's graph optimiser merges it with the layers around it
    and then computes other numbers (docs/decisions/0004).

    Input shape: (batch, height, width, channels) or (batch, features).
    """

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        standard = self.center and self.scale and self.axis in (-1, len(inputs.shape) - 1) and not self.renorm
        fused = keras.backend.backend() == "tensorflow" and len(inputs.shape) == 4 and mask is None and standard
        if not (fused and training and self.trainable):
            return super().call(inputs, training=training, mask=mask)
        import tensorflow as tf

        outputs, mean, variance = tf.compat.v1.nn.fused_batch_norm(
            inputs, self.gamma.value, self.beta.value, epsilon=self.epsilon, is_training=True
        )
        # The kernel gives the unbiased variance n / (n - 1) s^2; Keras keeps s^2 in its moving average.
        count = ops.cast(ops.size(inputs) // inputs.shape[-1], "float32")
        biased = variance * (ops.maximum(count - 1.0, 1.0) / count)
        for moving, batch in ((self.moving_mean, mean), (self.moving_variance, biased)):
            moving.assign(moving * self.momentum + batch * (1.0 - self.momentum))
        return outputs
