"""Images made worse: what goes into the networks where the task is to make them good again.

Everything stays uint8, as the store has it: batches are small, and scaling happens on the device. Gaussian noise is
therefore clipped to black and white and rounded to 8 bits, which adds a variance of 1/12 grey level to it.
"""

import numpy as np

from zscape.core.errors import InputError
from zscape.core.seeds import generator
from zscape.data.store import Split, Store
from zscape.specs.base import SPLITS
from zscape.specs.task import TaskSpec

_LOOKED_AT = 200  # images of each part in which colours are looked for


def add_noise(images: np.ndarray, sd: float, rng: np.random.Generator) -> np.ndarray:
    """Return images with Gaussian noise on every value, clipped and rounded.

    Args:
        images: uint8, any shape.
        sd: standard deviation before clipping, in units of the range from 0 to 255.
        rng: where the draws come from.
    """
    noise = rng.standard_normal(images.shape, np.float32) * np.float32(255 * sd)
    return np.rint(images + noise).clip(0, 255).astype(np.uint8)


def drop_pixels(images: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Return images in which pixels are black in all channels, each with the probability `share`, independently.

    Args:
        images: uint8 (..., height, width, channels).
        share: in [0, 1).
        rng: where the draws come from.
    """
    kept = rng.random(images.shape[:-1], np.float32) >= share
    return images * kept[..., None]


def to_grey(images: np.ndarray) -> np.ndarray:
    """Return the grey versions of colour images, in three equal channels, so that networks see one shape.

    The luma of ITU-R BT.601, 0.299 R + 0.587 G + 0.114 B, in Pillow's whole numbers (mode L): the same bytes.

    Args:
        images: uint8 (..., height, width, 3).
    """
    red, green, blue = (images[..., channel].astype(np.uint32) for channel in range(3))
    luma = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16
    return np.repeat(luma.astype(np.uint8)[..., None], 3, axis=-1)


def corrupt(images: np.ndarray, task: TaskSpec, rng: np.random.Generator) -> np.ndarray:
    """Return what goes into the networks for `images`; noise comes first, so that dropped pixels are black.

    Args:
        images: uint8 (..., height, width, channels).
        task: the task.
        rng: where the draws come from.

    Returns:
        uint8 of the same shape; the very same array where the task is to reconstruct.
    """
    if task.kind == "recolor":
        return to_grey(images)
    if task.noise:
        images = add_noise(images, task.noise, rng)
    if task.drop:
        images = drop_pixels(images, task.drop, rng)
    return images


def corrupt_batch(images: np.ndarray, task: TaskSpec, seed: int, step: int) -> np.ndarray:
    """Return a training batch as it goes into the networks: another draw at every step, a function of (seed, step).

    Args:
        images: uint8 (batch, height, width, channels).
        task: the task.
        seed: the training's seed.
        step: the batch's number, over all epochs.
    """
    return corrupt(images, task, generator(seed, "corruption", step))


def corrupt_fixed(images: np.ndarray, task: TaskSpec, seed: int, split: str, ids: np.ndarray) -> np.ndarray:
    """Return images as they go into the networks outside of training: each with its one draw for good.

    The draw is a function of (seed, split, image id), so that it does not depend on the images around it.

    Args:
        images: uint8 (n, height, width, channels).
        task: the task.
        seed: the run's seed.
        split: the name of the images' split.
        ids: (n,), the images' positions in the store.
    """
    if task.kind != "denoise":
        return corrupt(images, task, generator(seed, "fixed corruption"))
    corrupted = np.empty_like(images)
    for i, (image, number) in enumerate(zip(images, ids, strict=True)):
        corrupted[i] = corrupt(image, task, generator(seed, "fixed corruption", split, int(number)))
    return corrupted


def inputs_of(split: Split, positions: np.ndarray | slice | None, task: TaskSpec, seed: int) -> np.ndarray:
    """Return images of a split as they go into the networks outside of training.

    Args:
        split: the images.
        positions: which, counted within the split; None for all.
        task: the task.
        seed: the run's seed.
    """
    ids = split.ids if positions is None else split.ids[positions]
    return corrupt_fixed(split.images(positions), task, seed, split.name, ids)


def check_colours(task: TaskSpec, store: Store) -> None:
    """Refuse images that are grey, though they have three channels, where colours are to be learned.

    Raises:
        InputError: when `task` is to recolor and none of the images looked at has a colour.
    """
    if task.kind != "recolor":
        return
    for name in SPLITS:
        images = store.split(name).shown(_LOOKED_AT)
        if (images != images[..., :1]).any():
            return
    raise InputError(
        "task.kind: recolor learns colours, but these images are grey: all three channels are the same; give colour "
        "images, or take another task."
    )
