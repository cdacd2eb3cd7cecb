"""The fields of a fitted mixture on the disk: one .npz of numbers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zscape.core.errors import InputError
from zscape.latent.arrays import read_arrays, write_arrays

_REAL = ("mean", "deviations", "axes", "weights", "means", "factors")
_WHOLE = ("chosen", "points", "of", "held_out_points", "outliers", "seed")
_TRIED = ("tried", "tried_log_density")


def write_mixture(path: Path, fields: Mapping[str, Any]) -> None:
    """Write a mixture, whole or not at all.

    The factors, which are nearly all of the file, are written in float32: in principal coordinates nothing is so thin
    that this would matter.

    Args:
        path: the file.
        fields: those of a `Mixture` by name; others are left out.
    """
    arrays = {name: np.asarray(fields[name]) for name in (*_REAL, *_WHOLE)}
    arrays["factors"] = arrays["factors"].astype(np.float32)
    arrays["tried"] = np.array(list(fields["held_out"]), dtype=np.int64)
    arrays["tried_log_density"] = np.array(list(fields["held_out"].values()), dtype=np.float64)
    write_arrays(path, arrays)


def read_mixture(path: Path) -> dict[str, Any]:
    """Return the fields of the `Mixture` that a file holds, by name.

    Raises:
        InputError: when the file cannot be read or does not hold a mixture.
    """
    wanted = (*_REAL, *_WHOLE, *_TRIED)
    arrays, found = read_arrays(path, wanted, single="mean")
    missing = [name for name in wanted if name not in arrays]
    if missing:
        raise InputError(f"{path} is no fitted mixture: it has no {', '.join(missing)}, but {', '.join(found)}.")
    real = {name: _real(path, name, arrays[name]) for name in _REAL}
    if not _fit_together(**real):
        shapes = ", ".join(f"{name} {array.shape}" for name, array in real.items())
        raise InputError(f"{path} has arrays that do not fit: {shapes}.")
    if (real["weights"] <= 0).any() or abs(real["weights"].sum() - 1) > 1e-6:
        raise InputError(f"{path} has weights that are not shares of one whole.")
    if (real["deviations"] <= 0).any() or (np.diagonal(real["factors"], axis1=1, axis2=2) <= 0).any():
        raise InputError(f"{path} has deviations or factors that are not above 0.")
    whole = {name: _whole(path, name, arrays[name]) for name in _WHOLE}
    tried, density = arrays["tried"], _real(path, "tried_log_density", arrays["tried_log_density"])
    if tried.ndim != 1 or tried.shape != density.shape or tried.dtype.kind not in "iu":
        raise InputError(f"{path} has {tried.shape} numbers of normals for {density.shape} densities.")
    held_out = dict(zip(map(int, tried), map(float, density), strict=True))
    return {**real, **whole, "chosen": bool(whole["chosen"]), "held_out": held_out}


def _real(path: Path, name: str, array: np.ndarray) -> np.ndarray:
    if array.dtype.kind != "f" or not np.isfinite(array).all():
        raise InputError(f"{path} has {name} that are not finite real numbers.")
    return array.astype(np.float64, copy=False)


def _whole(path: Path, name: str, array: np.ndarray) -> int:
    if array.shape or array.dtype.kind not in "iub":
        raise InputError(f"{path} has {name} that is not one whole number.")
    return int(array)


def _fit_together(
    mean: np.ndarray,
    deviations: np.ndarray,
    axes: np.ndarray,
    weights: np.ndarray,
    means: np.ndarray,
    factors: np.ndarray,
) -> bool:
    k, rank = len(weights) if weights.ndim == 1 else 0, len(deviations) if deviations.ndim == 1 else -1
    shapes = (mean.ndim, axes.shape, means.shape, factors.shape)
    return k > 0 and len(mean) > 0 and shapes == (1, (len(mean), rank), (k, rank), (k, rank, rank))
