"""One seed, many independent streams.

Streams are told apart by name and derived by hashing. Neighbouring integers would not do: PyTorch seeds a draw with
`seed + counter`, so generators seeded 42 and 43 give overlapping streams there.
"""

import hashlib

import numpy as np

_SEED_BITS = 31  # what every backend accepts as a seed


def _digest(root: int, path: tuple[str | int, ...]) -> bytes:
    # repr keeps "1" and 1 apart and separates the parts, so no two paths share a text.
    return hashlib.blake2b(repr((int(root), *path)).encode(), digest_size=32).digest()


def derive_seed(root: int, *path: str | int) -> int:
    """Return the seed of the stream called `path` below the seed `root`, in [0, 2**31).

    Example:
        >>> derive_seed(1, "weights", "conv_1") == derive_seed(1, "weights", "conv_1")
        True
        >>> derive_seed(1, "weights", "conv_1") == derive_seed(1, "weights", "conv_2")
        False
    """
    return int.from_bytes(_digest(root, path)[:8], "little") % 2**_SEED_BITS


def generator(root: int, *path: str | int) -> np.random.Generator:
    """Return a fresh NumPy generator for the stream called `path` below the seed `root`."""
    return np.random.Generator(np.random.Philox(key=_philox_key(root, path)))


def row_normals(root: int, path: tuple[str | int, ...], rows: np.ndarray, width: int) -> np.ndarray:
    """Return standard normal draws that depend on the row's number alone, not on the rows around it.

    Used where each image has its own fixed draw (validation, `evaluate`), whatever the batches.

    Args:
        root: the seed.
        path: the name of the stream.
        rows: integer array (n,), the rows' numbers, each >= 0.
        width: draws per row.

    Returns:
        float32 array (n, width).
    """
    key = _philox_key(root, ("rows", *path))
    draws = np.empty((len(rows), width), dtype=np.float32)
    for i, row in enumerate(rows):
        # The counter's highest word is the row: streams of two rows can never run into each other.
        bits = np.random.Philox(key=key, counter=np.array([0, 0, 0, row], dtype=np.uint64))
        draws[i] = np.random.Generator(bits).standard_normal(width, dtype=np.float32)
    return draws


def _philox_key(root: int, path: tuple[str | int, ...]) -> np.ndarray:
    return np.frombuffer(_digest(root, path)[:16], dtype=np.uint64)
