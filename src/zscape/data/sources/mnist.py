"""MNIST, from the four official files, from Keras' cache, or from the network."""

import hashlib
import os
from pathlib import Path

import numpy as np

from zscape.core.download import fetch
from zscape.core.errors import InputError
from zscape.data.raw import RawImages
from zscape.data.readers.arrays import load_safely
from zscape.data.readers.idx import read_idx
from zscape.data.readers.npz import images_of_npz
from zscape.data.sources.registry import SOURCES_READERS
from zscape.specs.data import DataSpec

URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
"""As published in `keras.datasets.mnist`."""

_OFFICIAL = {
    "x_train": "train-images-idx3-ubyte",
    "y_train": "train-labels-idx1-ubyte",
    "x_test": "t10k-images-idx3-ubyte",
    "y_test": "t10k-labels-idx1-ubyte",
}
_TERMS = "MNIST handwritten digits (LeCun, Cortes and Burges), CC BY-SA 3.0"


@SOURCES_READERS.register("mnist")
def read(spec: DataSpec) -> RawImages:
    """Return the images of MNIST, uint8 (70000, 28, 28, 1), with their official parts.

    Raises:
        InputError: when the folder `data.path` lacks one of the four files; without `data.path`, when neither Keras'
            cache nor the network has them.
    """
    if spec.path is not None:
        folder = Path(spec.path).expanduser()
        arrays = {key: read_idx(_official_file(folder, name)) for key, name in _OFFICIAL.items()}
        return _images(arrays, str(folder), f"{_TERMS}; from the four official idx files.")
    npz = _published_npz()
    arrays = load_safely(npz)
    assert isinstance(arrays, dict)  # its checksum says so
    return _images(arrays, npz.name, f"{_TERMS}; from Keras' copy, {URL}.")


def _images(arrays: dict[str, np.ndarray], path: str, origin: str) -> RawImages:
    raw = images_of_npz(arrays, path, origin)
    return RawImages(raw.images, raw.labels, tuple("0123456789"), raw.parts, None, origin)


def _official_file(folder: Path, name: str) -> Path:
    for candidate in (folder / f"{name}.gz", folder / name):
        if candidate.is_file():
            return candidate
    raise InputError(
        f"The folder {folder} holds neither {name}.gz nor {name}; for source 'mnist', data.path must be the folder of "
        f"the four official files ({', '.join(_OFFICIAL.values())}, plain or .gz)."
    )


def _published_npz() -> Path:
    home = os.environ.get("KERAS_HOME")
    cached = (Path(home) if home else Path.home() / ".keras") / "datasets" / "mnist.npz"
    if cached.is_file() and _sha256(cached) == SHA256:
        return cached
    try:
        return fetch(URL, SHA256, "mnist.npz")
    except InputError as error:
        raise InputError(
            f"{error} If you have MNIST's four official files, give their folder as data.path=FOLDER."
        ) from None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
