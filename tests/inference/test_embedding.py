"""Embeddings made by networks."""

import json
import shutil
from dataclasses import replace

import keras
import numpy as np
import pytest

from zscape.core.errors import InputError
from zscape.data.raw import RawImages
from zscape.data.write import write_new
from zscape.inference import embedding as module
from zscape.inference.embedding import EncoderEmbedding, build_classifier, classifier_embedding
from zscape.pathways.build import build_model
from zscape.specs.classifier import ClassifierSpec, shipped_classifier
from zscape.specs.data import DataSpec, SplitSpec

SMALL = ClassifierSpec(
    filters=(8, 8), dense=5, dropout=0.0, steps=60, batch_size=20, learning_rate=0.02, most_images=100, seed=0
)


def store_of(images, labels, spare, path):
    raw = RawImages(images, labels, None, None, None, "Made for a test.")
    return write_new(raw, DataSpec(splits=SplitSpec(validation=spare, test=spare)), path)


@pytest.fixture(scope="module")
def bars(tmp_path_factory):
    """Upright and lying bars, told apart by labels 3 and 8: 106 to train on, 7 for each of the other splits."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 40, (120, 8, 8, 1), np.uint8)
    for number in range(120):
        at = rng.integers(1, 7)
        images[number, slice(None) if number % 2 else at, at if number % 2 else slice(None)] += 200
    return store_of(images, np.where(np.arange(120) % 2, 3, 8), 7, tmp_path_factory.mktemp("stores") / "bars")


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        path = tmp_path_factory.mktemp("embeddings")
        patch.setenv("ZSCAPE_CACHE", str(path))
        yield path


@pytest.fixture(scope="module")
def made(bars, cache):
    """A classifier that was trained, and what was said meanwhile."""
    notes = []
    return classifier_embedding(bars, SMALL, notes.append), notes


def test_a_classifier_is_trained(made, bars):
    embedding, notes = made
    images = bars.split("test").images()
    points = embedding(images)
    assert points.shape == (7, 5) and (points >= 0).all() and np.isfinite(points).all()
    assert embedding.accuracy > 0.8 and (embedding.held_out, embedding.trained_on) == (7, 100)
    assert embedding.classes.tolist() == [3, 8]
    right = f"{100 * embedding.accuracy:.1f} % right on held-out images"
    assert embedding.name == f"classifier of the same data's labels, 5 numbers, {right}"
    assert notes == ["Training the classifier that embeds images, once for these data: 60 steps"]
    trained = embedding(bars.split("train").images())
    assert (trained**2).mean() == pytest.approx(1, rel=0.05), "over the 100 images that were used"
    # What it says is what it does: the accuracy by hand, from the logits.
    logits = np.asarray(embedding.network.predict_on_batch(images / np.float32(255))[1])
    told = embedding.classes[logits.argmax(axis=1)]
    assert embedding.accuracy == pytest.approx((told == bars.split("test").labels()).mean())


def test_it_is_found_again(made, bars, cache, monkeypatch):
    embedding, notes = made
    monkeypatch.setattr(module, "_train", None)
    found = classifier_embedding(bars, SMALL, notes.append)
    images = bars.split("test").images()
    np.testing.assert_array_equal(found(images), embedding(images))
    assert found.identity.startswith(f"{found.key}-")
    assert (found.name, found.identity, len(notes)) == (embedding.name, embedding.identity, 1)
    files = sorted(path.relative_to(cache).as_posix() for path in cache.rglob("embeddings/*/*"))
    assert files == [f"embeddings/{found.key}/{name}" for name in ("config.json", "weights.safetensors")]


@pytest.mark.parametrize("name", ["weights.safetensors", "config.json"])
@pytest.mark.parametrize("damaged", [b"nonsense", b"{}"])
def test_a_damaged_one_is_made_again(made, bars, cache, monkeypatch, name, damaged):
    embedding, _ = made
    path = cache / "embeddings" / embedding.key / name
    whole = path.read_bytes()
    path.write_bytes(damaged)
    monkeypatch.setattr(module, "_train", lambda *arguments: embedding)
    assert classifier_embedding(bars, SMALL) is embedding
    assert path.read_bytes() == whole


@pytest.mark.parametrize("change", [{"classes": [3, 9]}, {"format": 2}, {"scale": None}])
def test_a_config_of_something_else(made, bars, cache, tmp_path, change):
    embedding, _ = made
    shutil.copytree(cache / "embeddings" / embedding.key, tmp_path / "copy")
    path = tmp_path / "copy" / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(InputError, match=r"config\.json is damaged \("):
        module._load(tmp_path / "copy", bars, embedding.classes, SMALL, embedding.key)


def test_other_data_or_settings_are_another_embedding(bars, cache, monkeypatch):
    monkeypatch.setattr(module, "_train", lambda *arguments: arguments[-1])
    monkeypatch.setattr(module, "_save", lambda *arguments: None)
    keys = [
        classifier_embedding(bars, SMALL),
        classifier_embedding(replace(bars, binarized=True), SMALL),
        classifier_embedding(bars, SMALL.model_copy(update={"steps": 41})),
        classifier_embedding(bars),
    ]
    assert len(set(keys)) == 4


def test_every_image_comes_once_an_epoch():
    batches = [module._batch(10, 3, step, 1) for step in range(6)]
    for epoch in (batches[:3], batches[3:]):
        assert len(np.unique(np.concatenate(epoch))) == 9
    assert not np.array_equal(np.concatenate(batches[:3]), np.concatenate(batches[3:]))


def test_the_shipped_network():
    network = build_classifier((28, 28, 1), 10, shipped_classifier())
    assert [tuple(output.shape) for output in network.outputs] == [(None, 64), (None, 10)]
    assert {layer.dtype_policy.name for layer in network.layers} == {"float32"}
    convolutions = [layer for layer in network.layers if isinstance(layer, keras.layers.Conv2D)]
    assert [layer.filters for layer in convolutions] == [32, 64]


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        (None, r"The embedding classifier needs labels, and these images have none: take --embedding pixels"),
        (np.full(9, 4), r"needs images of two classes or more; the training images have 1: take --embedding pixels\."),
    ],
)
def test_what_cannot_be_classified(labels, sentence, tmp_path, cache):
    images = np.random.default_rng(0).integers(0, 256, (9, 8, 8, 1), np.uint8)
    store = store_of(images, labels, 2, tmp_path / "store")
    with pytest.raises(InputError, match=sentence):
        classifier_embedding(store, SMALL)


def test_the_encoder_of_a_run(model, recipe, tiny_store):
    images, train = (tiny_store.split(name).images() for name in ("test", "train"))
    embedding = EncoderEmbedding(model, "faces", tiny_store)
    assert (embedding(train) ** 2).mean() == pytest.approx(1, rel=1e-5)
    found, codes = embedding(images), model.encode(images)
    np.testing.assert_allclose(found / found[0, 0], codes / codes[0, 0], rtol=1e-4)
    assert embedding.name == "encoder of the run faces, 3 numbers"
    assert (embedding.accuracy, embedding.trained_on) == (None, None)
    assert EncoderEmbedding(model, "other", tiny_store).identity == embedding.identity
    fresh = build_model(recipe)
    assert EncoderEmbedding(fresh, "faces", tiny_store).identity != embedding.identity
    drawn = replace(tiny_store, binarized=True)
    assert EncoderEmbedding(model, "faces", drawn).identity != embedding.identity
