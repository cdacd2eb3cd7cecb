"""Fashion-MNIST, from the four official files, from Keras' cache, or from the network."""

from pathlib import Path

from zscape.data.raw import RawImages
from zscape.data.readers.npz import images_of_npz
from zscape.data.sources.idx_files import file_in, read_idx_files
from zscape.data.sources.published import KERAS_FILES, published_file
from zscape.data.sources.registry import SOURCES_READERS
from zscape.specs.data import DataSpec

SHA256 = {
    "train-images-idx3-ubyte": "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
    "train-labels-idx1-ubyte": "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
    "t10k-images-idx3-ubyte": "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
    "t10k-labels-idx1-ubyte": "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
}
"""Of the packed files whose md5 the authors publish; Keras publishes none. TensorFlow Datasets has the same."""

CLASSES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
_TERMS = "Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017), MIT licence, (c) Zalando SE"
_REMEDY = "If you have Fashion-MNIST's four official files, give their folder as data.path=FOLDER."


@SOURCES_READERS.register("fashion_mnist")
def read(spec: DataSpec) -> RawImages:
    """Return the images of Fashion-MNIST, uint8 (70000, 28, 28, 1), with their official parts and class names.

    Raises:
        InputError: when the folder `data.path` lacks one of the four files; without `data.path`, when neither Keras'
            cache nor the network has them.
    """
    if spec.path is not None:
        folder = Path(spec.path).expanduser()
        arrays = read_idx_files(lambda name: file_in(folder, name, "fashion_mnist"))
        return images_of_npz(arrays, str(folder), f"{_TERMS}; from the four official idx files.", CLASSES)
    origin = f"{_TERMS}; from Keras' copies of the four official files, {KERAS_FILES}."
    return images_of_npz(read_idx_files(_published), "Fashion-MNIST", origin, CLASSES)


def _published(name: str) -> Path:
    file = f"{name}.gz"
    return published_file(KERAS_FILES + file, SHA256[name], f"fashion-mnist-{file}", f"fashion-mnist/{file}", _REMEDY)
