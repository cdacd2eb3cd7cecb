"""The registered sources, and the promises of `specs.sources` about them."""

import gzip
import hashlib
import tarfile

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from zscape.core.errors import InputError
from zscape.data.sources import cifar10, fashion_mnist, mnist, published
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
    monkeypatch.setattr(published, "fetch", no_network)
    raw = read_source(DataSpec(source="mnist"))
    assert raw.parts is not None and raw.parts.tolist() == [0, 0, 0, 2, 2]
    assert "Keras" in raw.origin


def test_mnist_of_another_checksum_in_keras_cache_is_not_used(tmp_path, monkeypatch):
    fake_npz(tmp_path / "elsewhere" / "mnist.npz", monkeypatch)
    cached = tmp_path / "keras" / "datasets" / "mnist.npz"
    cached.parent.mkdir(parents=True)
    cached.write_bytes(b"something else")
    monkeypatch.setattr(published, "fetch", lambda url, sha256, name: tmp_path / "elsewhere" / name)
    assert len(read_source(DataSpec(source="mnist"))) == 5


def test_mnist_without_network_says_what_to_do(monkeypatch):
    monkeypatch.setattr(published, "fetch", no_network)
    with pytest.raises(InputError, match=r"no route to host\. If you have .* give their folder as data\.path=FOLDER"):
        read_source(DataSpec(source="mnist"))


def test_mnist_s_checksum_is_the_one_keras_publishes():
    assert mnist.SHA256 == "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"


def test_fashion_mnist_from_the_four_official_files(mnist_folder):
    raw = read_source(DataSpec(source="fashion_mnist", path=str(mnist_folder)))
    assert len(raw) == 50 and raw.parts is not None and raw.parts.tolist() == [0] * 40 + [2] * 10
    assert raw.label_names is not None and raw.label_names[9] == "Ankle boot" and len(raw.label_names) == 10
    assert "MIT" in raw.origin
    (mnist_folder / "train-images-idx3-ubyte.gz").unlink()
    with pytest.raises(
        InputError, match=r"neither train-images-idx3-ubyte\.gz nor .*; for source 'fashion_mnist', data"
    ):
        read_source(DataSpec(source="fashion_mnist", path=str(mnist_folder)))


def test_fashion_mnist_from_keras_cache_where_it_is_unchanged_else_from_the_network(
    mnist_folder, tmp_path, monkeypatch
):
    cached = tmp_path / "keras" / "datasets" / "fashion-mnist"
    cached.mkdir(parents=True)
    sums = {}
    for path in mnist_folder.iterdir():
        packed = path.read_bytes() if path.suffix else gzip.compress(path.read_bytes(), mtime=0)
        (cached / f"{path.name.removesuffix('.gz')}.gz").write_bytes(packed)
        sums[path.name.removesuffix(".gz")] = hashlib.sha256(packed).hexdigest()
    monkeypatch.setattr(fashion_mnist, "SHA256", sums)
    monkeypatch.setattr(published, "fetch", no_network)
    assert len(read_source(DataSpec(source="fashion_mnist"))) == 50
    (cached / "t10k-labels-idx1-ubyte.gz").write_bytes(b"something else")
    with pytest.raises(InputError, match=r"no route to host\. If you have Fashion-MNIST's four official files"):
        read_source(DataSpec(source="fashion_mnist"))


def cifar_file(count, first):
    """Records as the format's page describes them: a label, then red, green, blue, each row by row."""
    rng = np.random.default_rng(first)
    images = rng.integers(0, 256, (count, 32, 32, 3), np.uint8)
    labels = (np.arange(count) + first) % 10
    planes = [
        bytes([label]) + b"".join(image[..., c].tobytes() for c in range(3))
        for label, image in zip(labels, images, strict=True)
    ]
    return images, labels, b"".join(planes)


@pytest.fixture
def cifar_folder(tmp_path):
    folder = tmp_path / "cifar-10-batches-bin"
    folder.mkdir()
    for i, name in enumerate([*(f"data_batch_{n}.bin" for n in range(1, 6)), "test_batch.bin"]):
        (folder / name).write_bytes(cifar_file(3 if i < 5 else 4, i)[2])
    return folder


def cifar_archive(folder, path, members):
    with tarfile.open(path, "w:gz") as archive:
        for name in members:
            archive.add(folder / name, f"{folder.name}/{name}")
    return path


