"""Fitting a mixture of normals to codes, and choosing how many normals."""

import warnings
from dataclasses import dataclass, replace

import numpy as np
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture
from threadpoolctl import threadpool_limits

from zscape.core.errors import InputError
from zscape.core.seeds import derive_seed, generator
from zscape.latent.codes import Codes
from zscape.latent.outliers import inliers
from zscape.latent.priors.fitted_normal import FittedNormal, fit_normal
from zscape.latent.priors.mixture import Mixture

TRIED = (1, 2, 4, 8, 16, 32)
"""Numbers of normals among which one is chosen."""

MOST_POINTS = 20_000
"""Codes that a mixture is fitted to, at most."""

_MOST_HELD_OUT = 5_000
_HELD_OUT_SHARE = 10  # a tenth of the codes, where there is no validation split
_LEAST_HELD_OUT = 10
_POINTS_PER_PARAMETER_ROW = 10  # codes per normal and dimension before a number is tried
_POINTS_PER_NORMAL = 2
_THINNEST = 1e-3  # least variance of a normal in any direction, as a share of the whole cloud's there
_SMALL = 1_000_000  # values of points up to which one thread is faster: others wait for each other most of the time
_MOST_STEPS, _LEAST_STEPS = 100, 5
_WORK = 1e11  # floating-point operations for one number of normals: a few seconds
_OVERHEAD = 64  # what a step does besides its matrix products, as if there were so many dimensions more


@dataclass(frozen=True)
class _Points:
    """Points in the principal coordinates of `normal`: those to fit to (n, rank), those held out (m, rank)."""

    normal: FittedNormal
    fitted: np.ndarray
    held_out: np.ndarray
    of: int
    outliers: int
    seed: int


def fit_mixture(
    codes: Codes, components: int | None = None, seed: int = 0, normal: FittedNormal | None = None
) -> Mixture:
    """Return a mixture of normals fitted to the training images' codes, by expectation maximisation.

    Without `components`, 1, 2, 4, 8, 16, 32 normals are tried, as long as there are 10 codes for each normal's every
    dimension and the density of held-out codes does not fall twice in a row; the number with the highest density is
    taken. Held out are the codes of the validation images, or a seeded tenth where there are none. At most 20,000 codes
    are fitted to, and 5,000 held out, seeded random ones; outliers are left out of both. In many dimensions the steps
    of a fit are limited to what takes a few seconds, never below 5.

    Args:
        codes: those of split train are fitted to; all, where there is no such split.
        components: the number of normals; None chooses it.
        seed: fixes which codes are taken, the points drawn from their posteriors, and the start of the fit.
        normal: the normal fitted to the same codes, where it is known already; its axes are the coordinates.

    Raises:
        InputError: when there are fewer than 2 codes, or fewer than 2 for each normal asked for.
    """
    train = codes.of_split("train")
    train = train if len(train) else codes
    if components is not None and len(train) < _POINTS_PER_NORMAL * components:
        raise InputError(
            f"A mixture of {components} normals needs at least {_POINTS_PER_NORMAL * components} codes of training "
            f"images, got {len(train)}: ask for fewer, or for mixture, which chooses their number."
        )
    points = _points(train, codes.of_split("validation"), fit_normal(train) if normal is None else normal, seed)
    with threadpool_limits(limits=1 if points.fitted.size <= _SMALL else None):
        return _best(points) if components is None else _fit(points, components)


def _best(points: _Points) -> Mixture:
    """Return the mixture of as many normals as held-out points ask for."""
    tried: dict[int, Mixture] = {}
    for number in TRIED:
        if number > 1 and not _worth_trying(number, points, tried):
            break
        tried[number] = _fit(points, number)
    densities = {number: density for fit in tried.values() for number, density in fit.held_out.items()}
    best = max(densities, key=lambda number: densities[number], default=1)
    return replace(tried[best], chosen=True, held_out=densities)


def _worth_trying(number: int, points: _Points, tried: dict[int, Mixture]) -> bool:
    count, rank = points.fitted.shape
    if rank == 0 or len(points.held_out) == 0 or count < _POINTS_PER_PARAMETER_ROW * number * (rank + 1):
        return False
    last = [fit.held_out[components] for components, fit in tried.items()][-3:]
    return not (len(last) == 3 and last[0] > last[1] > last[2])


