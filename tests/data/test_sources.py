"""The registered sources, and the promises of `specs.sources` about them."""

import gzip
import hashlib

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from zscape.core.errors import InputError
from zscape.data.sources import mnist
from zscape.data.sources.catalog import read_source
from zscape.data.sources.registry import SOURCES_READERS
from zscape.specs.data import DataSpec
from zscape.specs.sources import SOURCES


def test_every_source_that_a_recipe_can_name_has_a_reader():
    assert set(SOURCES_READERS) == set(SOURCES)


@pytest.mark.parametrize("source", [name for name, facts in SOURCES.items() if facts.needs_path])
def test_sources_that_need_a_path_say_so(source):
    with pytest.raises(InputError, match=f"data.path is needed for source '{source}': give the .* as data.path="):
        read_source(DataSpec(source=source))


def test_digits_are_scikit_learn_s_with_17_levels_spread_over_0_to_255():
    raw = read_source(DataSpec())
    levels = load_digits().images
    assert isinstance(raw.images, np.ndarray) and raw.images.shape == (1797, 8, 8, 1) and raw.images.dtype == np.uint8
    np.testing.assert_array_equal(np.rint(raw.images[..., 0] * (16 / 255)), levels)
    assert raw.images.min() == 0 and raw.images.max() == 255
    assert raw.images[levels == 8, 0].tolist() == [128] * int((levels == 8).sum())
    assert raw.labels is not None and raw.labels.tolist() == load_digits().target.tolist()
    assert raw.label_names == tuple("0123456789") and raw.parts is None


def test_digits_take_no_path():
    with pytest.raises(InputError, match=r"Source 'digits' takes no data\.path \(received 'x\.npy'\)"):
        read_source(DataSpec(path="x.npy"))


def test_array_and_folder_read_data_path(tmp_path):
    np.save(tmp_path / "x.npy", np.full((2, 4, 5), 7, np.uint8))
    assert len(read_source(DataSpec(source="array", path=str(tmp_path / "x.npy")))) == 2
    Image.new("L", (5, 4)).save(tmp_path / "x.png")
    assert read_source(DataSpec(source="folder", path=str(tmp_path))).names == ("x.png",)


def test_mnist_from_the_four_official_files(mnist_folder):
    raw = read_source(DataSpec(source="mnist", path=str(mnist_folder)))
    assert isinstance(raw.images, np.ndarray) and raw.images.shape == (50, 28, 28, 1)
    assert raw.parts is not None and raw.parts.tolist() == [0] * 40 + [2] * 10
    assert raw.labels is not None and raw.labels[:12].tolist() == [*range(10), 0, 1]
    first = gzip.decompress((mnist_folder / "train-images-idx3-ubyte.gz").read_bytes())[16 : 16 + 784]
    assert raw.images[0].tobytes() == first
    assert "CC BY-SA 3.0" in raw.origin and "idx" in raw.origin


def test_mnist_names_the_missing_file(mnist_folder):
    (mnist_folder / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(InputError, match=r"holds neither t10k-labels-idx1-ubyte\.gz nor t10k-labels-idx1-ubyte; for"):
        read_source(DataSpec(source="mnist", path=str(mnist_folder)))


def fake_npz(path, monkeypatch):
    path.parent.mkdir(parents=True)
    images, labels = np.full((3, 28, 28), 9, np.uint8), np.arange(3)
    np.savez(path, x_train=images, y_train=labels, x_test=images[:2], y_test=labels[:2])
    monkeypatch.setattr(mnist, "SHA256", hashlib.sha256(path.read_bytes()).hexdigest())


def no_network(*_):
    raise InputError("Could not download it: no route to host.")


def test_mnist_from_keras_cache_needs_no_network(tmp_path, monkeypatch):
    fake_npz(tmp_path / "keras" / "datasets" / "mnist.npz", monkeypatch)
    monkeypatch.setattr(mnist, "fetch", no_network)
    raw = read_source(DataSpec(source="mnist"))
    assert raw.parts is not None and raw.parts.tolist() == [0, 0, 0, 2, 2]
    assert "Keras" in raw.origin


def test_mnist_of_another_checksum_in_keras_cache_is_not_used(tmp_path, monkeypatch):
    fake_npz(tmp_path / "elsewhere" / "mnist.npz", monkeypatch)
    cached = tmp_path / "keras" / "datasets" / "mnist.npz"
    cached.parent.mkdir(parents=True)
    cached.write_bytes(b"something else")
    monkeypatch.setattr(mnist, "fetch", lambda url, sha256, name: tmp_path / "elsewhere" / name)
    assert len(read_source(DataSpec(source="mnist"))) == 5


def test_mnist_without_network_says_what_to_do(monkeypatch):
    monkeypatch.setattr(mnist, "fetch", no_network)
    with pytest.raises(InputError, match=r"no route to host\. If you have .* give their folder as data\.path=FOLDER"):
        read_source(DataSpec(source="mnist"))


def test_mnist_s_checksum_is_the_one_keras_publishes():
    assert mnist.SHA256 == "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