def test_cifar10_from_folder_parent_and_archive(cifar_folder, tmp_path):
    names = sorted(path.name for path in cifar_folder.iterdir())
    archive = cifar_archive(cifar_folder, tmp_path / "cifar-10-binary.tar.gz", names)
    expected = np.concatenate([cifar_file(3 if i < 5 else 4, i)[0] for i in range(6)])
    for path in (cifar_folder, tmp_path, archive):
        raw = read_source(DataSpec(source="cifar10", path=str(path)))
        np.testing.assert_array_equal(raw.images, expected)
        assert raw.parts is not None and raw.parts.tolist() == [0] * 15 + [2] * 4
        assert raw.labels is not None and raw.labels[:6].tolist() == [0, 1, 2, 1, 2, 3]
        assert raw.label_names is not None and raw.label_names[:2] == ("airplane", "automobile")
        assert "Krizhevsky" in raw.origin
    assert sorted(path.name for path in cifar_folder.iterdir()) == names  # nothing unpacked


def test_cifar10_from_an_npz(tmp_path):
    images, labels, _ = cifar_file(6, 0)
    np.savez(
        tmp_path / "c.npz", x_train=images[:4], y_train=labels[:4, None], x_test=images[4:], y_test=labels[4:, None]
    )
    raw = read_source(DataSpec(source="cifar10", path=str(tmp_path / "c.npz")))
    np.testing.assert_array_equal(raw.images, images)
    assert raw.label_names == cifar10.CLASSES
    np.savez(tmp_path / "c.npz", x=images)
    with pytest.raises(
        InputError, match=r"is not CIFAR-10: it should hold x_train and x_test of shape \(n, 32, 32, 3\), but"
    ):
        read_source(DataSpec(source="cifar10", path=str(tmp_path / "c.npz")))
    np.savez(tmp_path / "c.npz", x_train=images, y_train=labels + 9, x_test=images, y_test=labels)
    with pytest.raises(InputError, match="labels range from 0 to 14; expected 0 to 9"):
        read_source(DataSpec(source="cifar10", path=str(tmp_path / "c.npz")))


def test_cifar10_s_python_version_is_refused_unread(tmp_path):
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    for name in ("data_batch_1", "test_batch"):
        (folder / name).write_bytes(b"cos\nsystem\n(S'false'\ntR.")  # a pickle that would run a command
    archive = cifar_archive(folder, tmp_path / "cifar-10-python.tar.gz", ["data_batch_1", "test_batch"])
    for path in (folder, tmp_path, archive):
        with pytest.raises(
            InputError, match=r"Python version, which is pickled .* never loads .*; use the binary version"
        ):
            read_source(DataSpec(source="cifar10", path=str(path)))


def test_cifar10_damaged(cifar_folder, tmp_path):
    def refuse(path, sentence):
        with pytest.raises(InputError, match=sentence):
            read_source(DataSpec(source="cifar10", path=str(path)))

    archive = cifar_archive(cifar_folder, tmp_path / "part.tar.gz", ["data_batch_1.bin"])
    refuse(archive, r"part\.tar\.gz lacks data_batch_2\.bin; for source 'cifar10', use the binary version")
    archive.write_bytes(archive.read_bytes()[:500])
    refuse(archive, r"part\.tar\.gz cannot be read as an archive \(.*\); for source 'cifar10', use the binary version")
    refuse(tmp_path / "none.tar.gz", r"There is no file or folder .*none\.tar\.gz")
    last = cifar_folder / "test_batch.bin"
    whole = last.read_bytes()
    last.write_bytes(whole[:-1])
    refuse(
        cifar_folder, r"test_batch\.bin in .* is damaged or cut off: it has 12291 bytes, which is no multiple of 3073"
    )
    last.write_bytes(bytes([10]) + whole[1:])
    refuse(cifar_folder, "has a label 10, the highest is 9")
    last.unlink()
    refuse(cifar_folder, r"lacks test_batch\.bin; for source 'cifar10'")


def test_cifar10_without_network_says_what_to_do(monkeypatch):
    monkeypatch.setattr(published, "fetch", no_network)
    with pytest.raises(InputError, match=r"no route to host\. If you have cifar-10-binary\.tar\.gz, or its folder"):
        read_source(DataSpec(source="cifar10"))
