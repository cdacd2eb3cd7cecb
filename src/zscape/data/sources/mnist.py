"""MNIST, from the four official files, from Keras' cache, or from the network."""

from pathlib import Path

from zscape.data.raw import RawImages
from zscape.data.readers.arrays import load_safely
from zscape.data.readers.npz import images_of_npz
from zscape.data.sources.idx_files import file_in, read_idx_files
from zscape.data.sources.published import KERAS_FILES, published_file
from zscape.data.sources.registry import SOURCES_READERS
from zscape.specs.data import DataSpec

URL = f"{KERAS_FILES}mnist.npz"
SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
"""As published in `keras.datasets.mnist`."""

_TERMS = "MNIST handwritten digits (LeCun, Cortes and Burges), CC BY-SA 3.0"
_REMEDY = "If you have MNIST's four official files, give their folder as data.path=FOLDER."
_CLASSES = tuple("0123456789")


@SOURCES_READERS.register("mnist")
def read(spec: DataSpec) -> RawImages:
    """Return the images of MNIST, uint8 (70000, 28, 28, 1), with their official parts.

    Raises:
        InputError: when the folder `data.path` lacks one of the four files; without `data.path`, when neither Keras'
            cache nor the network has them.
    """
    if spec.path is not None:
        folder = Path(spec.path).expanduser()
        arrays = read_idx_files(lambda name: file_in(folder, name, "mnist"))
        return images_of_npz(arrays, str(folder), f"{_TERMS}; from the four official idx files.", _CLASSES)
    npz = published_file(URL, SHA256, "mnist.npz", "mnist.npz", _REMEDY)
    arrays = load_safely(npz)
    assert isinstance(arrays, dict)  # its checksum says so
    return images_of_npz(arrays, npz.name, f"{_TERMS}; from Keras' copy, {URL}.", _CLASSES)
