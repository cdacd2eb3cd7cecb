"""The random points that reports show."""

import numpy as np

from zscape.latent.codes import Codes
from zscape.latent.priors.fit_mixture import fit_mixture
from zscape.latent.priors.fitted_normal import fit_normal
from zscape.latent.priors.shown import CUBES, PER_CUBE, RANDOM_IMAGES, shown_points


def test_points_of_every_prior_and_cubes_whose_points_only_move_outward() -> None:
    mu = np.random.default_rng(0).normal(20.0, 3.0, (500, 2)).astype(np.float32)
    codes = Codes(mu, None, np.arange(500), np.zeros(500, np.uint8))
    points = shown_points(fit_normal(codes), fit_mixture(codes, 2), 2, seed=4)
    assert list(points)[:3] == ["random_normal", "random_fitted", "random_mixture"]
    assert {len(points[name]) for name in list(points)[:3]} == {RANDOM_IMAGES}
    assert np.abs(points["random_normal"]).max() < 6 and points["random_fitted"].mean() > 15
    cubes = [points[name] for name in list(points)[3:]]
    assert len(cubes) == len(CUBES) and {z.shape for z in cubes} == {(PER_CUBE, 2)}
    for r, z in zip(CUBES, cubes, strict=True):
        assert np.abs(z).max() <= r
        np.testing.assert_allclose(z / r, cubes[0] / CUBES[0], rtol=1e-5)
