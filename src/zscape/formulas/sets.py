"""How far two sets of points are from each other as samples of distributions."""

import numpy as np


def frechet_distance(
    mean: np.ndarray, covariance: np.ndarray, other_mean: np.ndarray, other_covariance: np.ndarray
) -> float:
    """Return the squared Fréchet (2-Wasserstein) distance of two normals.

    |m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2)). The last trace is the sum of the roots of the eigenvalues of
    S1^(1/2) S2 S1^(1/2), which is symmetric, so that nothing complex appears with singular covariances. Source: Dowson
    & Landau, "The Fréchet distance between multivariate normal distributions" (1982). With the moments of Inception's
    features it is what is called FID; with others it is not.

    Args:
        mean: (d,).
        covariance: (d, d), symmetric, no eigenvalue below 0.
        other_mean: (d,).
        other_covariance: (d, d), likewise.

    Returns:
        At least 0, in squared units of the points.
    """
    root = _root(covariance)
    shared = np.linalg.eigvalsh(root @ other_covariance @ root)
    difference = mean - other_mean
    trace = np.trace(covariance) + np.trace(other_covariance) - 2.0 * np.sqrt(shared.clip(0.0)).sum()
    return float(difference @ difference + max(trace, 0.0))


def polynomial_mmd(points: np.ndarray, other: np.ndarray) -> float:
    """Return the unbiased estimate of the squared maximum mean discrepancy, with the kernel (x.y / d + 1)^3.

    The means of the kernel over all pairs of different points within each set, minus twice its mean over all pairs
    across: 0 on average for two samples of one distribution, hence below 0 about half of the time then. Source:
    Bińkowski, Sutherland, Arbel & Gretton, "Demystifying MMD GANs" (2018).

    Args:
        points: (n, d), n >= 2.
        other: (m, d), m >= 2.
    """
    return _within(points) + _within(other) - 2.0 * float(_kernel(points, other).mean())


def root_mean_square(points: np.ndarray) -> float:
    """Return by what to divide points (n, d), so that their numbers have a mean square of 1.

    A kernel distance depends on the scale of the points; at this one no power in the kernel drowns the others.
    """
    return float(np.sqrt((points.astype(np.float64) ** 2).mean())) if points.size else 0.0


def _within(points: np.ndarray) -> float:
    n, kernel = len(points), _kernel(points, points)
    return float((kernel.sum() - np.trace(kernel)) / (n * (n - 1)))


def _kernel(points: np.ndarray, other: np.ndarray) -> np.ndarray:
    base = points @ other.T / points.shape[1] + 1.0
    return base * base * base


def _root(covariance: np.ndarray) -> np.ndarray:
    variances, axes = np.linalg.eigh(covariance)
    return (axes * np.sqrt(variances.clip(0.0))) @ axes.T
