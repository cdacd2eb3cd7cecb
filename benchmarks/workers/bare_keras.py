"""Contestants `bare_keras` and `bare_keras_fused`: the same network in plain Keras, as short as it can be written.

Equal to zscape: layers, initial distribution, loss, optimizer, batch size, Keras' own `train_step` and `fit`, threads,
oneDNN. Not equal, all in favour of bare Keras: images lie in memory as float32 in [0, 1] and go in as one array, only
the loss is tracked, log_var has no bounds, and TensorFlow may use as many inter-op threads as it likes.
"""

import contextlib
from typing import Any

from benchmarks.networks import Network, noise_images
from benchmarks.workers.task import Line, Task
from zscape.core.backend import start_backend


def main() -> None:
    """Train until the harness closes the line."""
    task, line = Task.from_arguments(), Line()
    start_backend(task.backend, task.threads, deterministic=False)
    import keras

    from benchmarks.workers.keras_station import EPOCHS, EndOfWork, Station

    keras.utils.set_random_seed(1)
    keras.config.set_dtype_policy(task.precision)
    network = task.network
    model = build_model(network, task.fused)
    model.compile(optimizer=keras.optimizers.Adam(network.learning_rate))
    images = noise_images(network, task.images).astype("float32") / 255.0
    with contextlib.suppress(EndOfWork):
        model.fit(images, batch_size=network.batch_size, epochs=EPOCHS, verbose=0, callbacks=[Station(line)])


def build_model(network: Network, fused: bool) -> Any:
    """Return the model, not compiled.

    Args:
        network: its numbers.
        fused: take zscape's batch normalisation in place of Keras' own.
    """
    import keras
    from keras import ops

    class Vae(keras.Model):
        def __init__(self, encoder: keras.Model, decoder: keras.Model) -> None:
            super().__init__()
            self.encoder, self.decoder = encoder, decoder
            self.noise = keras.random.SeedGenerator(1)

        def call(self, images: Any, training: bool | None = None) -> Any:
            mu, log_var = self.encoder(images, training=training)
            draws = keras.random.normal(ops.shape(mu), dtype="float32", seed=self.noise)
            z = mu + ops.exp(0.5 * log_var) * draws
            return mu, log_var, self.decoder(z, training=training)

        def compute_loss(self, x: Any = None, y: Any = None, y_pred: Any = None, *_: Any, **__: Any) -> Any:
            mu, log_var, logits = y_pred
            pixels = ops.binary_crossentropy(x, logits, from_logits=True)
            kl = 0.5 * ops.sum(mu * mu + ops.exp(log_var) - log_var - 1.0, axis=-1)
            return ops.mean(ops.sum(pixels, axis=(1, 2, 3))) + network.beta * ops.mean(kl)

    return Vae(_encoder(network, fused), _decoder(network, fused))


def _encoder(network: Network, fused: bool) -> Any:
    import keras
    from keras import layers

    image = x = keras.Input(network.image_shape)
    for filters, stride in zip(network.filters, network.strides, strict=True):
        x = layers.Conv2D(filters, 3, stride, padding="same")(x)
        x = _normalised_and_activated(x, network, fused)
    x = layers.Flatten()(x)
    return keras.Model(image, [layers.Dense(network.z_dim, dtype="float32")(x) for _ in ("mu", "log_var")])


def _decoder(network: Network, fused: bool) -> Any:
    import keras
    from keras import layers

    height, width, channels = network.map_shape
    z = keras.Input((network.z_dim,))
    x = layers.Reshape((height, width, channels))(layers.Dense(height * width * channels)(z))
    for filters, stride in zip(network.filters[-2::-1], network.strides[:0:-1], strict=True):
        x = layers.Conv2DTranspose(filters, 3, stride, padding="same")(x)
        x = _normalised_and_activated(x, network, fused)
    logits = layers.Conv2DTranspose(network.image_shape[-1], 3, network.strides[0], padding="same", dtype="float32")(x)
    return keras.Model(z, logits)


def _normalised_and_activated(x: Any, network: Network, fused: bool) -> Any:
    from keras import layers

    if network.batch_norm:
        x = _normalisation(fused)(x)
    return layers.LeakyReLU(negative_slope=network.leaky_slope)(x)


def _normalisation(fused: bool) -> Any:
    from keras import layers

    from zscape.networks.batch_norm import BatchNorm

    return (BatchNorm if fused else layers.BatchNormalization)(momentum=0.9)


if __name__ == "__main__":
    main()
