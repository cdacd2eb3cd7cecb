import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from sklearn.neighbors import KNeighborsClassifier

from zscape.analysis.agreement import agreement, nearest, neighbours_record

PARTITIONS = st.lists(st.tuples(st.integers(-2, 3), st.integers(0, 4)), min_size=4, max_size=60)


@settings(max_examples=60)
@given(PARTITIONS)
def test_indices_are_scikit_learn_s(pairs):
    clusters, labels = np.array(pairs).T
    record = agreement(clusters, labels, 4)
    assert record.k == 4
    if len(set(labels)) <= len(labels) / 2 and len(set(clusters)) <= len(labels) / 2:  # else scikit-learn warns
        assert record.adjusted_rand == pytest.approx(adjusted_rand_score(labels, clusters), abs=1e-9)
        assert record.mutual_information == pytest.approx(normalized_mutual_info_score(labels, clusters), abs=1e-9)
    most = sum(np.unique(labels[clusters == one], return_counts=True)[1].max() for one in set(clusters))
    assert record.purity == pytest.approx(most / len(labels))


@settings(max_examples=30)
@given(PARTITIONS)
def test_names_of_clusters_do_not_matter(pairs):
    clusters, labels = np.array(pairs).T
    one, other = agreement(clusters, labels, 2), agreement(7 - 3 * clusters, labels, 2)
    values = [(r.adjusted_rand, r.mutual_information, r.purity) for r in (one, other)]
    np.testing.assert_allclose(*values, atol=1e-12)
    same = agreement(labels, labels, 2)
    assert (same.adjusted_rand, same.purity) == (1.0, 1.0) and same.mutual_information == pytest.approx(1.0)


@pytest.mark.parametrize("z_dim", [2, 8])
def test_neighbours_vote_as_scikit_learn_s_do(z_dim):
    random = np.random.default_rng(0)
    points, labels = random.normal(size=(300, z_dim)), random.integers(0, 2, 300)
    points[:, 0] += 2 * labels
    tested = np.arange(300) % 5 == 0
    record = neighbours_record(points, labels, tested, 7)  # odd and two classes: no ties
    classifier = KNeighborsClassifier(7).fit(points[~tested], labels[~tested])
    assert record.accuracy == pytest.approx(classifier.score(points[tested], labels[tested]))
    assert (record.k, record.trained, record.tested) == (7, 240, 60)
    assert record.majority == pytest.approx(max(labels.mean(), 1 - labels.mean()))


def test_nearer_neighbours_break_ties():
    points = np.array([[0.0], [1.0], [2.0], [3.0], [0.4]])
    labels = np.array([5, 5, 3, 3, 5])
    record = neighbours_record(points, labels, np.arange(5) == 4, 4)
    assert record.accuracy == 1.0


def test_nearest_is_in_order():
    assert nearest(np.array([[0.0], [5.0], [2.0], [9.0]]), np.array([[1.9]]), 3).tolist() == [[2, 0, 1]]
