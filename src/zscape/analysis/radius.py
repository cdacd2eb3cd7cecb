"""The radius |z| of the points: in many dimensions a normal cloud is a thin shell, far from its own centre."""

from dataclasses import dataclass

import numpy as np
from scipy import integrate, special, stats

from zscape.analysis.points import check_points
from zscape.core.errors import InputError
from zscape.latent.moments import blocks
from zscape.latent.priors.shown import CUBES

_MOST_BINS = 1000
_FEWEST_BINS = 10
_WIDTH = 0.5
_FINEST = 1e-3  # of the largest radius: below it a bin tells rounding apart


@dataclass(frozen=True)
class CubeRadius:
    """The radius of points uniform in the cube [-r, r] in all dimensions. Lengths in units of z.

    Attributes:
        r: half the cube's width.
        mean: mean radius; in proportion to r.
        sd: standard deviation of the radius; in proportion to r too.
    """

    r: float
    mean: float
    sd: float


@dataclass(frozen=True)
class RadiusRecord:
    """The radii R = |z| of a set of points, beside those of N(0, I). Lengths in units of z.

    Attributes:
        count: points.
        z_dim: dimensions.
        min: smallest radius.
        mean: mean radius.
        max: largest radius.
        sd: standard deviation of the radii (divided by n).
        centre_distance: |mean of the points|, how far the cloud lies off the origin.
        drawn_rms: root mean square radius of points drawn with their posterior variance; None without one.
        chi_mean: mean radius of N(0, I).
        chi_sd: standard deviation of the radius of N(0, I).
        width: width of the histogram's bins.
        edges: edges of the bins, one more than there are counts; they enclose all radii.
        counts: points per bin; their sum is `count`.
        middle: radii that 5 % and 95 % of the points stay below: nine in ten lie between.
        cubes: where points uniform in cubes lie, for the r of `latent.priors.shown.CUBES`.
    """

    count: int
    z_dim: int
    min: float
    mean: float
    max: float
    sd: float
    centre_distance: float
    drawn_rms: float | None
    chi_mean: float
    chi_sd: float
    width: float
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    middle: tuple[float, float]
    cubes: tuple[CubeRadius, ...]


def radius_record(
    points: np.ndarray,
    width: float | None = None,
    variance: np.ndarray | None = None,
    centre: np.ndarray | None = None,
) -> RadiusRecord:
    """Return the statistics and the histogram of the points' radii.

    Args:
        points: (n, z_dim), any real dtype, n >= 1.
        width: width of the bins, > 0; doubled until there are no more than 1000 bins. None is 0.5, halved until the
            radii spread over 10 bins or more (up to 21), but not below a thousandth of the largest.
        variance: (z_dim,), the mean posterior variance per dimension, for `drawn_rms`.
        centre: (z_dim,), the mean of the points where it is known already.

    Raises:
        InputError: when points or width cannot be used.
    """
    check_points(points)
    if width is not None and not 0 < width < np.inf:
        raise InputError(f"The width of the bins must be a number above 0, got {width}.")
    r = radii(points)
    width, edges, counts = nested_histogram(r, _fine_width(r) if width is None else width)
    z_dim = points.shape[1]
    middle = _centre(points) if centre is None else centre
    low, high = np.quantile(r, (0.05, 0.95))
    return RadiusRecord(
        count=len(points),
        z_dim=z_dim,
        min=float(r.min()),
        mean=float(r.mean()),
        max=float(r.max()),
        sd=float(r.std()),
        centre_distance=float(np.linalg.norm(middle)),
        drawn_rms=None if variance is None else float(np.sqrt((r * r).mean() + variance.sum())),
        chi_mean=chi_mean(z_dim),
        chi_sd=chi_sd(z_dim),
        width=width,
        edges=tuple(edges.tolist()),
        counts=tuple(counts.tolist()),
        middle=(float(low), float(high)),
        cubes=_cubes(z_dim),
    )


def radii(points: np.ndarray) -> np.ndarray:
    """Return |z| of each point of (n, z_dim): float64 (n,)."""
    return np.concatenate([np.linalg.norm(block, axis=1) for block in blocks(points)])


