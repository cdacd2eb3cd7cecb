"""FID's embedding: features of Inception v3 in the graph of 2015-12-05, on any backend.

Sources: Szegedy, Vanhoucke, Ioffe, Shlens & Wojna, "Rethinking the Inception architecture for computer vision" (2016);
Heusel, Ramsauer, Unterthiner, Nessler & Hochreiter, "GANs trained by a two time-scale update rule converge to a local
Nash equilibrium" (2017), which defines FID by this graph. It differs from the Inception v3 of other libraries: average
pools do not count the padding, the last block takes a maximum instead of an average, and 1,008 classes follow.
"""

import importlib
from pathlib import Path

import keras
import numpy as np

from zscape.core.errors import InputError
from zscape.formulas.resize import bilinear_matrix
from zscape.inference.inception_file import PUBLISHED, InceptionTensors, read_tensors

FEATURES = 2048
"""Numbers per image."""

_SIDE = 299
_BATCH = 32  # the first layers hold 8 MiB an image
_BN_EPSILON = 1e-3
_DOT = "-"  # PyTorch's modules allow no dot in the name of a layer's weights

Step = tuple[str, int, int | tuple[int, int]] | tuple[str, int, int | tuple[int, int], int]
"""A convolution: the end of its name, filters, kernel; a stride where it is not 1."""


class InceptionEmbedding:
    """The 2,048 features in which a Fréchet distance is FID.

    Args:
        path: the file of weights, as `read_tensors` takes it.
        image_shape: (height, width, channels) of the images that are to be embedded.

    Raises:
        InputError: when the file is not one, or the images are neither grey nor of three colours.
    """

    accuracy = None
    trained_on = None
    fid = True

    def __init__(self, path: Path, image_shape: tuple[int, int, int]) -> None:
        channels = image_shape[2]
        if channels not in (1, 3):
            raise InputError(f"Inception takes images of 1 or 3 channels; these have {channels}.")
        self._network = build_inception(image_shape)
        found = read_tensors(path, tensor_shapes(self._network))
        assign_tensors(self._network, found)
        checksum = found.checksum
        verified = "" if found.published else " (not verified)"
        self.name = f"FID's Inception v3, weights {checksum[:8]}{verified}, {FEATURES:,} numbers"
        self.identity = f"inception-{checksum[:16]}"
        self.details = _details(found, channels)

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """Return the features: float32 (n, 2048), at least 0."""
        size = min(_BATCH, len(images))
        parts = []
        for start in range(0, len(images), size):
            batch = images[start : start + size]
            # Always of one size: a backend compiles for each anew.
            padded = np.concatenate([batch, np.zeros((size - len(batch), *batch.shape[1:]), np.uint8)])
            parts.append(np.asarray(self._network.predict_on_batch(padded.astype(np.float32)))[: len(batch)])
        return np.concatenate(parts)


def _details(found: InceptionTensors, channels: int) -> str:
    backend = keras.backend.backend()
    version = importlib.import_module(backend).__version__
    grey = "grey ones repeated in three channels, " if channels == 1 else ""
    weights = (
        f"which is the published file {PUBLISHED}"
        if found.published
        else f"which is not the published file {PUBLISHED} to the byte, so that its tensors are taken on trust"
    )
    return (
        f"Images for Inception: resized to {_SIDE} x {_SIDE} (bilinear, align_corners off, no antialiasing, as "
        f"pytorch-fid does), {grey}scaled to [-1, 1]; features of pool3 by Keras {keras.__version__} on {backend} "
        f"{version}; weights of {found.file}, {weights}."
    )


