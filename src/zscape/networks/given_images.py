"""Images that a user hands to a model directly: whether they can be trained on, before training begins."""

from typing import Any

import numpy as np

from zscape.core.errors import InputError


def check_given(what: str, images: Any, image_shape: tuple[int, ...], in_range: bool) -> None:
    """Refuse arrays that a model cannot be trained on; what is no array (a flow, None) is not looked at.

    Args:
        what: "images" or "targets", for the message.
        images: an array, or a dict with "images".
        image_shape: (height, width, channels) of the model.
        in_range: whether floats must lie in [0, 1]; only a linear output can reach others.

    Raises:
        InputError: for another shape, or for values out of range.
    """
    array = images.get("images") if isinstance(images, dict) else images
    if not isinstance(array, np.ndarray):
        return
    if array.shape[1:] != tuple(image_shape):
        raise InputError(
            f"The {what} must have the shape of the model's images, (n, {', '.join(map(str, image_shape))}); "
            f"received {array.shape}."
        )
    if not in_range or array.dtype.kind != "f" or not array.size:
        return
    low, high = float(array.min()), float(array.max())
    if not (low >= 0.0 and high <= 1.0):  # written so that NaN is refused too
        raise InputError(
            f"The {what} must be integers in [0, 255] or floats in [0, 1]; received {array.dtype} from {low:.4g} to "
            f"{high:.4g}: divide them by their greatest value, or take an objective with output linear."
        )


def check_target(target: Any, logits: Any) -> None:
    """Refuse targets of another shape than the output: arrays of unlike shapes would be spread over each other.

    Raises:
        InputError: for another shape; sizes that are not known yet are left to the backend.
    """
    expected, received = tuple(logits.shape)[1:], tuple(target.shape)[1:]
    known = len(expected) == len(received) and not any(None in pair for pair in zip(expected, received, strict=True))
    if len(expected) != len(received) or (known and expected != received):
        raise InputError(
            f"The targets must have the shape of the model's output, (n, {', '.join(map(str, expected))}); "
            f"received (n, {', '.join(map(str, received))})."
        )
