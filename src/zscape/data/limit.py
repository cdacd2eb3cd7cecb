"""`data.limit`: a random part of a data set, the same every time."""

import numpy as np

from zscape.core.seeds import generator


def kept_positions(count: int, parts: np.ndarray | None, limit: int | None, source: str) -> np.ndarray:
    """Return which images `data.limit` keeps: a fixed draw, in proportion over the official parts.

    A smaller limit keeps a subset of what a larger one keeps, but for the rounding of the parts' shares.

    Args:
        count: number of images.
        parts: uint8 (count,), the official parts, or None.
        limit: number of images to keep; None or more than `count` keeps all.
        source: the source's name; it names the draw.

    Returns:
        int64 positions, ascending.
    """
    if limit is None or limit >= count:
        return np.arange(count)
    codes = np.zeros(count, np.uint8) if parts is None else parts
    present, sizes = np.unique(codes, return_counts=True)
    kept = []
    for code, share in zip(present, _shares(sizes, limit), strict=True):
        order = generator(0, "limit", source, int(code)).permutation(np.flatnonzero(codes == code))
        kept.append(order[:share])
    return np.sort(np.concatenate(kept))


def _shares(sizes: np.ndarray, limit: int) -> np.ndarray:
    # Largest remainders: whole numbers that add up to the limit and are each within 1 of the exact proportion.
    numerators = sizes.astype(np.int64) * limit
    shares, remainders = np.divmod(numerators, sizes.sum())
    shares[np.argsort(-remainders, kind="stable")[: limit - shares.sum()]] += 1
    return shares
