import numpy as np
import pytest

from zscape.analysis.cluster_search import Search, some
from zscape.core.seeds import generator


def test_the_normal_has_the_points_moments():
    points = (np.random.default_rng(0).normal(size=(4000, 3)) @ np.diag([1, 2, 0])).astype(np.float32) + 1
    draws = Search(points, seed=0, seeds=2).clouds["normal"]
    assert len(draws) == 2 and not np.array_equal(*draws)
    for draw in draws:
        assert draw.shape == points.shape and draw.dtype == np.float32
        np.testing.assert_allclose(draw.mean(axis=0), points.mean(axis=0), atol=0.1)
        np.testing.assert_allclose(np.cov(draw.T), np.cov(points.T), atol=0.25)


def test_a_cluster_too_small_to_tell_is_not_counted():
    random = np.random.default_rng(0)
    large = np.concatenate([random.normal(size=(200, 2)), random.normal(size=(200, 2)) + 12])
    search = Search(np.concatenate([large, [[40, 0], [40, 1]]]).astype(np.float32), seed=0, seeds=2)
    assert search.apart(2) and not search.apart(3, every=True)


def test_some_are_chosen_once_each_and_rising():
    assert some(5, 9, generator(0, "some")).tolist() == [0, 1, 2, 3, 4]
    chosen = some(50, 9, generator(0, "some"))
    assert len(set(chosen.tolist())) == 9 and (np.diff(chosen) > 0).all() and chosen.max() < 50


def test_the_best_number_is_looked_for_between_those_tried():
    angle = 2 * np.pi * (np.arange(700) % 7) / 7
    points = 10 * np.c_[np.cos(angle), np.sin(angle)] + np.random.default_rng(0).normal(size=(700, 2))
    search = Search(points.astype(np.float32), seed=0, seeds=3)
    assert search.refined(6, (2, 6, 12)) == 7
    assert search.width(7) == pytest.approx(max(search.width(k) for k in range(2, 13)))
