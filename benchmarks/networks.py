"""E3's and E11's networks as plain numbers, for the contestants that zscape has no part in.

Stated a second time on purpose: that zscape's recipes lead to the same networks is checked in every run.
"""

from dataclasses import dataclass

import numpy as np

from zscape.core.seeds import generator


@dataclass(frozen=True)
class Network:
    """A variational autoencoder and how it is trained.

    The encoder has a 3x3 convolution per entry of `filters`, padding "same"; the decoder is its mirror with transposed
    convolutions. After each convolution but the last one: (batch norm), leaky ReLU. Loss: binary cross-entropy summed
    over the image plus beta * KL; Adam.

    Attributes:
        recipe: zscape's recipe of the same network.
        image_shape: (height, width, channels).
        filters: one per convolution of the encoder.
        strides: one per convolution of the encoder.
        z_dim: latent dimensions.
        batch_norm: whether there is batch normalisation, with momentum 0.9.
        beta: KL weight.
        steps: training steps in one timed piece: a few seconds on two cores.
    """

    recipe: str
    image_shape: tuple[int, int, int]
    filters: tuple[int, ...]
    strides: tuple[int, ...]
    z_dim: int
    batch_norm: bool
    beta: float
    steps: int
    batch_size: int = 128
    learning_rate: float = 5e-4
    leaky_slope: float = 0.3

    @property
    def map_shape(self) -> tuple[int, int, int]:
        """(height, width, channels) of the encoder's last map."""
        height, width, _ = self.image_shape
        for stride in self.strides:
            height, width = -(-height // stride), -(-width // stride)
        return height, width, self.filters[-1]


NETWORKS = {
    "E3": Network("mnist_2d", (28, 28, 1), (32, 64, 128), (1, 2, 2), 2, False, 0.1568, steps=16),
    "E11": Network("celeba", (96, 96, 3), (32, 64, 128, 256), (2, 2, 2, 2), 256, True, 15.0, steps=6),
}


def noise_images(network: Network, count: int) -> np.ndarray:
    """Return uint8 (count, height, width, channels), the same in every worker: a step takes as long on any images."""
    return generator(0, "benchmark images").integers(0, 256, (count, *network.image_shape), np.uint8)
