import logging
import sys
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.manifold import trustworthiness
from sklearn.neighbors import NearestNeighbors

from zscape.analysis.projection import MapRecord, map_rows, neighbours_kept, tsne_map
from zscape.core.errors import InputError


def islands(count=240, z_dim=5) -> tuple[np.ndarray, np.ndarray]:
    random, labels = np.random.default_rng(0), np.arange(count) % 3
    return random.normal(size=(count, z_dim)) + 20 * np.eye(3, z_dim)[labels], labels


@pytest.fixture(scope="module")
def made() -> MapRecord:
    return tsne_map(islands()[0], perplexity=10, exaggeration=16, seed=4)


def test_a_map_keeps_neighbours_and_islands(made):
    points, labels = islands()
    assert made.coordinates.shape == (240, 2) and made.coordinates.dtype == np.float32
    assert (made.used, made.count, made.z_dim, made.dimensions, made.note) == (240, 240, 5, 5, None)
    assert (made.perplexity, made.exaggeration, made.seed) == (10, 16, 4)
    assert made.variance_share == pytest.approx(1.0)
    assert made.neighbours_kept > 5 * made.neighbours_by_chance == 5 * 15 / 239
    assert trustworthiness(points, made.coordinates, n_neighbors=15) > 0.9
    found = NearestNeighbors(n_neighbors=5).fit(made.coordinates).kneighbors(return_distance=False)
    assert (labels[found] == labels[:, None]).mean() > 0.99
    assert 0 < made.kl < 2


def test_the_same_again_without_a_word(made, capfd, caplog):
    with warnings.catch_warnings(), caplog.at_level(logging.INFO):
        warnings.simplefilter("error")
        again = tsne_map(islands()[0], perplexity=10, exaggeration=16, seed=4)
    assert again.coordinates.tobytes() == made.coordinates.tobytes() and again.kl == made.kl
    assert capfd.readouterr() == ("", "")
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_few_points_twins_and_flat_directions():
    points = np.zeros((60, 60))
    points[:, 7] = np.repeat(np.arange(30), 2)
    record = tsne_map(points, seed=1)
    assert np.isfinite(record.coordinates).all()
    assert (record.perplexity, record.dimensions, record.neighbours) == (19, 2, 12)
    assert record.note == "The perplexity is 19 in place of 30, as there are only 60 points."


def test_rows_are_chosen_at_random_and_rising():
    rows = map_rows(500, 100, seed=0)
    assert len(set(rows.tolist())) == 100 and (np.diff(rows) > 0).all() and rows.max() > 400
    assert rows.tolist() == map_rows(500, 100, seed=0).tolist() != map_rows(500, 100, seed=1).tolist()
    assert map_rows(80, 100, seed=0).tolist() == list(range(80))


@settings(max_examples=25)
@given(st.integers(0, 99), st.integers(1, 8))
def test_neighbours_kept_counts_what_both_have(seed, k):
    random = np.random.default_rng(seed)
    points, plane, asked = random.normal(size=(40, 6)), random.normal(size=(40, 2)), np.arange(0, 40, 3)
    apart = [np.linalg.norm(space[:, None] - space, axis=2) for space in (points, plane)]
    orders = [(table + np.diag(np.full(40, np.inf))).argsort(axis=1)[:, :k] for table in apart]
    expected = np.mean([len(set(orders[0][row]) & set(orders[1][row])) / k for row in asked])
    assert neighbours_kept(points, plane, asked, k) == pytest.approx(expected)
    assert neighbours_kept(points, 3 * points[:, ::-1], asked, k) == 1.0


def test_neighbours_of_twins_are_others():
    points = np.repeat(np.arange(10.0)[:, None], 3, axis=1).repeat(4, axis=0)
    assert neighbours_kept(points, points[:, :2], np.arange(40), 3) > 0.6


def test_a_missing_library_is_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "openTSNE", None)
    with pytest.raises(InputError, match=r"^Maps by t-SNE need openTSNE, which .*: `pip install openTSNE`\.$"):
        tsne_map(islands()[0])


@pytest.mark.parametrize(
    ("points", "options", "sentence"),
    [
        (np.zeros((49, 3)), {}, "^There are 49 points; a t-SNE map needs at least 50"),
        (np.zeros((99, 2)), {}, r"^Points in 2 dimensions need no t-SNE: their scatter is the map\.$"),
        (np.zeros((99, 1)), {}, r"^Points in 1 dimension need no t-SNE: they lie on a line\.$"),
        (np.ones((99, 3)), {}, r"^All points are the same; there is no map of them\.$"),
        (np.full((99, 3), np.inf), {}, "^297 of 297 values are NaN or infinite"),
        (islands()[0], {"most_points": 49}, "^A t-SNE map needs at least 50 points, got 49 as the most to use"),
        (islands()[0], {"perplexity": 1}, "^The perplexity must be a number above 1, got 1"),
        (islands()[0], {"exaggeration": np.nan}, "^The early exaggeration must be a number above 1, got nan"),
    ],
)
def test_errors(points, options, sentence):
    with pytest.raises(InputError, match=sentence):
        tsne_map(points, **options)
