"""Drawing z."""

import keras
import numpy as np
import pytest

from zscape.networks.sampling import Sampling

MU = np.full((300, 4), 0.5, np.float32)
LOG_VAR = np.full((300, 4), np.log(4), np.float32)


def draw(layer, **options):
    return keras.ops.convert_to_numpy(layer(MU, LOG_VAR, **options))


def test_inference_gives_the_mean():
    layer = Sampling(seed=1)
    assert np.array_equal(draw(layer), MU) and np.array_equal(draw(layer, training=False), MU)


def test_training_draws_from_the_posterior():
    z = draw(Sampling(seed=1), training=True)
    # 1,200 draws of N(0.5, 2^2): within four standard errors.
    assert abs(z.mean() - 0.5) < 4 * 2 / np.sqrt(z.size)
    assert abs(z.std() - 2) < 4 * 2 / np.sqrt(2 * z.size)


def test_steps_differ_and_seeds_repeat():
    one, two, other = Sampling(seed=1), Sampling(seed=1), Sampling(seed=2)
    first, second = draw(one, training=True), draw(one, training=True)
    assert not np.array_equal(first, second)
    assert np.array_equal(first, draw(two, training=True)) and np.array_equal(second, draw(two, training=True))
    assert not np.array_equal(first, draw(other, training=True))


@pytest.mark.parametrize("training", [True, False])
def test_given_draws_are_used(training):
    epsilon = np.random.default_rng(0).normal(size=MU.shape).astype(np.float32)
    layer = Sampling(seed=1)
    np.testing.assert_allclose(draw(layer, epsilon=epsilon, training=training), MU + 2 * epsilon, rtol=1e-6)
    assert np.array_equal(draw(layer, training=True), draw(Sampling(seed=1), training=True)), "no draw was used up"


def test_limit_is_elementwise():
    epsilon = np.tile(np.array([-9.0, -1.0, 1.5, 7.0], np.float32), (300, 1))
    z = draw(Sampling(limit=2.0), epsilon=epsilon)
    np.testing.assert_allclose(z[0], 0.5 + 2 * np.array([-2.0, -1.0, 1.5, 2.0]), rtol=1e-6)
    own = (draw(Sampling(limit=0.5, seed=1), training=True) - 0.5) / 2
    assert np.abs(own).max() == pytest.approx(0.5) and 0.1 < np.mean(np.abs(own) < 0.49) < 0.9


def test_same_image_shape_other_noise_within_a_batch():
    z = draw(Sampling(seed=1), training=True)
    assert len(np.unique(z)) > 0.99 * z.size
