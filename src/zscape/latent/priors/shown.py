"""The random points of which reports show images: of each prior, and of cubes that grow."""

import numpy as np

from zscape.latent.priors.base import Prior, number_text
from zscape.latent.priors.fitted_normal import FittedNormal
from zscape.latent.priors.mixture import Mixture
from zscape.latent.priors.normal import Normal
from zscape.latent.priors.uniform import Uniform

CUBES = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 5.0, 8.0)
"""r of the cubes [-r, r]."""

RANDOM_IMAGES = 60
"""Images of each prior."""

PER_CUBE = 12
"""Images of each cube."""


def shown_points(fitted: FittedNormal, mixture: Mixture, z_dim: int, seed: int) -> dict[str, np.ndarray]:
    """Return z-points by the name of their row of images: float32 (60, z_dim) of a prior, (12, z_dim) of a cube.

    Args:
        fitted: the normal fitted to the codes.
        mixture: the mixture fitted to them.
        z_dim: dimensions of z.
        seed: the same for all cubes, so that from one to the next a point only moves outward.
    """
    priors: dict[str, Prior] = {
        "random_normal": Normal(z_dim),
        "random_fitted": fitted,
        "random_mixture": mixture,
    }
    cubes = {f"random_uniform_{number_text(r)}": Uniform(z_dim, -r, r) for r in CUBES}
    points = {name: prior.sample(RANDOM_IMAGES, seed) for name, prior in priors.items()}
    return points | {name: cube.sample(PER_CUBE, seed) for name, cube in cubes.items()}
