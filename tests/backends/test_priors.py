"""Points of every prior decode to images on the backend that runs, the same ones every time."""

import numpy as np
import pytest

from tests.backends.conftest import recipe_of
from zscape.latent.priors.fitted_normal import FittedNormal
from zscape.latent.priors.parse import PRIORS, parse_prior
from zscape.pathways.build import build_model

FORMS = [form for name in PRIORS for form in PRIORS.get(name).forms]


@pytest.fixture(scope="module")
def model():
    return build_model(recipe_of((6, 6, 1), {"filters": [3]}))


@pytest.mark.parametrize("form", FORMS)
def test_prior(form, model):
    prior = parse_prior(form, model.z_dim, lambda: FittedNormal(np.ones(3), np.diag([1.0, 2.0, 3.0])))
    images = model.decode(prior.sample(9, seed=1))
    assert images.shape == (9, 6, 6, 1) and images.dtype == np.float32
    assert np.isfinite(images).all() and images.std(axis=0).max() > 0, "different points, different images"
    np.testing.assert_array_equal(images, model.decode(prior.sample(9, seed=1)))
