"""Images as points, without a network."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from zscape.analysis import embedding as module
from zscape.analysis.embedding import OwnEmbedding, pixel_embedding
from zscape.core.errors import InputError
from zscape.data.identity import data_identity
from zscape.data.raw import RawImages
from zscape.data.write import write_new
from zscape.specs.data import DataSpec, SplitSpec


def test_the_components_are_those_of_scikit_learn(tiny_store, monkeypatch):
    monkeypatch.setattr(module, "MOST_AXES", 5)
    embedding, images = pixel_embedding(tiny_store), tiny_store.split("test").images()
    train = tiny_store.split("train").images().reshape(28, -1) / 255.0
    plain = PCA(5).fit(train)
    scale = np.sqrt((plain.transform(train) ** 2).mean())
    found, expected = embedding(images), plain.transform(images.reshape(7, -1) / 255.0) / scale
    np.testing.assert_allclose(np.abs(found), np.abs(expected), atol=1e-9)
    assert embedding.name == "pixels, 5 principal components"
    assert (embedding.accuracy, embedding.trained_on) == (None, 28)


def test_the_numbers_have_a_mean_square_of_1(tiny_store):
    points = pixel_embedding(tiny_store)(tiny_store.split("train").images())
    assert points.shape == (28, 27), "28 images differ in 27 directions"
    assert (points**2).mean() == pytest.approx(1, rel=1e-9)


def test_blocks_and_a_choice_of_images(tiny_store, monkeypatch):
    images = tiny_store.split("test").images()
    whole = pixel_embedding(tiny_store)(images)
    monkeypatch.setattr(module, "_BLOCK", 200)
    np.testing.assert_allclose(np.abs(pixel_embedding(tiny_store)(images)), np.abs(whole), atol=1e-6)
    monkeypatch.setattr(module, "MOST_FITTED", 10)
    some, again = pixel_embedding(tiny_store), pixel_embedding(tiny_store)
    assert some.trained_on == 10 and some(images).shape == (7, 9)
    np.testing.assert_array_equal(some(images), again(images))


def test_the_identity_is_that_of_the_data(tiny_store):
    assert pixel_embedding(tiny_store).identity == f"pixels-64-{data_identity(tiny_store)}"


def test_images_that_are_all_the_same(tmp_path):
    raw = RawImages(np.full((9, 4, 4, 1), 7, np.uint8), None, None, None, None, "Made for a test.")
    store = write_new(raw, DataSpec(splits=SplitSpec(validation=2, test=2)), tmp_path / "grey")
    with pytest.raises(InputError, match=r"All training images are the same: an embedding has nothing to tell apart\."):
        pixel_embedding(store)


# a user's own


def brightness(images):
    return images.mean(axis=(1, 2))


def test_any_function_is_called_as_it_calls_itself():
    images = np.arange(2 * 4 * 4 * 3, dtype=np.uint8).reshape(2, 4, 4, 3)
    own = OwnEmbedding(brightness)
    np.testing.assert_array_equal(own(images), images.mean(axis=(1, 2)))
    assert (own.name, own.accuracy, own.trained_on) == ("brightness", None, None)

    class Features:
        name = "Inception, pool3"

        def __call__(self, images):
            return brightness(images).tolist()

    named = OwnEmbedding(Features())
    assert named.name == "Inception, pool3" and named(images).shape == (2, 3)
    Features.name = None
    assert OwnEmbedding(Features()).name == "Features"


@pytest.mark.parametrize(
    ("gives", "sentence"),
    [
        (
            lambda images: np.zeros((3, 2)),
            r"must give numbers of shape \(2, dimensions\) for 2 images; it gives float64",
        ),
        (lambda images: np.zeros(2), r"it gives float64 \(2,\)\."),
        (lambda images: np.zeros((2, 0)), r"it gives float64 \(2, 0\)\."),
        (lambda images: np.array([["a"], ["b"]]), r"it gives <U1 \(2, 1\)\."),
        (lambda images: np.full((2, 2), np.nan), r"The embedding <lambda> gives values that are NaN or infinite\."),
        (lambda images: [[1.0], [1.0, 2.0]], r"What <lambda> gives cannot be turned into a NumPy array"),
    ],
)
def test_what_is_no_embedding(gives, sentence):
    with pytest.raises(InputError, match=sentence):
        OwnEmbedding(gives)(np.zeros((2, 4, 4, 1), np.uint8))
