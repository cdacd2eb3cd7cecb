"""What a study leaves behind for the report: fitted priors, and images of random points."""

import numpy as np
import pytest

import zscape
from zscape.latent.codes import Codes
from zscape.latent.priors.fit_mixture import fit_mixture
from zscape.latent.priors.fitted_normal import FittedNormal, fit_normal
from zscape.latent.priors.mixture import Mixture
from zscape.latent.priors.normal import Normal
from zscape.latent.priors.uniform import Uniform
from zscape.runs.directory import RunDirectory

CUBES = {"0.5": 0.5, "1": 1.0, "1.5": 1.5, "2": 2.0, "2.5": 2.5, "3": 3.0, "3.5": 3.5, "5": 5.0, "8": 8.0}


def test_fits_are_saved_as_they_are_made_from_the_codes(trained):
    codes, seed = Codes.load(trained / "latents.npz"), RunDirectory.open(trained).recipe.training.seed
    normal, expected = FittedNormal.load(trained / "priors" / "fitted_normal.npz"), fit_normal(codes.of_split("train"))
    np.testing.assert_array_equal(normal.covariance, expected.covariance)
    assert (normal.points, normal.outliers) == (29, 0)
    mixture, expected = Mixture.load(trained / "priors" / "mixture.npz"), fit_mixture(codes, seed=seed)
    assert mixture.chosen and dict(mixture.held_out) == dict(expected.held_out)
    assert (mixture.points, mixture.held_out_points) == (29, 25)
    np.testing.assert_allclose(mixture.sample(9, 1), expected.sample(9, 1), rtol=1e-4, atol=1e-5)


def test_images_of_every_prior_and_of_growing_cubes(trained):
    model, images = zscape.load(trained), RunDirectory.open(trained).images()
    seed = RunDirectory.open(trained).recipe.training.seed
    priors = {
        "random_normal": (60, Normal(3)),
        "random_fitted": (60, FittedNormal.load(trained / "priors" / "fitted_normal.npz")),
        "random_mixture": (60, Mixture.load(trained / "priors" / "mixture.npz")),
        **{f"random_uniform_{text}": (12, Uniform(3, -r, r)) for text, r in CUBES.items()},
    }
    assert [name for name in images if name.startswith("random_")] == list(priors)
    for name, (count, prior) in priors.items():
        assert images[name].shape == (count, *model.image_shape) and images[name].dtype == np.uint8
        # The mixture was saved in float32: an image may be another one by one grey level.
        np.testing.assert_allclose(images[name], 255 * model.decode(prior.sample(count, seed)), atol=1.01)


@pytest.mark.parametrize("r", list(CUBES.values())[:-1])
def test_points_of_one_row_are_those_of_the_next_moved_outward(r):
    inner, outer = Uniform(3, -r, r).sample(12, 1), Uniform(3, -8, 8).sample(12, 1)
    np.testing.assert_allclose(inner * 8 / r, outer, rtol=1e-5)