def _centre(points: np.ndarray) -> np.ndarray:
    return sum((block.sum(axis=0) for block in blocks(points)), np.zeros(points.shape[1])) / len(points)


def _fine_width(r: np.ndarray) -> float:
    # Halved, so that the bins of two runs still nest.
    width, spread = _WIDTH, r.max() - r.min()
    while 0 < spread < _FEWEST_BINS * width and width / 2 >= _FINEST * r.max():
        width /= 2
    return width


def _cubes(z_dim: int) -> tuple[CubeRadius, ...]:
    mean, sd = cube_radius(-1.0, 1.0, z_dim)
    return tuple(CubeRadius(r, r * mean, r * sd) for r in CUBES)


def nested_histogram(r: np.ndarray, width: float) -> tuple[float, np.ndarray, np.ndarray]:
    """Return bins that enclose all of r >= 0 and begin at multiples of their width, and how many lie in each.

    Args:
        r: (n,), n >= 1.
        width: > 0; doubled until there are no more than 1000 bins.

    Returns:
        The width, float64 edges (bins + 1,), and counts (bins,).
    """
    # Bins start at multiples of the width, so that histograms of two runs can be compared. Multiples beyond 2^40 would
    # be too coarse in float64.
    width = float(width)
    while (r.max() - r.min()) / width > _MOST_BINS - 3 or r.max() / width > 2.0**40:
        width *= 2.0
    first, last = np.floor(r.min() / width), np.floor(r.max() / width) + 1.0
    # The quotients are rounded: an edge may come out a hair inside the data.
    first -= 1.0 if first * width > r.min() else 0.0
    last += 1.0 if last * width < r.max() else 0.0
    edges = width * np.arange(first, last + 0.5)
    return width, edges, np.histogram(r, edges)[0]


def chi_mean(z_dim: int) -> float:
    """Return the mean radius of N(0, I): sqrt(2) Gamma((d + 1) / 2) / Gamma(d / 2)."""
    return float(np.sqrt(2.0) * special.poch(z_dim / 2.0, 0.5))


def chi_sd(z_dim: int) -> float:
    """Return the standard deviation of the radius of N(0, I); near sqrt(1/2) in many dimensions."""
    return float(stats.chi.std(z_dim))


def chi_density(r: np.ndarray, z_dim: int) -> np.ndarray:
    """Return the density of the radius of N(0, I), the chi law with z_dim degrees of freedom.

    Args:
        r: any shape, radii.
        z_dim: dimensions.

    Returns:
        float64, same shape, per unit of r.
    """
    return np.asarray(stats.chi.pdf(r, z_dim))


def cube_radius(low: float, high: float, z_dim: int) -> tuple[float, float]:
    """Return mean and standard deviation of the radius of points uniform in the cube [low, high]^z_dim.

    E R^2 = d (low^2 + low high + high^2) / 3 =: s^2. The mean comes from the Laplace transform of R^2, which is that of
    one coordinate to the power of d (integrated numerically, to about 1e-8 of the mean):

        E R = 1/sqrt(pi) integral over u > 0 of (1 - (E exp(-u^2 x^2))^d) / u^2,

    E exp(-u^2 x^2) = sqrt(pi) (erf(u high) - erf(u low)) / (2 u (high - low)), integrated with u in units of 1/s.

    Args:
        low: lower end of the interval of each coordinate.
        high: upper end, > low.
        z_dim: dimensions.
    """
    size = np.sqrt(z_dim * (low * low + low * high + high * high) / 3.0)

    def integrand(v: float) -> float:
        u = v / size
        one = np.sqrt(np.pi) * (special.erf(u * high) - special.erf(u * low)) / (2.0 * u * (high - low))
        return float(-np.expm1(z_dim * np.log(max(one, 1e-300))) / (v * v))

    # Below v = 1e-4 the integrand is 1 - O(v^2), and its quotient has lost its digits.
    start = 1e-4
    inner = integrate.quad(integrand, start, 1.0)[0] + integrate.quad(integrand, 1.0, 10.0)[0]
    mean = size * (start + inner + integrate.quad(integrand, 10.0, np.inf)[0]) / np.sqrt(np.pi)
    return float(mean), float(np.sqrt(max(size * size - mean * mean, 0.0)))
