"""Near-duplicates against a comparison of all pairs."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zscape.analysis.near_duplicates import LIMIT, SHARE, _coarse, near_duplicates
from zscape.data.store import Store


def store_of(images, splits=None) -> Store:
    return Store(Path("none"), {}, images, None, np.zeros(len(images), np.uint8) if splits is None else splits)


def pictures(count, shape=(12, 10, 3), seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, *shape), np.uint8)


def brute_force(images):
    rows = images.reshape(len(images), -1).astype(float)
    found = []
    for a, b in itertools.combinations(range(len(rows)), 2):
        rms = np.sqrt(np.mean((rows[a] - rows[b]) ** 2))
        if rms <= min(LIMIT, SHARE * min(rows[a].std(), rows[b].std())) or rms == 0:
            found.append((a, b))
    return found


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.sampled_from([(12, 10, 3), (8, 8, 1), (5, 17, 1), (4, 4, 3)]))
def test_pairs_are_those_of_a_comparison_of_all_with_all(seed, shape):
    rng = np.random.default_rng(seed)
    images = pictures(40, shape, seed)
    for copy in range(30, 40):  # ten altered copies, from hardly to beyond the limit
        noise = rng.normal(0, rng.uniform(0.2, 1.6) * LIMIT, shape)
        images[copy] = (images[copy - 30].astype(float) + noise).round().clip(0, 255)
    found = near_duplicates(store_of(images))
    assert sorted(map(tuple, found.pairs.tolist())) == brute_force(images)
    assert (np.diff(found.differences) >= 0).all()


def test_differences_and_pairs_across_splits():
    images = pictures(6)
    images[4] = images[1]
    images[5] = (images[2].astype(int) + np.where(images[2] < 128, 3, -3)).astype(np.uint8)
    found = near_duplicates(store_of(images, np.array([0, 0, 2, 0, 1, 2], np.uint8)))
    assert found.pairs.tolist() == [[1, 4], [2, 5]] and found.differences.tolist() == [0, pytest.approx(3)]
    assert found.across_splits == 1 and len(found) == 2
    assert "at most 5 of 255 grey levels and at most 20%" in found.rule


def test_equal_images_count_once_each_with_the_first_also_when_there_are_many():
    images = np.zeros((3000, 6, 6, 1), np.uint8)
    found = near_duplicates(store_of(images))
    assert found.pairs.tolist() == [[0, i] for i in range(1, 3000)]


def test_faint_images_are_not_called_equal_for_their_faintness():
    rng = np.random.default_rng(0)
    images = rng.integers(100, 104, (20, 8, 8, 1)).astype(np.uint8)  # differ by a level or two, as all they show does
    assert len(near_duplicates(store_of(images))) == 0


@pytest.mark.parametrize("count", [1, 2])
def test_hardly_any_images(count):
    assert len(near_duplicates(store_of(pictures(count)))) == 0


@given(st.integers(0, 10_000), st.integers(1, 20), st.integers(1, 20), st.sampled_from([1, 3]))
def test_coarse_views_are_never_further_apart_than_the_images(seed, height, width, channels):
    images = pictures(2, (height, width, channels), seed)
    apart = np.linalg.norm((images[0].astype(float) - images[1]).ravel())
    one, two = _coarse(images).astype(float)
    assert np.linalg.norm(one - two) <= apart * (1 + 1e-5) + 1e-2
