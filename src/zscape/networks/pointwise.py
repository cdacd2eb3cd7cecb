"""A strided 1x1 convolution that does not crash TensorFlow."""

from typing import Any

import keras


class PointwiseConv2D(keras.layers.Conv2D):
    """A convolution with a kernel of 1 that looks at every `step`-th pixel along both axes.

    It is `Conv2D(kernel_size=1, strides=step)`, computed as a choice of pixels and a convolution with stride 1. The
    gradient of the strided one with fewer than 8 channels writes outside its memory in TensorFlow 2.21 with oneDNN on
    processors with AVX2 ("free(): invalid next size"; docs/decisions/0004).

    Args:
        filters: output channels.
        step: stride.
    """

    def __init__(self, filters: int, step: int, **kwargs: Any) -> None:
        super().__init__(filters, kernel_size=1, strides=1, **kwargs)
        self.step = step

    def call(self, inputs: Any) -> Any:
        return super().call(inputs[:, :: self.step, :: self.step, :])

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return (batch, ceil(height / step), ceil(width / step), filters)."""
        batch, height, width, channels = input_shape
        chosen = (-(-size // self.step) if size else None for size in (height, width))
        return super().compute_output_shape((batch, *chosen, channels))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again."""
        config = super().get_config()
        for fixed in ("kernel_size", "strides"):
            config.pop(fixed)
        return {**config, "step": self.step}
