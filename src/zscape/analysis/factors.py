"""What the codes know of the numbers that images were made from, and which of these decide how far out a code lies."""

from dataclasses import dataclass

import numpy as np

from zscape.analysis.linear_readout import fit_readout
from zscape.analysis.radius import radii
from zscape.core.errors import InputError
from zscape.core.seeds import generator
from zscape.latent.codes import Codes

MOST_READ = 20_000
"""Codes that a readout learns from, and codes that it is tried on; of more, a seeded random choice."""

SHELLS = 4
"""Shells of radii, each with as many of the codes tried on."""

_FEWEST = 10  # codes to learn from, and to try readouts on
_LEAST = 20  # codes in a shell; with fewer there are no shells
_BACKGROUND = "background"  # how the names of factors begin that say what stands behind the object


@dataclass(frozen=True)
class Shell:
    """The codes tried on whose radius lies in one range; lists are in the order of `FactorsRecord.names`.

    Attributes:
        low: the least radius |z| among them.
        high: the largest.
        count: codes.
        r2: R^2 of the readout on these codes, against their own mean; None where the factor does not vary here.
        spread: the factor's standard deviation here, in that among all codes tried on.
    """

    low: float
    high: float
    count: int
    r2: tuple[float | None, ...]
    spread: tuple[float, ...]


@dataclass(frozen=True)
class FactorsRecord:
    """The true factors of a set of codes; lists are in the order of `names`.

    Attributes:
        names: the factors.
        r2: R^2 of a linear readout on codes that it has not learned from: 1 is perfect, 0 no better than the mean.
        dimension: the dimension of z whose correlation with the factor is strongest among the codes learned from.
        correlation: that dimension's correlation with the factor, on the codes tried on; with its sign.
        shells: the same by radius, from the innermost quarter of the codes tried on to the outermost; none where these
            are too few.
        radius_share: share of the variance of |z|^2, among the codes tried on, that the factor and its square account
            for (adjusted R^2, at least 0).
        radius_share_of: the same for several factors together: "all", and where names begin with background those as
            "background" and the rest as "other".
        tried_on: codes that the readouts were tried on.
        learned_from: codes that they learned from.
        seed: fixes the random choice of these.
        held_out: whether the codes tried on are of images that the run was not trained on either.
        left_out: why others are missing, by name.
    """

    names: tuple[str, ...]
    r2: tuple[float, ...]
    dimension: tuple[int, ...]
    correlation: tuple[float, ...]
    shells: tuple[Shell, ...]
    radius_share: tuple[float, ...]
    radius_share_of: dict[str, float]
    tried_on: int
    learned_from: int
    seed: int
    held_out: bool
    left_out: dict[str, str]


def factors_record(codes: Codes, seed: int = 0) -> FactorsRecord:
    """Return how well the codes' true factors can be read from them, along a straight line each.

    Readouts learn from the codes of training images and are tried on the others; where one of these parts is missing,
    half of all codes is kept back.

    Args:
        codes: all codes of a run, or anyone's with factors.
        seed: fixes the random choices.

    Raises:
        InputError: when there are no factors, too few codes, or none of the factors varies.
    """
    if codes.factors is None or codes.factor_names is None:
        raise InputError("These codes come without true factors.")
    learned, tried, held_out = _parts(codes, seed)
    factors = codes.factors.astype(np.float64)
    left_out = _constant(factors, codes.factor_names, learned, tried)
    kept = [i for i, name in enumerate(codes.factor_names) if name not in left_out]
    if not kept:
        raise InputError(f"None of the {len(codes.factor_names)} factors varies: {next(iter(left_out.values()))}")
    names, factors = tuple(codes.factor_names[i] for i in kept), factors[:, kept]
    readout = fit_readout(codes.mu[learned], factors[learned])
    z, truth = codes.mu[tried].astype(np.float64), factors[tried]
    residuals = truth - readout(z)
    dimension = _strongest(codes.mu[learned], factors[learned])
    radius = radii(z)
    return FactorsRecord(
        names=names,
        r2=tuple((1.0 - (residuals**2).mean(axis=0) / truth.var(axis=0)).tolist()),
        dimension=tuple(dimension.tolist()),
        correlation=tuple(_correlations(z, truth)[dimension, np.arange(len(names))].tolist()),
        shells=_shells(radius, truth, residuals),
        radius_share=tuple(share_of(radius**2, truth[:, [i]]) or 0.0 for i in range(len(names))),
        radius_share_of=_shares(radius**2, truth, names),
        tried_on=len(tried),
        learned_from=len(learned),
        seed=seed,
        held_out=held_out,
        left_out=left_out,
    )


