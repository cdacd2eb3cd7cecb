"""Other coordinates folded into every network, on the backend that runs."""

import numpy as np
import pytest

from tests.backends.conftest import recipe_of
from tests.backends.networks import NETWORKS
from zscape.inference.fold import fold
from zscape.latent.whiten import whitening
from zscape.pathways.build import build_model

MEAN = np.array([1.0, -2.0, 0.5])
COVARIANCE = np.array([[4.0, 1.2, 0.0], [1.2, 1.0, -0.3], [0.0, -0.3, 0.25]])


@pytest.mark.parametrize("name", NETWORKS)
def test_network(name):
    shape, settings = NETWORKS[name]
    model = build_model(recipe_of(shape, settings))
    variational = model.sampling is not None
    # As many as `fold` tries, so that nothing is compiled twice.
    images = np.random.default_rng(0).random((8, *shape), dtype=np.float32)
    (mu, log_var), before = model.encode(images, return_log_var=True), model.reconstruct(images)
    new = whitening(MEAN, COVARIANCE, diagonal=variational)
    fold(model, new)
    folded_mu, folded_log_var = model.encode(images, return_log_var=True)
    assert np.abs(model.reconstruct(images) - before).max() < 1e-4
    np.testing.assert_allclose(folded_mu, new.apply(mu), rtol=1e-4, atol=1e-4)
    if variational:
        # A fresh network's log_var is near 0, 10 from its nearer bound.
        np.testing.assert_allclose(folded_log_var, log_var - np.log(np.diag(COVARIANCE)), atol=1e-3)
