"""Principal axes of many long rows, in bounded memory."""

from collections.abc import Callable, Iterator

import numpy as np

from zscape.core.seeds import generator

Blocks = Callable[[], Iterator[np.ndarray]]
"""Gives all rows again at every call, float64 (some, values) at a time."""

EXACT = 1_600
"""Up to this number of rows or of values the axes are those of an exact eigendecomposition."""

_MORE = 16  # axes beside those asked for, in the iteration
_PASSES = 6  # over the rows; each sharpens the axes by the ratio of the variances kept and left out


def principal_axes(blocks: Blocks, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean of the rows and their first principal axes.

    Exact by the covariance or, with fewer rows than values, by the rows' inner products, where the smaller of the two
    numbers is at most `EXACT`. Else by subspace iteration with a random start (Halko, Martinsson and Tropp,
    arXiv:0909.4061, algorithm 4.4), which reads the rows six times and holds number + 16 axes.

    Args:
        blocks: the rows.
        number: axes wanted.

    Returns:
        mean, float64 (values,), and orthonormal axes, float64 (n, values), by falling variance; n is the least of
        `number` and the number of directions in which the rows vary at all.
    """
    count, mean = _count_and_mean(blocks)
    if min(count, len(mean)) > EXACT:
        return mean, _iterated(blocks, mean, number)
    if len(mean) <= count:
        return mean, _by_covariance(blocks, mean, number)
    return mean, _by_inner_products(blocks, mean, number)


def _count_and_mean(blocks: Blocks) -> tuple[int, np.ndarray]:
    count, total = 0, np.zeros(())
    for block in blocks():
        count += len(block)
        total = total + block.sum(axis=0)
    return count, total / count


def _by_covariance(blocks: Blocks, mean: np.ndarray, number: int) -> np.ndarray:
    scatter = np.zeros((len(mean), len(mean)))
    for block in blocks():
        centred = block - mean
        scatter += centred.T @ centred
    variances, axes = np.linalg.eigh(scatter)
    return axes[:, ::-1].T[_varying(variances[::-1], number)]


def _by_inner_products(blocks: Blocks, mean: np.ndarray, number: int) -> np.ndarray:
    rows = np.concatenate([block - mean for block in blocks()])
    variances, combinations = np.linalg.eigh(rows @ rows.T)
    kept = _varying(variances[::-1], number)
    axes = combinations[:, ::-1][:, kept].T @ rows
    return axes / np.linalg.norm(axes, axis=1, keepdims=True)


def _iterated(blocks: Blocks, mean: np.ndarray, number: int) -> np.ndarray:
    width = min(number + _MORE, len(mean))
    axes = np.linalg.qr(generator(0, "principal axes").standard_normal((len(mean), width)))[0]
    for _ in range(_PASSES - 1):
        axes = np.linalg.qr(_scattered(blocks, mean, axes))[0]
    # Rayleigh-Ritz: the best axes within the subspace found.
    variances, turn = np.linalg.eigh(axes.T @ _scattered(blocks, mean, axes))
    return (axes @ turn[:, ::-1]).T[_varying(variances[::-1], number)]


def _scattered(blocks: Blocks, mean: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """Return the scatter matrix of the rows times `axes`, without the matrix ever being made."""
    spread = np.zeros_like(axes)
    for block in blocks():
        centred = (block - mean).astype(np.float32)
        spread += centred.T @ (centred @ axes.astype(np.float32))
    return spread


def _varying(variances: np.ndarray, number: int) -> np.ndarray:
    """Return the positions of the first `number` variances, given falling, that are more than rounding errors."""
    least = variances[0] * len(variances) * np.finfo(np.float64).eps * 8
    return np.flatnonzero(variances[:number] > max(least, 0.0))
