"""Images that are drawn from images: black or white with the grey value as probability, and mirrored ones."""

import hashlib

import numpy as np

from zscape.core.seeds import derive_seed, generator


def draw_bits(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return black or white for every value, white with probability value / 255.

    Args:
        images: uint8, any shape.
        rng: where the draws come from.

    Returns:
        uint8 of the same shape, 0 or 255. A value that is 0 or 255 already stays.
    """
    # u is uniform on 0..254, so that u < value has the probability value / 255 to the last digit.
    uniform = rng.integers(0, 255, images.shape, np.uint8)
    return (uniform < images).view(np.uint8) * np.uint8(255)


def fixed_bits(images: np.ndarray, source: str) -> np.ndarray:
    """Return each image's one fixed draw of `draw_bits`.

    The draw is a function of the source's name and of the image's own pixels: it is the same in every run, split,
    order and limit.

    Args:
        images: uint8 (n, height, width, channels).
        source: the source's name.
    """
    drawn = np.empty(images.shape, np.uint8)
    root = derive_seed(0, "binarize", source).to_bytes(8, "little")
    for i, image in enumerate(images):
        key = np.frombuffer(hashlib.blake2b(image.tobytes(), key=root, digest_size=16).digest(), np.uint64)
        drawn[i] = draw_bits(image, np.random.Generator(np.random.Philox(key=key)))
    return drawn


def redrawn(images: np.ndarray, seed: int, step: int) -> np.ndarray:
    """Return a batch's draw of `draw_bits`, a function of (seed, step); arguments as in `mirrored`."""
    return draw_bits(images, generator(seed, "binarize", step))


def mirrored(images: np.ndarray, seed: int, step: int) -> np.ndarray:
    """Return a batch in which every image is mirrored left to right with probability 1/2.

    Args:
        images: uint8 (batch, height, width, channels).
        seed: the training's seed.
        step: the batch's number, over all epochs.
    """
    turn = generator(seed, "flip", step).integers(0, 2, len(images), np.uint8).astype(bool)
    images = images.copy()
    images[turn] = images[turn, :, ::-1]
    return images
