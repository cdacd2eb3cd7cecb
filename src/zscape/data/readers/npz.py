"""The ways in which people put images into an .npz file."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from zscape.core.errors import InputError
from zscape.data.raw import RawImages
from zscape.data.readers.pixels import to_pixels
from zscape.specs.base import SPLITS

Arrays = Mapping[str, np.ndarray]


def images_of_npz(arrays: Arrays, path: str, origin: str, classes: tuple[str, ...] | None = None) -> RawImages:
    """Return the images of an .npz file, whichever of the usual layouts it has (see `read_array_file`).

    Args:
        arrays: the file's arrays by name, in the order that counts.
        path: the file, for error messages.
        origin: the sentence for `RawImages.origin`.
        classes: names for the labels 0, 1, ..., where they are known.

    Raises:
        InputError: when the arrays are laid out in no known way, or a label has no name in `classes`.
    """
    raw = _images(arrays, path, origin)
    if classes is None or raw.labels is None:
        return raw
    if raw.labels.min() < 0 or raw.labels.max() >= len(classes):
        raise InputError(
            f"{path}: labels range from {raw.labels.min()} to {raw.labels.max()}; expected 0 to {len(classes) - 1}."
        )
    return replace(raw, label_names=classes)


def _images(arrays: Arrays, path: str, origin: str) -> RawImages:
    if "x_train" in arrays and "x_test" in arrays:
        return _train_and_test(arrays, path, origin)
    for name in ("images", "x"):
        if name in arrays:
            labels, label_names = _labels(arrays, ("labels", "y"), path)
            images = whole_images(arrays[name], f"{path}[{name!r}]")
            return RawImages(images, labels, label_names, None, None, origin)
    if len(arrays) == 1:
        (values,) = arrays.values()
        return RawImages(whole_images(values, path), None, None, None, None, origin)
    return _one_image_per_array(arrays, path, origin)


def whole_images(values: np.ndarray, what: str) -> np.ndarray:
    """Return an array of images as uint8 (n, height, width, channels).

    Args:
        values: (n, height, width) or (n, height, width, channels).
        what: what the array is, for error messages.

    Raises:
        InputError: for any other shape, and as `to_pixels`.
    """
    shape = values.shape
    if len(shape) not in (3, 4) or (len(shape) == 4 and not 1 <= shape[3] <= 4) or 0 in shape[1:]:
        raise InputError(
            f"{what} has shape {shape}; expected (n, height, width) or (n, height, width, channels) with 1 to 4 "
            "channels last."
        )
    pixels = to_pixels(values, what)
    return pixels[..., np.newaxis] if pixels.ndim == 3 else pixels


def _train_and_test(arrays: Arrays, path: str, origin: str) -> RawImages:
    train = whole_images(arrays["x_train"], f"{path}['x_train']")
    test = whole_images(arrays["x_test"], f"{path}['x_test']")
    if train.shape[1:] != test.shape[1:]:
        raise InputError(f"{path}: images of x_train are {train.shape[1:]}, those of x_test {test.shape[1:]}.")
    for images, name in ((train, "y_train"), (test, "y_test")):
        if name in arrays and len(arrays[name]) != len(images):
            raise InputError(f"{path}: there are {len(arrays[name])} labels in {name} for {len(images)} images.")
    labels = label_names = None
    if "y_train" in arrays and "y_test" in arrays:
        both = np.concatenate([np.ravel(arrays["y_train"]), np.ravel(arrays["y_test"])])
        labels, label_names = _labels({"y": both}, ("y",), path)
    parts = np.repeat(np.array([SPLITS.index("train"), SPLITS.index("test")], np.uint8), [len(train), len(test)])
    return RawImages(np.concatenate([train, test]), labels, label_names, parts, None, origin)


def _one_image_per_array(arrays: Arrays, path: str, origin: str) -> RawImages:
    wrong = {name: values.shape for name, values in arrays.items() if values.ndim not in (2, 3) or 0 in values.shape}
    if not arrays or wrong:
        raise InputError(
            f"{path} holds the arrays {', '.join(arrays) or '(none)'}; expected images (or x) with labels (or y), or "
            "x_train and x_test, or one array of images, or one image (height, width[, channels]) per array."
        )
    # An image is one "batch" of 1, so that shapes and numbers are checked by the same code.
    images = [whole_images(values[np.newaxis], f"{path}[{name!r}]")[0] for name, values in arrays.items()]
    same = len({image.shape for image in images}) == 1
    return RawImages(np.stack(images) if same else images, None, None, None, tuple(arrays), origin)


def _labels(arrays: Arrays, names: tuple[str, ...], path: str) -> tuple[np.ndarray | None, tuple[str, ...] | None]:
    values = next((arrays[name] for name in names if name in arrays), None)
    if values is None:
        return None, None
    if values.ndim > 1 and values.size != len(values):
        raise InputError(f"{path}: labels have shape {values.shape}; one label per image was expected.")
    values = values.ravel()
    if values.dtype.kind == "U":
        classes, codes = np.unique(values, return_inverse=True)
        return codes.astype(np.int64), tuple(str(name) for name in classes)
    if values.dtype.kind not in "bui":
        raise InputError(f"{path}: labels have type {values.dtype}; integers or text were expected.")
    return values.astype(np.int64), None
