"""Clusters are found where there are some, and not where there are none."""

import json
from dataclasses import replace

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from zscape.analysis.clusters import ClustersRecord, clusters_record
from zscape.core.errors import InputError
from zscape.core.records import to_plain

KS = (2, 3, 4, 6, 8, 10, 14)


def normal(count, z_dim, seed=0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, z_dim))


def separated(count, z_dim, clusters, seed=0, apart=8.0) -> tuple[np.ndarray, np.ndarray]:
    """Return normal clusters with centres at least `apart` of their standard deviations from each other."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(clusters, z_dim))
    closest = min(np.linalg.norm(a - b) for i, a in enumerate(centres) for b in centres[:i])
    labels = np.arange(count) % clusters
    return random.normal(size=(count, z_dim)) + (apart / closest * centres)[labels], labels


def rings() -> tuple[np.ndarray, np.ndarray]:
    """Return two rings, each through the middle of the other."""
    random = np.random.default_rng(0)
    angle, labels, none = random.uniform(0, 2 * np.pi, 900), np.arange(900) % 2, np.zeros(900)
    one, other = np.c_[np.cos(angle), np.sin(angle), none], np.c_[1 + np.cos(angle), none, np.sin(angle)]
    return np.where(labels[:, None] == 0, one, other) + 0.05 * random.normal(size=(900, 3)), labels


@pytest.fixture(scope="module")
def five() -> ClustersRecord:
    points, labels = separated(600, 3, 5)
    return clusters_record(points, labels, ks=KS)


@pytest.mark.parametrize(("z_dim", "clusters"), [(2, 4), (3, 7), (16, 5), (64, 11), (64, 2)])
def test_separated_clusters_are_found_and_counted(z_dim, clusters):
    points, labels = separated(900, z_dim, clusters, seed=z_dim)
    record = clusters_record(points, labels, ks=KS)
    assert record.found and record.best_k == clusters
    assert record.valley is not None and record.valley < 0.1
    assert record.best_drop > 0.04
    assert record.neighbours is not None and record.neighbours.accuracy == 1.0
    [agreement] = record.agreements
    assert (agreement.k, agreement.adjusted_rand, agreement.purity) == (clusters, 1.0, 1.0)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("z_dim", [1, 2, 16, 64])
def test_one_normal_cloud_has_none(z_dim, seed):
    points = normal(250, z_dim, seed) @ np.diag(np.geomspace(1, 3, z_dim)) + 4
    record = clusters_record(points, seed=seed, ks=(2, 4, 10))
    assert not record.found
    clear = np.maximum(0.05, 3 * np.array(record.drop_noise))
    assert (np.array(record.drop) < clear).all()


@pytest.mark.parametrize("points", [np.random.default_rng(0).uniform(size=(800, 2)), normal(800, 2) ** 3])
def test_clouds_that_are_not_normal_are_no_clusters(points):
    assert not clusters_record(points, ks=KS).found


def test_rings_are_not_found_by_k_means_but_by_neighbours():
    record = clusters_record(*rings(), ks=KS)
    assert not record.found
    assert all(agreement.adjusted_rand < 0.35 for agreement in record.agreements)
    assert record.neighbours is not None and record.neighbours.accuracy > 0.97


def test_numbers_of_the_record(five):
    assert (five.count, five.used, five.z_dim, five.ks) == (600, 600, 3, KS)
    assert five.best_k == 5 and five.best_k not in KS  # found between those tried
    assert five.neighbours.k == 15 and five.neighbours.tested == 120 and five.neighbours.trained == 480
    np.testing.assert_allclose(five.drop, 1 - np.array(five.inertia) / np.array(five.normal_inertia), rtol=1e-6)
    assert all(np.diff(five.inertia) < 0) and five.inertia[0] < five.variance
    assert json.loads(json.dumps(to_plain(five)))["best_k"] == 5


def test_inertia_is_in_the_points_units_wherever_the_cloud_lies(five):
    points, labels = separated(600, 3, 5)
    moved = clusters_record(30 * points - 1000, labels, ks=KS)
    np.testing.assert_allclose(moved.inertia, 900 * np.array(five.inertia), rtol=1e-3)
    assert moved.variance == pytest.approx(900 * five.variance, rel=1e-5)
    assert moved.variance == pytest.approx(((30 * points).var(axis=0)).sum(), rel=1e-5)
    assert moved.best_k == 5


def test_inertia_of_a_normal_in_one_dimension():
    # The best two centres of N(0, 1) are +-sqrt(2/pi), and leave 1 - 2/pi.
    record = clusters_record(normal(4000, 1), ks=(2,), seeds=2)
    assert record.inertia[0] == pytest.approx(1 - 2 / np.pi, rel=0.04)
    assert record.normal_inertia[0] == pytest.approx(1 - 2 / np.pi, rel=0.04)


def test_the_same_on_every_run_and_number_of_threads(five):
    points, labels = separated(600, 3, 5)
    for threads in (1, 2):
        with threadpool_limits(threads):
            assert clusters_record(points, labels, ks=KS) == five
    other = clusters_record(points, labels, ks=KS, seed=1)
    assert other != replace(five, seed=1) and other.best_k == 5


def test_many_points_are_thinned_out_at_random():
    points, labels = separated(500, 2, 4)
    record = clusters_record(points, labels, most_points=200, ks=(2, 4, 6))
    assert (record.count, record.used, record.best_k, record.found) == (500, 200, 4, True)
    assert record.silhouette_points == 200


def test_fewer_clusters_are_tried_with_few_points():
    assert clusters_record(normal(45, 2)).ks == (2, 3, 4)
    twins = np.repeat(normal(22, 2), 10, axis=0)
    record = clusters_record(twins, np.arange(220) // 10)
    assert (record.ks, record.used) == ((2,), 220)
    assert record.inertia[0] > 0


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        (np.zeros(60, dtype=int), "All points have the same label."),
        (np.arange(60), "There are 60 different labels for 60 points, too many to compare."),
    ],
)
def test_labels_that_say_nothing_are_left_out(labels, reason):
    record = clusters_record(normal(60, 2), labels)
    assert (record.agreements, record.neighbours, record.labels_left_out) == ((), None, reason)


@pytest.mark.parametrize(
    ("points", "options", "sentence"),
    [
        (np.ones((50, 3)), {}, r"^All points are the same; there is nothing to cluster\.$"),
        (np.repeat(np.eye(3), 9, axis=0), {}, "^There are 3 different points; looking for clusters needs at least 20"),
        (normal(19, 2), {}, "^There are 19 points; at least 20 are needed"),
        (normal(99, 2), {"ks": (40, 80)}, "^40 clusters of at least 10 points need 400 different points; there are 99"),
        (normal(99, 2), {"ks": (1, 2)}, "^The numbers of clusters to try must be 2 or more, got 1, 2"),
        (normal(99, 2), {"ks": ()}, "^The numbers of clusters to try must be 2 or more, got none"),
        (normal(99, 2), {"seeds": 0}, "^Each number of clusters needs at least 1 start, got 0"),
        (normal(99, 2), {"most_points": 5}, "^Looking for clusters needs at least 20 points; 5 are allowed"),
        (normal(99, 2), {"labels": np.zeros(3)}, r"^There are labels of shape \(3,\) for 99 points; expected one each"),
        (np.full((99, 2), np.nan), {}, "^198 of 198 values are NaN or infinite"),
    ],
)
def test_errors(points, options, sentence):
    with pytest.raises(InputError, match=sentence):
        clusters_record(points, **options)
