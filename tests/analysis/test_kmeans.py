import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.metrics import pairwise_distances, silhouette_score

from zscape.analysis.kmeans import assign, centred, distances, fit_centres, silhouette, valleys
from zscape.core.seeds import generator


def cloud(count, z_dim, seed=0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, z_dim)).astype(np.float32)


@settings(max_examples=25)
@given(st.integers(2, 40), st.integers(1, 5), st.sampled_from([1e-20, 1.0, 1e18]), st.integers(0, 99))
def test_centred_points_have_mean_zero_and_radius_one(count, z_dim, unit, seed):
    points = unit * (np.random.default_rng(seed).normal(size=(count, z_dim)) + 5)
    around, scale = centred(points)
    assert around.dtype == np.float32
    np.testing.assert_allclose(around.mean(axis=0), 0, atol=1e-5)
    assert (around.astype(float) ** 2).sum(axis=1).mean() == pytest.approx(1, rel=1e-5)
    np.testing.assert_allclose(around * scale, points - points.mean(axis=0), rtol=1e-3, atol=1e-5 * unit)


def test_the_same_points_have_scale_one():
    around, scale = centred(np.full((5, 2), 3.0))
    assert (around == 0).all() and scale == 1.0


@settings(max_examples=25)
@given(st.integers(1, 30), st.integers(1, 6), st.integers(1, 4), st.integers(0, 99))
def test_assign_finds_the_nearest_centre(count, k, z_dim, seed):
    points, centres = cloud(count, z_dim, seed), cloud(k, z_dim, seed + 1)
    squares = pairwise_distances(points, centres, metric="sqeuclidean")
    nearest, inertia = assign(points, centres)
    np.testing.assert_allclose(squares[np.arange(count), nearest], squares.min(axis=1), atol=1e-4)
    assert inertia == pytest.approx(squares.min(axis=1).mean(), rel=1e-3, abs=1e-5)


@pytest.mark.parametrize(("count", "z_dim", "k"), [(40, 2, 3), (5000, 12, 8), (5000, 3, 40)])
def test_as_good_as_scikit_learn(count, z_dim, k):
    points = cloud(count, z_dim)
    ours = min(assign(points, fit_centres(points, k, generator(0, start)))[1] for start in range(3))
    small = MiniBatchKMeans(k, n_init=3, random_state=0).fit(points).inertia_ / count
    full = KMeans(k, n_init=3, random_state=0).fit(points).inertia_ / count
    assert ours < 1.02 * small
    assert 0.98 * full < ours < 1.04 * full


def test_empty_clusters_keep_their_centre():
    points = np.repeat(np.array([[0.0], [1.0]], np.float32), 20, axis=0)
    centres = fit_centres(points, 5, generator(0, "few"))
    assert np.isfinite(centres).all() and set(centres.ravel()) == {0.0, 1.0}


@settings(max_examples=25)
@given(st.integers(4, 40), st.integers(2, 4), st.integers(0, 99))
def test_silhouette_is_scikit_learn_s(count, k, seed):
    points = cloud(count, 3, seed)
    clusters = np.random.default_rng(seed).integers(0, k, count)
    table = distances(points)
    np.testing.assert_allclose(table, pairwise_distances(points), atol=2e-3)
    if 2 <= len(np.unique(clusters)) < count:
        assert silhouette(table, clusters) == pytest.approx(silhouette_score(points, clusters), abs=1e-3)
    else:
        assert silhouette(table, clusters) is None


def test_a_valley_lies_between_clusters_only():
    one = cloud(8000, 1)
    halfway, ends = valleys(one, np.array([[-0.8], [0.8]], np.float32))
    slab = 0.15 * 1.6  # of N(0, 1); both clusters look at the same pair
    np.testing.assert_allclose(halfway, 8000 * np.diff(norm.cdf([-slab, slab])).repeat(2), rtol=0.05)
    np.testing.assert_allclose(ends, 8000 * np.diff(norm.cdf([0.8 - slab, 0.8 + slab])).repeat(2), rtol=0.05)
    two = np.concatenate([one[:2000] - 4, one[2000:4000] + 4])
    halfway, ends = valleys(two, np.array([[-4.0], [4.0]], np.float32))
    assert (halfway < 0.02 * ends).all() and (ends > 1000).all()


def test_the_least_gap_to_a_neighbour_counts():
    spread = 0.1 * cloud(3000, 1)
    points = np.concatenate([spread[:1000], 2 + spread[1000:2000], 2.2 + spread[2000:]])
    halfway, ends = valleys(points, np.array([[0.0], [2.0], [2.2]], np.float32))
    assert halfway[0] < 0.05 * ends[0]  # far from both
    assert (halfway[1:] > 0.5 * ends[1:]).all()
