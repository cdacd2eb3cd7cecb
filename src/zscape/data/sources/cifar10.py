"""CIFAR-10, from the binary version (a folder or its archive), from an .npz, or from the network."""

from pathlib import Path

import numpy as np

from zscape.core.errors import InputError
from zscape.data.raw import RawImages
from zscape.data.readers.arrays import load_safely
from zscape.data.readers.cifar import read_cifar_archive, read_cifar_folder
from zscape.data.readers.npz import images_of_npz
from zscape.data.sources.published import published_file
from zscape.data.sources.registry import SOURCES_READERS
from zscape.specs.data import DataSpec

URL = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"
SHA256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"
"""Of the archive whose md5 (c32a1d4ab5d03f1284b67883e8d87530) its author publishes; as in TensorFlow Datasets."""

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
_TERMS = "CIFAR-10 (Krizhevsky, 2009), for research; cite 'Learning Multiple Layers of Features from Tiny Images'"
_REMEDY = "If you have cifar-10-binary.tar.gz, or its folder, give it as data.path=PATH."


@SOURCES_READERS.register("cifar10")
def read(spec: DataSpec) -> RawImages:
    """Return the images of CIFAR-10, uint8 (60000, 32, 32, 3), with their official parts and class names.

    Raises:
        InputError: when `data.path` is none of folder, archive and .npz, or is the pickled Python version, which zscape
            never loads; without `data.path`, when neither the cache nor the network has the archive.
    """
    if spec.path is None:
        archive = published_file(URL, SHA256, "cifar-10-binary.tar.gz", None, _REMEDY)
        return images_of_npz(read_cifar_archive(archive), archive.name, f"{_TERMS}; from {URL}.", CLASSES)
    path = Path(spec.path).expanduser()
    origin = f"{_TERMS}; from {path.name}, given by the user."
    if path.is_dir():
        return images_of_npz(read_cifar_folder(path), str(path), origin, CLASSES)
    if path.suffix == ".npz":
        return images_of_npz(_npz(path), str(path), origin, CLASSES)
    return images_of_npz(read_cifar_archive(path), str(path), origin, CLASSES)


def _npz(path: Path) -> dict[str, np.ndarray]:
    arrays = load_safely(path)
    assert isinstance(arrays, dict)  # an .npy has another ending
    shapes = [arrays[name].shape[1:] if name in arrays else None for name in ("x_train", "x_test")]
    if shapes != [(32, 32, 3), (32, 32, 3)]:
        raise InputError(
            f"{path} is not CIFAR-10: it should hold x_train and x_test of shape (n, 32, 32, 3), but holds "
            f"{', '.join(f'{name} {values.shape}' for name, values in arrays.items())}; for other images use "
            "data.source=array."
        )
    return arrays