def build_inception(image_shape: tuple[int, int, int]) -> keras.Model:
    """Return the network with all weights 0; batch normalisations are part of the convolutions.

    Input shape: (batch, height, width, channels), float32 in [0, 255].
    Output shape: (batch, 2048).

    Args:
        image_shape: (height, width, channels), 1 or 3 channels.
    """
    image = keras.Input(image_shape, name="image", dtype="float32")
    x = _Prepared(image_shape, name="prepared", dtype="float32")(image)
    x = _convolution(x, "Conv2d_1a_3x3", 32, 3, 2, "valid")
    x = _convolution(x, "Conv2d_2a_3x3", 32, 3, 1, "valid")
    x = _convolution(x, "Conv2d_2b_3x3", 64, 3)
    x = _halved(x)
    x = _convolution(x, "Conv2d_3b_1x1", 80, 1)
    x = _convolution(x, "Conv2d_4a_3x3", 192, 3, 1, "valid")
    x = _halved(x)
    for block, pool in (("Mixed_5b", 32), ("Mixed_5c", 64), ("Mixed_5d", 64)):
        x = _block_a(x, block, pool)
    x = _block_b(x, "Mixed_6a")
    for block, filters in (("Mixed_6b", 128), ("Mixed_6c", 160), ("Mixed_6d", 160), ("Mixed_6e", 192)):
        x = _block_c(x, block, filters)
    x = _block_d(x, "Mixed_7a")
    x = _block_e(x, "Mixed_7b", _average(x))
    x = _block_e(x, "Mixed_7c", keras.layers.MaxPooling2D(3, 1, "same")(x))
    return keras.Model(image, keras.layers.GlobalAveragePooling2D(name="pool3")(x), name="inception")