def _points(train: Codes, validation: Codes, normal: FittedNormal, seed: int) -> _Points:
    count = len(train)
    if len(validation) < _LEAST_HELD_OUT:
        order = generator(seed, "prior", "mixture", "held out").permutation(count)
        held_out = count // _HELD_OUT_SHARE if count >= _LEAST_HELD_OUT * _HELD_OUT_SHARE else 0
        validation, train = train.take(np.sort(order[:held_out])), train.take(np.sort(order[held_out:]))
    fitted, left_out = _drawn(train, MOST_POINTS, normal, seed, "points")
    others, _ = _drawn(validation, _MOST_HELD_OUT, normal, seed, "validation")
    return _Points(normal, fitted, others, len(train), left_out, seed)


def _drawn(codes: Codes, most: int, normal: FittedNormal, seed: int, name: str) -> tuple[np.ndarray, int]:
    """Return points of the codes' posteriors in principal coordinates, float32 (n, rank), and the outliers' number."""
    deviations, axes = normal.principal
    if len(codes) > most:
        rows = generator(seed, "prior", "mixture", name).choice(len(codes), most, replace=False)
        codes = codes.take(np.sort(rows))
    kept = inliers(codes.mu, codes.variance)
    points = codes.mu.astype(np.float64)
    if codes.log_var is not None:
        noise = generator(seed, "prior", "mixture", name, "posterior").standard_normal(points.shape)
        points += np.exp(codes.log_var / 2.0) * noise
    return ((points[kept] - normal.mean) @ axes / deviations).astype(np.float32), int((~kept).sum())


def _fit(points: _Points, components: int) -> Mixture:
    deviations, axes = points.normal.principal
    weights, means, covariances = _expectation_maximisation(points.fitted, deviations, components, points.seed)
    mixture = Mixture(
        mean=points.normal.mean,
        deviations=deviations,
        axes=axes,
        weights=weights / weights.sum(),
        means=means,
        factors=np.linalg.cholesky(covariances),
        chosen=False,
        held_out={},
        points=len(points.fitted),
        of=points.of,
        held_out_points=len(points.held_out),
        outliers=points.outliers,
        seed=points.seed,
    )
    if len(points.held_out) == 0:
        return mixture
    z = points.normal.mean + (points.held_out.astype(np.float64) * deviations) @ axes.T
    return replace(mixture, held_out={components: float(mixture.log_prob(z).mean())})


def _expectation_maximisation(
    points: np.ndarray, deviations: np.ndarray, components: int, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return weights (k,), means (k, d) and covariances (k, d, d), float64."""
    count, dimensions = points.shape
    if dimensions == 0:  # all codes are one point
        return np.ones(1), np.zeros((1, 0)), np.zeros((1, 0, 0))
    per_step = 4.0 * count * components * dimensions * (dimensions + _OVERHEAD)
    number = derive_seed(seed, "prior", "mixture", "start", components)
    with warnings.catch_warnings():
        # The steps are limited on purpose; k-means finds fewer clusters in codes that are equal.
        warnings.simplefilter("ignore", ConvergenceWarning)
        weights, means, covariances = _start(points, deviations, components, number)
        model = GaussianMixture(
            len(weights),
            reg_covar=_THINNEST,
            max_iter=int(np.clip(_WORK / per_step, _LEAST_STEPS, _MOST_STEPS)),
            random_state=number,
            weights_init=weights,
            means_init=means,
            precisions_init=np.linalg.inv(covariances),
        ).fit(points)
    parts = (model.weights_, model.means_, model.covariances_)
    weights, means, covariances = (np.asarray(part, dtype=np.float64) for part in parts)
    used = weights > 0
    return weights[used], means[used], covariances[used]


def _start(
    points: np.ndarray, deviations: np.ndarray, components: int, number: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return weights, means and covariances of clusters, found where distances are those of the codes.

    In principal coordinates the many directions in which codes hardly differ would count as much as the few in which
    clusters lie apart.
    """
    k_means = KMeans(components, n_init=1, random_state=number)  # pyright: ignore[reportArgumentType]
    clusters = k_means.fit_predict(points * deviations.astype(np.float32))
    groups = [points[clusters == cluster] for cluster in np.unique(clusters)]
    thinnest = np.float32(_THINNEST) * np.eye(points.shape[1], dtype=np.float32)
    covariances = [np.cov(group.T, bias=True).reshape(thinnest.shape) + thinnest for group in groups]
    weights = np.array([len(group) for group in groups], dtype=np.float64)
    means = np.stack([group.mean(axis=0) for group in groups])
    return (weights / weights.sum()).astype(points.dtype), means, np.stack(covariances).astype(points.dtype)