def share_of(values: np.ndarray, factors: np.ndarray) -> float | None:
    """Return the share of the variance of `values` that factors and their squares account for, by least squares.

    Adjusted R^2: 1 - (1 - R^2) (n - 1) / (n - p - 1) with p columns, at least 0; chance alone gives about 0.

    Args:
        values: float64 (n,).
        factors: float64 (n, f).

    Returns:
        The share; None where there are too few values for so many columns.
    """
    count, centred = len(values), values - values.mean()
    columns = _standardised(np.concatenate([factors, _standardised(factors) ** 2], axis=1))
    weights, _, rank, _ = np.linalg.lstsq(columns, centred, rcond=1e-8)
    if count - int(rank) - 1 < 1:
        return None
    total = float((centred**2).sum())
    if total == 0.0:
        return 0.0
    left = float(((centred - columns @ weights) ** 2).sum()) / total
    return max(0.0, 1.0 - left * (count - 1) / (count - int(rank) - 1))


def _parts(codes: Codes, seed: int) -> tuple[np.ndarray, np.ndarray, bool]:
    """Return rows to learn from, rows to try on, and whether the latter are of images not trained on."""
    learned, tried = np.flatnonzero(codes.splits == 0), np.flatnonzero(codes.splits != 0)
    held_out = min(len(learned), len(tried)) >= _FEWEST
    if not held_out:
        order = generator(seed, "factors halves").permutation(len(codes))
        learned, tried = np.sort(order[: len(codes) // 2]), np.sort(order[len(codes) // 2 :])
    if len(learned) < _FEWEST:
        raise InputError(
            f"There are {len(codes)} codes; {2 * _FEWEST} are the least to read factors from: half of them to learn "
            "from, half to try on."
        )
    return _some(learned, seed, "factors learned"), _some(tried, seed, "factors tried"), held_out


def _some(rows: np.ndarray, seed: int, stream: str) -> np.ndarray:
    if len(rows) <= MOST_READ:
        return rows
    return np.sort(generator(seed, stream).choice(rows, MOST_READ, replace=False))


def _constant(factors: np.ndarray, names: tuple[str, ...], *parts: np.ndarray) -> dict[str, str]:
    same = [not all(np.ptp(factors[rows, i]) > 0 for rows in parts) for i in range(len(names))]
    return {name: f"{name!r} is the same for all images." for name, fixed in zip(names, same, strict=True) if fixed}


def _standardised(columns: np.ndarray) -> np.ndarray:
    sd = columns.std(axis=0)
    return (columns - columns.mean(axis=0)) / np.where(sd > 0, sd, np.inf)


def _correlations(points: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """Return the correlation of each dimension with each factor: float64 (z_dim, f); 0 where a dimension is fixed."""
    return _standardised(points.astype(np.float64)).T @ _standardised(factors) / len(points)


def _strongest(points: np.ndarray, factors: np.ndarray) -> np.ndarray:
    return np.abs(_correlations(points, factors)).argmax(axis=0)


def _shells(radius: np.ndarray, truth: np.ndarray, residuals: np.ndarray) -> tuple[Shell, ...]:
    if len(radius) < SHELLS * _LEAST:
        return ()
    whole = truth.std(axis=0)
    return tuple(_shell(radius[rows], truth[rows], residuals[rows], whole) for rows in _quarters(radius))


def _quarters(radius: np.ndarray) -> list[np.ndarray]:
    return np.array_split(np.argsort(radius, kind="stable"), SHELLS)


def _shell(radius: np.ndarray, truth: np.ndarray, residuals: np.ndarray, whole: np.ndarray) -> Shell:
    variance, left = truth.var(axis=0), (residuals**2).mean(axis=0)
    varies = np.ptp(truth, axis=0) > 0
    return Shell(
        low=float(radius.min()),
        high=float(radius.max()),
        count=len(radius),
        r2=tuple(float(1.0 - left[i] / variance[i]) if varies[i] else None for i in range(len(whole))),
        spread=tuple((np.where(varies, np.sqrt(variance), 0.0) / whole).tolist()),
    )


def _shares(squared: np.ndarray, truth: np.ndarray, names: tuple[str, ...]) -> dict[str, float]:
    behind = np.array([name.lower().startswith(_BACKGROUND) for name in names])
    groups = {"all": np.ones(len(names), bool)}
    if behind.any() and not behind.all():
        groups |= {_BACKGROUND: behind, "other": ~behind}
    shares = {group: share_of(squared, truth[:, mask]) for group, mask in groups.items()}
    return {group: share for group, share in shares.items() if share is not None}
