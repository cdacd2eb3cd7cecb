"""Images in rows and columns, pixel by pixel (Pillow, no matplotlib: fast and without resampling)."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from zscape.core.errors import InputError

_TILE = 64  # small images are enlarged to tiles of about this size
_GAP = 3


def image_grid(images: np.ndarray, columns: int, scale: int | None = None, gap: int = _GAP) -> Image.Image:
    """Return the images row by row on white.

    Args:
        images: uint8 (n, height, width, channels), 1 or 3 channels, n >= 1.
        columns: images per row, >= 1; no more than there are images are used.
        scale: each pixel becomes scale x scale pixels; None for tiles of about 64 pixels (8 -> 8x, 28 -> 2x, 96 -> 1x).
        gap: white pixels between the tiles and around them.

    Returns:
        An RGB image.

    Raises:
        InputError: when images or numbers cannot be used.
    """
    _check(images, columns, gap)
    tiles = _tiles(images, scale)
    columns = min(columns, len(tiles))
    rows = -(-len(tiles) // columns)
    height, width = tiles.shape[1:3]
    page = _page(rows * (height + gap) + gap, columns * (width + gap) + gap)
    for i, tile in enumerate(tiles):
        _put(page, tile, gap + i // columns * (height + gap), gap + i % columns * (width + gap))
    return Image.fromarray(page)


def pairs_grid(
    originals: np.ndarray, reconstructions: np.ndarray, columns: int, scale: int | None = None, gap: int = _GAP
) -> Image.Image:
    """Return originals, each with its reconstruction right below it; pairs are set apart by a wider gap.

    Args:
        originals: uint8 (n, height, width, channels), 1 or 3 channels, n >= 1.
        reconstructions: uint8, same n, height and width; the channels may differ.
        columns: pairs per row, >= 1.
        scale: as in `image_grid`.
        gap: white pixels between an image and its neighbours; pairs below each other have four times as many.

    Returns:
        An RGB image.

    Raises:
        InputError: when images or numbers cannot be used.
    """
    if originals.shape[:3] != reconstructions.shape[:3]:
        raise InputError(
            f"Originals {originals.shape} and reconstructions {reconstructions.shape} must agree in number, height and "
            f"width."
        )
    return stacks_grid([originals, reconstructions], columns, scale, gap)


def stacks_grid(layers: Sequence[np.ndarray], columns: int, scale: int | None = None, gap: int = _GAP) -> Image.Image:
    """Return stacks of images that belong together, the first layer's on top; stacks are set apart by a wider gap.

    Args:
        layers: at least one; uint8 (n, height, width, channels), 1 or 3 channels, same n, height and width in all.
        columns: stacks per row, >= 1.
        scale: as in `image_grid`.
        gap: as in `pairs_grid`.

    Returns:
        An RGB image.

    Raises:
        InputError: when images or numbers cannot be used.
    """
    for layer in layers:
        _check(layer, columns, gap)
    if len({layer.shape[:3] for layer in layers}) != 1:
        shapes = ", ".join(str(layer.shape) for layer in layers)
        raise InputError(f"Images in stacks must agree in number, height and width; received {shapes or 'none'}.")
    tiles = [_tiles(layer, scale) for layer in layers]
    count, height, width = tiles[0].shape[:3]
    columns = min(columns, count)
    rows = -(-count // columns)
    stack = len(tiles) * (height + gap) - gap
    page = _page(rows * (stack + 4 * gap) - 2 * gap, columns * (width + gap) + gap)
    for i in range(count):
        top, left = gap + i // columns * (stack + 4 * gap), gap + i % columns * (width + gap)
        for layer in tiles:
            _put(page, layer[i], top, left)
            top += height + gap
    return Image.fromarray(page)


def _check(images: np.ndarray, columns: int, gap: int) -> None:
    check_images(images, "A grid")
    if columns < 1:
        raise InputError(f"A grid needs at least 1 column, got {columns}.")
    if gap < 0:
        raise InputError(f"The gap of a grid must be at least 0, got {gap}.")


def check_images(images: np.ndarray, what: str) -> None:
    """Raise InputError unless these are images that can be drawn: uint8 (n, height, width, 1 or 3), n >= 1.

    Args:
        images: the images.
        what: who got them, the beginning of the sentence.
    """
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[-1] not in (1, 3) or 0 in images.shape:
        raise InputError(
            f"{what} got images of shape {images.shape} and dtype {images.dtype}; "
            f"expected uint8 (n, height, width, 1 or 3 channels), n >= 1."
        )


def _tiles(images: np.ndarray, scale: int | None) -> np.ndarray:
    if scale is None:
        scale = max(1, round(_TILE / max(images.shape[1:3])))
    if scale < 1:
        raise InputError(f"The scale of a grid must be at least 1, got {scale}.")
    colours = np.broadcast_to(images, (*images.shape[:3], 3))
    return colours.repeat(scale, axis=1).repeat(scale, axis=2)


def _page(height: int, width: int) -> np.ndarray:
    return np.full((height, width, 3), 255, dtype=np.uint8)


def _put(page: np.ndarray, tile: np.ndarray, top: int, left: int) -> None:
    page[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
