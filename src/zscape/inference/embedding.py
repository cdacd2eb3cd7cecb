"""Embeddings made by networks: a classifier of the data's own labels, and the encoder of a run."""

import contextlib
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from safetensors.numpy import save

from zscape.core.download import cache_directory
from zscape.core.errors import InputError
from zscape.core.files import read_json, write_bytes, write_json
from zscape.core.seeds import derive_seed, generator
from zscape.data.identity import data_identity
from zscape.data.store import Split, Store
from zscape.formulas.sets import root_mean_square
from zscape.inference.storage import load_weights
from zscape.networks.latent_model import LatentModel
from zscape.networks.state import part_weights, to_arrays
from zscape.specs.classifier import ClassifierSpec, shipped_classifier

_FORMAT = 1
_BATCH = 256
_SCALED_ON = 1_000  # training images that the scale of the embedding is found from


@dataclass(frozen=True, eq=False)
class ClassifierEmbedding:
    """The last layer but one of a small classifier that was trained on the labels of the same data.

    Its numbers are scaled to a mean square of 1 over training images.

    Attributes:
        network: image -> [embedding, logits].
        scale: what the layer's numbers are divided by.
        classes: int64 (classes,), the labels, ascending.
        accuracy: share of the held-out images whose label it tells.
        held_out: number of these images.
        trained_on: number of training images.
        key: fixed by the data and the classifier's settings; the name of its folder in the cache.
    """

    network: Any
    scale: float
    classes: np.ndarray
    accuracy: float
    held_out: int
    trained_on: int
    key: str
    fid = False
    details = ""

    @property
    def identity(self) -> str:
        """The key and a checksum of the weights: another machine's classifier of these data is not quite the same."""
        return f"{self.key}-{_checksum(self.network)[:8]}"

    @property
    def name(self) -> str:
        """What it is, and how well it tells the labels."""
        numbers = self.network.outputs[0].shape[-1]
        right = f"{100 * self.accuracy:.1f} % right on held-out images"
        return f"classifier of the same data's labels, {numbers} numbers, {right}"

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """Return the embedding: float32 (n, d)."""
        return _predicted(self.network, images, 0) / np.float32(self.scale)


class EncoderEmbedding:
    """The codes (means) that the encoder of a trained run gives, scaled to a mean square of 1.

    Args:
        model: the run's model.
        name: how the run is called.
        store: the images that are to be embedded; training images of it give the scale.
    """

    accuracy = None
    trained_on = None
    fid = False
    details = ""

    def __init__(self, model: LatentModel, name: str, store: Store) -> None:
        self._model = model
        self._scale = root_mean_square(model.encode(_training_images(store))) or 1.0
        self.name = f"encoder of the run {name}, {model.z_dim} numbers"
        self.identity = f"encoder-{_checksum(model.encoder)[:16]}-{data_identity(store)}"

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """Return the codes: float32 (n, z_dim).

        Raises:
            InputError: when the images do not have the run's shape.
        """
        return self._model.encode(images) / np.float32(self._scale)


def _training_images(store: Store) -> np.ndarray:
    """Return the images that a scale is found from, where all of a store are not needed."""
    train = store.split("train")
    return (train if len(train) else store.split("test")).shown(_SCALED_ON)


def _checksum(network: keras.Model) -> str:
    weights = to_arrays(part_weights(network))
    return hashlib.sha256(b"".join(weights[name].tobytes() for name in sorted(weights))).hexdigest()


def classifier_embedding(
    store: Store, spec: ClassifierSpec | None = None, note: Callable[[str], None] = lambda sentence: None
) -> ClassifierEmbedding:
    """Return the classifier of a store's labels: trained once for the same data, then found in the cache.

    Args:
        store: images with labels.
        spec: the classifier; None for the shipped one.
        note: told that it is being trained, which takes up to a minute.

    Raises:
        InputError: when the images have no labels, or the training images have only one.
    """
    spec = spec or shipped_classifier()
    train = store.split("train")
    labels = train.labels()
    if labels is None:
        raise InputError(
            "The embedding classifier needs labels, and these images have none: take --embedding pixels, or a run's "
            "encoder."
        )
    classes = np.unique(labels)
    if len(classes) < 2:
        raise InputError(
            f"The embedding classifier needs images of two classes or more; the training images have {len(classes)}: "
            "take --embedding pixels."
        )
    settings = json.dumps([_FORMAT, data_identity(store), spec.model_dump(mode="json")], sort_keys=True)
    key = f"classifier-{hashlib.sha256(settings.encode()).hexdigest()[:16]}"
    folder = cache_directory() / "embeddings" / key
    with contextlib.suppress(InputError):  # not there, or damaged: then it is made
        return _load(folder, store, classes, spec, key)
    note(f"Training the classifier that embeds images, once for these data: {spec.steps:,} steps")
    made = _train(train, labels, classes, spec, key)
    _save(made, folder)
    return made