def tensor_shapes(network: keras.Model) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the tensors that the network is filled from, by their names in PyTorch."""
    shapes: dict[str, tuple[int, ...]] = {}
    for name, layer in _convolutions(network).items():
        height, width, channels, filters = layer.kernel.shape
        shapes[f"{name}.conv.weight"] = (filters, channels, height, width)
        shapes |= {f"{name}.bn.{part}": (filters,) for part in ("weight", "bias", "running_mean", "running_var")}
    return shapes


def assign_tensors(network: keras.Model, found: InceptionTensors) -> None:
    """Fill the network, each batch normalisation multiplied into the convolution before it."""
    for name, layer in _convolutions(network).items():
        gamma, beta, mean, variance = (
            found.tensors[f"{name}.bn.{part}"].astype(np.float64)
            for part in ("weight", "bias", "running_mean", "running_var")
        )
        factor = gamma / np.sqrt(variance + _BN_EPSILON)
        kernel = found.tensors[f"{name}.conv.weight"].astype(np.float64).transpose(2, 3, 1, 0) * factor
        layer.kernel.assign(kernel.astype(np.float32))
        layer.bias.assign((beta - mean * factor).astype(np.float32))


def _convolutions(network: keras.Model) -> dict[str, keras.layers.Conv2D]:
    return {layer.name.replace(_DOT, "."): layer for layer in network.layers if isinstance(layer, keras.layers.Conv2D)}


class _Prepared(keras.layers.Layer):
    """Images of 0 to 255 as Inception takes them: (299, 299, 3), from -1 to 1."""

    def __init__(self, image_shape: tuple[int, int, int], **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._rows, self._columns = (bilinear_matrix(size, _SIDE).astype(np.float32) for size in image_shape[:2])
        self._grey = image_shape[2] == 1

    def call(self, image):
        taller = keras.ops.einsum("ah,nhwc->nawc", self._rows, image / 127.5 - 1.0)
        resized = keras.ops.einsum("bw,nawc->nabc", self._columns, taller)
        return keras.ops.repeat(resized, 3, axis=3) if self._grey else resized


def _convolution(
    x: keras.KerasTensor, name: str, filters: int, kernel: int | tuple[int, int], stride: int = 1, padding: str = "same"
) -> keras.KerasTensor:
    return keras.layers.Conv2D(
        filters,
        kernel,
        stride,
        padding,
        activation="relu",
        kernel_initializer="zeros",
        dtype="float32",
        name=name.replace(".", _DOT),
    )(x)


def _chain(x: keras.KerasTensor, block: str, *steps: Step) -> keras.KerasTensor:
    """Return what a branch gives: a convolution with a stride has no padding, the others keep the size."""
    for name, filters, kernel, *stride in steps:
        x = _convolution(x, f"{block}.{name}", filters, kernel, *stride, padding="valid" if stride else "same")
    return x


def _joined(*branches: keras.KerasTensor) -> keras.KerasTensor:
    return keras.layers.Concatenate(axis=-1, dtype="float32")(branches)


def _average(x: keras.KerasTensor) -> keras.KerasTensor:
    """Return averages over 3 x 3 pixels, at the border over those that there are."""
    return keras.layers.AveragePooling2D(3, 1, "same")(x)


def _halved(x: keras.KerasTensor) -> keras.KerasTensor:
    return keras.layers.MaxPooling2D(3, 2, "valid")(x)


def _block_a(x: keras.KerasTensor, block: str, pool: int) -> keras.KerasTensor:
    return _joined(
        _chain(x, block, ("branch1x1", 64, 1)),
        _chain(x, block, ("branch5x5_1", 48, 1), ("branch5x5_2", 64, 5)),
        _chain(x, block, ("branch3x3dbl_1", 64, 1), ("branch3x3dbl_2", 96, 3), ("branch3x3dbl_3", 96, 3)),
        _chain(_average(x), block, ("branch_pool", pool, 1)),
    )


def _block_b(x: keras.KerasTensor, block: str) -> keras.KerasTensor:
    return _joined(
        _chain(x, block, ("branch3x3", 384, 3, 2)),
        _chain(x, block, ("branch3x3dbl_1", 64, 1), ("branch3x3dbl_2", 96, 3), ("branch3x3dbl_3", 96, 3, 2)),
        _halved(x),
    )


def _block_c(x: keras.KerasTensor, block: str, inner: int) -> keras.KerasTensor:
    lying, upright = (1, 7), (7, 1)
    return _joined(
        _chain(x, block, ("branch1x1", 192, 1)),
        _chain(x, block, ("branch7x7_1", inner, 1), ("branch7x7_2", inner, lying), ("branch7x7_3", 192, upright)),
        _chain(
            x,
            block,
            ("branch7x7dbl_1", inner, 1),
            ("branch7x7dbl_2", inner, upright),
            ("branch7x7dbl_3", inner, lying),
            ("branch7x7dbl_4", inner, upright),
            ("branch7x7dbl_5", 192, lying),
        ),
        _chain(_average(x), block, ("branch_pool", 192, 1)),
    )


def _block_d(x: keras.KerasTensor, block: str) -> keras.KerasTensor:
    return _joined(
        _chain(x, block, ("branch3x3_1", 192, 1), ("branch3x3_2", 320, 3, 2)),
        _chain(
            x,
            block,
            ("branch7x7x3_1", 192, 1),
            ("branch7x7x3_2", 192, (1, 7)),
            ("branch7x7x3_3", 192, (7, 1)),
            ("branch7x7x3_4", 192, 3, 2),
        ),
        _halved(x),
    )


def _block_e(x: keras.KerasTensor, block: str, pooled: keras.KerasTensor) -> keras.KerasTensor:
    small = _chain(x, block, ("branch3x3_1", 384, 1))
    large = _chain(x, block, ("branch3x3dbl_1", 448, 1), ("branch3x3dbl_2", 384, 3))
    return _joined(
        _chain(x, block, ("branch1x1", 320, 1)),
        _chain(small, block, ("branch3x3_2a", 384, (1, 3))),
        _chain(small, block, ("branch3x3_2b", 384, (3, 1))),
        _chain(large, block, ("branch3x3dbl_3a", 384, (1, 3))),
        _chain(large, block, ("branch3x3dbl_3b", 384, (3, 1))),
        _chain(pooled, block, ("branch_pool", 192, 1)),
    )
