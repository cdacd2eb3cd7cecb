"""Points of every prior decode to images on the backend that runs, the same ones every time."""

import numpy as np
import pytest

from tests.backends.conftest import recipe_of
from zscape.latent.codes import Codes
from zscape.latent.priors.fit_mixture import fit_mixture
from zscape.latent.priors.fitted_normal import FittedNormal
from zscape.latent.priors.parse import PRIORS, parse_prior
from zscape.pathways.build import build_model

FORMS = [form for name in PRIORS for form in PRIORS.get(name).forms]


@pytest.fixture(scope="module")
def model():
    return build_model(recipe_of((6, 6, 1), {"filters": [3]}))


def fitted(level=None):
    return FittedNormal(np.ones(3), np.diag([1.0, 2.0, 3.0]), level)


def mixture(components=None):
    mu = np.random.default_rng(0).normal(size=(60, 3)).astype(np.float32)
    return fit_mixture(Codes(mu, None, np.arange(60), np.zeros(60, np.uint8)), components)


@pytest.mark.parametrize("form", FORMS)
def test_prior(form, model):
    prior = parse_prior(form, model.z_dim, {"fitted": fitted, "mixture": mixture})
    images = model.decode(prior.sample(9, seed=1))
    assert images.shape == (9, 6, 6, 1) and images.dtype == np.float32
    assert np.isfinite(images).all() and images.std(axis=0).max() > 0, "different points, different images"
    np.testing.assert_array_equal(images, model.decode(prior.sample(9, seed=1)))