def build_classifier(image_shape: tuple[int, int, int], classes: int, spec: ClassifierSpec) -> keras.Model:
    """Return the untrained network.

    Input shape: (batch, height, width, channels), float32 in [0, 1].
    Output shape: [(batch, dense), the embedding; (batch, classes), logits].

    Args:
        image_shape: (height, width, channels).
        classes: number of classes.
        spec: its settings.
    """

    def initial(name: str) -> keras.Initializer:
        return keras.initializers.HeNormal(derive_seed(spec.seed, "classifier", name))

    tensor = image = keras.Input(image_shape, name="image", dtype="float32")
    for number, filters in enumerate(spec.filters_for(*image_shape[:2]), 1):
        name = f"conv_{number}"
        layer = keras.layers.Conv2D(
            filters,
            3,
            strides=2,
            padding="same",
            activation="relu",
            kernel_initializer=initial(name),
            dtype="float32",
            name=name,
        )
        tensor = layer(tensor)
    tensor = keras.layers.Flatten(name="flatten")(tensor)
    dense = keras.layers.Dense(
        spec.dense, activation="relu", kernel_initializer=initial("embedding"), dtype="float32", name="embedding"
    )
    embedding = dense(tensor)
    kept = keras.layers.Dropout(spec.dropout, seed=derive_seed(spec.seed, "dropout"), name="dropout")(embedding)
    logits = keras.layers.Dense(classes, kernel_initializer=initial("logits"), dtype="float32", name="logits")(kept)
    return keras.Model(image, [embedding, logits], name="classifier")


def _train(
    train: Split, labels: np.ndarray, classes: np.ndarray, spec: ClassifierSpec, key: str
) -> ClassifierEmbedding:
    positions = np.arange(len(train))
    if len(train) > spec.most_images:
        positions = np.sort(generator(0, "classifier").choice(len(train), spec.most_images, replace=False))
    images, targets = train.images(positions), np.searchsorted(classes, labels[positions])
    network = build_classifier(train.store.image_shape, len(classes), spec)
    model = keras.Model(network.input, network.outputs[1])
    rate = keras.optimizers.schedules.CosineDecay(spec.learning_rate, spec.steps)
    model.compile(keras.optimizers.Adam(rate), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    batch = min(spec.batch_size, len(positions))
    for step in range(spec.steps):
        chosen = _batch(len(positions), batch, step, spec.seed)
        model.train_on_batch(images[chosen] / np.float32(255), targets[chosen])
    held_out = _held_out(train.store)
    found = classes[_predicted(network, held_out.images(), 1).argmax(axis=1)]
    accuracy = float((found == held_out.labels()).mean())
    # No relu that ever fires would be a scale of 0.
    scale = root_mean_square(_predicted(network, images[:_SCALED_ON], 0)) or 1.0
    return ClassifierEmbedding(network, scale, classes, accuracy, len(held_out), len(positions), key)


def _batch(images: int, batch: int, step: int, seed: int) -> np.ndarray:
    """Return the positions of a step's images: a function of (seed, step), every image once per epoch but a rest."""
    epoch, number = divmod(step, images // batch)
    order = generator(seed, "classifier", "shuffle", epoch).permutation(images)
    return order[number * batch : (number + 1) * batch]


def _held_out(store: Store) -> Split:
    test = store.split("test")
    return test if len(test) else store.split("validation")


def _predicted(network: keras.Model, images: np.ndarray, output: int) -> np.ndarray:
    """Return one of the network's outputs for uint8 images: float32 (n, d)."""
    parts = []
    for start in range(0, len(images), _BATCH):
        batch = images[start : start + _BATCH] / np.float32(255)
        # Always of one size: a backend compiles for each anew.
        padded = np.concatenate([batch, np.zeros((_BATCH - len(batch), *batch.shape[1:]), np.float32)])
        parts.append(np.asarray(network.predict_on_batch(padded)[output])[: len(batch)])
    return np.concatenate(parts)


def _save(made: ClassifierEmbedding, folder: Path) -> None:
    write_bytes(folder / "weights.safetensors", save(to_arrays(part_weights(made.network))))
    config = {
        "format": _FORMAT,
        "scale": made.scale,
        "classes": made.classes.tolist(),
        "accuracy": made.accuracy,
        "held_out": made.held_out,
        "trained_on": made.trained_on,
    }
    write_json(folder / "config.json", config)  # last: it says that the whole is there


def _load(folder: Path, store: Store, classes: np.ndarray, spec: ClassifierSpec, key: str) -> ClassifierEmbedding:
    config = read_json(folder / "config.json")
    try:
        if config["format"] != _FORMAT or config["classes"] != classes.tolist():
            raise ValueError("another format, or other classes")
        scale = float(config["scale"])
        numbers = float(config["accuracy"]), int(config["held_out"]), int(config["trained_on"])
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{folder / 'config.json'} is damaged ({error}).") from None
    network = build_classifier(store.image_shape, len(classes), spec)
    load_weights(part_weights(network), folder / "weights.safetensors")
    return ClassifierEmbedding(network, scale, classes, *numbers, key)
