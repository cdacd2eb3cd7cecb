"""The cost of the mean image: by hand, and as a bound that no constant image falls below."""

import numpy as np
import pytest
from scipy import stats

from zscape.analysis import mean_image
from zscape.analysis.mean_image import mean_image_nll
from zscape.formulas.likelihoods.registry import LIKELIHOODS


@pytest.fixture(scope="module")
def split(tiny_store):
    return tiny_store.split("train")


@pytest.mark.parametrize("block", [1, 200, 10**6])
def test_by_hand(split, block, monkeypatch):
    """A mean costs its own entropy with bce, and the variances with mse; however many images are looked at at once."""
    monkeypatch.setattr(mean_image, "_BLOCK", block)
    images = split.images() / 255.0
    mean = images.mean(axis=0)
    assert mean.min() > 1 / 510 and mean.max() < 509 / 510
    entropy = stats.bernoulli(mean).entropy().sum()
    assert mean_image_nll(split, LIKELIHOODS.get("bce"), 1.0) == pytest.approx(entropy, rel=1e-9)
    variances = images.var(axis=0).sum()
    assert mean_image_nll(split, LIKELIHOODS.get("mse"), 0.1) == pytest.approx(variances / 0.02, rel=1e-9)
    learned = mean_image_nll(split, LIKELIHOODS.get("gaussian"), 0.1)
    # At the sigma that is best for the mean image, whatever the networks' is: that of the least cost among many.
    size, candidates = images[0].size, np.geomspace(0.01, 10, 20_001)
    costs = variances / (2 * candidates**2) + size * np.log(candidates)
    assert learned == pytest.approx(costs.min(), abs=1e-4) and learned <= costs.min()


@pytest.mark.parametrize("name", list(LIKELIHOODS))
def test_no_other_constant_image_costs_less(split, tiny_store, name):
    likelihood, images = LIKELIHOODS.get(name), split.images() / 255.0
    least = mean_image_nll(split, likelihood, 0.3)
    others = [tiny_store.split("test").images().mean(axis=0) / 255.0, np.full(images.shape[1:], 0.5), images[0]]
    for other in others:
        assert likelihood.nll_of_image(images, other[np.newaxis], 0.3, np).mean() > least
