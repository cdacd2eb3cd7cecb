"""Directions of attributes and their probes, on codes whose answer is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from zscape.core.errors import InputError
from zscape.latent import probe as module
from zscape.latent.attributes import (
    arithmetic,
    direction,
    feature,
    feature_names,
    orthogonal_to,
    separation,
    shifted,
    shown_name,
)
from zscape.latent.codes import Codes
from zscape.latent.probe import probe

SHIFT = np.array([0.9, -0.4, 0.0, 1.2])


def make_codes(mu, labels=None, names=None, splits=None, **more):
    count = len(mu)
    splits = np.zeros(count, np.uint8) if splits is None else splits
    return Codes(np.asarray(mu, np.float32), None, np.arange(count), splits, labels, names, **more)


@pytest.fixture(scope="module")
def two_normals():
    """20,000 codes of N(0, I) and as many shifted by SHIFT; a half is for training."""
    rng = np.random.default_rng(3)
    labels = np.tile([0, 1], 20000)
    splits = np.repeat([0, 2], 20000).astype(np.uint8)
    mu = rng.normal(size=(40000, 4)) + labels[:, None] * SHIFT
    return make_codes(mu, labels, ("plain", "moved"), splits)


def test_the_direction_of_two_shifted_normals_is_the_shift(two_normals):
    found = direction(two_normals, "moved")
    np.testing.assert_allclose(found.vector, SHIFT, atol=0.05)
    assert found.vector.dtype == np.float64 and (found.count_with, found.count_without) == (20000, 20000)
    assert found.name == "label is moved" and abs(found.length - np.linalg.norm(SHIFT)) < 0.05
    assert abs(found.d_prime - np.linalg.norm(SHIFT)) < 0.05  # every direction has standard deviation 1


def test_the_area_of_two_normals_is_phi_of_d_prime_over_root_2(two_normals):
    strength = probe(two_normals, "moved")
    expected = stats.norm.cdf(np.linalg.norm(SHIFT) / np.sqrt(2))
    assert strength.held_out and (strength.trained_on, strength.tested_on) == (10000, 10000)
    assert abs(strength.auc - expected) < 0.015 and abs(strength.auc_direction - expected) < 0.015
    assert abs(strength.balanced_accuracy - stats.norm.cdf(np.linalg.norm(SHIFT) / 2)) < 0.02
    assert probe(two_normals, "moved") == strength != probe(two_normals, "moved", seed=1)


def test_a_probe_finds_what_the_direction_alone_does_not():
    rng = np.random.default_rng(0)
    labels = np.tile([0, 1], 1500)
    mu = rng.normal(size=(3000, 2)) * [1, 0.05] + labels[:, None] * [0.3, 0.3]
    strength = probe(make_codes(mu, labels), "1")
    assert strength.auc > 0.99 and 0.6 < strength.auc_direction < 0.9
    assert not strength.held_out and strength.trained_on == strength.tested_on == 1500


def test_labels_that_mean_nothing_are_told_by_chance():
    rng = np.random.default_rng(1)
    codes = make_codes(rng.normal(size=(4000, 5)), rng.integers(0, 2, 4000), splits=np.tile([0, 2], 2000).astype("u1"))
    assert abs(probe(codes, "1").auc - 0.5) < 0.05


def test_constant_coordinates_do_not_disturb_a_probe():
    labels = np.tile([0, 1], 100)
    mu = np.stack([labels + 0.1 * np.sin(np.arange(200)), np.full(200, 7.0)], axis=1)
    assert probe(make_codes(mu, labels), "1").auc == 1.0


def test_few_positives_outside_of_training_fall_back_to_halves():
    labels, splits = np.zeros(40, int), np.zeros(40, np.uint8)
    labels[:6], splits[30:] = 1, 2
    codes = make_codes(np.random.default_rng(0).normal(size=(40, 2)), labels, splits=splits)
    assert not probe(codes, "1").held_out


@given(st.integers(2, 8), st.integers(1, 4), st.integers(0, 99))
def test_orthogonal_means_orthogonal_to_the_last_digit(z_dim, count, seed):
    rng = np.random.default_rng(seed)
    vector, others = rng.normal(size=z_dim), rng.normal(size=(min(count, z_dim - 1), z_dim))
    others = np.concatenate([others, others[:1] * -3])  # one of them twice over
    left = orthogonal_to(vector, others)
    assert np.abs(others @ left).max() < 1e-12 * np.linalg.norm(others) * np.linalg.norm(vector)
    # What was taken out lies in the span of the others.
    coefficients = np.linalg.lstsq(others.T, vector - left, rcond=None)[0]
    np.testing.assert_allclose(others.T @ coefficients, vector - left, atol=1e-9)


def test_nothing_to_be_orthogonal_to_and_nothing_left():
    vector = np.array([1.0, 2.0])
    np.testing.assert_array_equal(orthogonal_to(vector, []), vector)
    with pytest.raises(InputError, match="Nothing is left of the direction"):
        orthogonal_to(vector, [-2 * vector])


def test_separation_by_hand():
    points, mask = np.array([[0.0], [2.0], [5.0], [7.0]]), np.array([False, False, True, True])
    assert separation(points, mask, np.array([2.0])) == pytest.approx(5 / np.sqrt(2))  # squares 2 + 2 over 4 - 2
    assert separation(np.array([[0.0], [0.0], [1.0], [1.0]]), mask, np.array([1.0])) == np.inf
    assert np.isnan(separation(np.zeros((4, 1)), mask, np.array([1.0])))


def test_moved_points_and_sums():
    moved = shifted(np.array([[1, 2], [3, 4]], np.float32), np.array([1.0, -1.0]), (-2, 0, 0.5))
    assert moved.dtype == np.float32 and moved.shape == (2, 3, 2)
    np.testing.assert_array_equal(moved[0], [[-1, 4], [1, 2], [1.5, 1.5]])
    a, b, c = np.array([[5, 1], [2, 2], [0.5, 7]], np.float32)
    np.testing.assert_array_equal(arithmetic(a, b, c), [3.5, 6])
    np.testing.assert_array_equal(arithmetic(a, b, b), a)


def test_names_of_attributes_and_labels():
    attributes = np.array([[True, False], [False, True], [True, True], [False, False]])
    more = {"attributes": attributes, "attribute_names": ("Smiling", "Hat")}
    codes = make_codes(np.eye(4), np.array([0, 1, 1, 0]), ("cat", "dog"), **more)
    assert feature_names(codes) == ("Smiling", "Hat", "label is cat", "label is dog")
    np.testing.assert_array_equal(feature(codes, "Hat"), attributes[:, 1])
    for name in ("dog", "label is dog", "1", "Dog"):
        np.testing.assert_array_equal(feature(codes, name), [False, True, True, False])
        assert shown_name(codes, name) == "label is dog"
    assert shown_name(codes, "smiling") == "Smiling"
    assert feature_names(make_codes(np.eye(3))) == ()
    assert shown_name(make_codes(np.eye(3), np.array([4, 4, 7])), "label is 7") == "label is 7"
    with pytest.raises(InputError, match=r"Unknown attribute 'Smilng'\. Did you mean 'Smiling'\?"):
        feature(codes, "Smilng")
    with pytest.raises(InputError, match="neither attributes nor labels"):
        feature(make_codes(np.eye(3)), "Smiling")


def test_an_attribute_that_all_or_none_have_has_no_direction():
    codes = make_codes(np.eye(4), np.array([0, 1, 1, 1]), ("a", "b", "c"))
    for name, there in (("a", 1), ("b", 3), ("c", 0)):
        sentence = f"'label is {name}' has no direction: {there} of 4 images have it, {4 - there} have it not"
        with pytest.raises(InputError, match=sentence):
            direction(codes, name)
        with pytest.raises(InputError, match=rf"Too few images have or lack the attribute for a probe: {there} of 4"):
            probe(codes, name)


def test_probes_are_of_a_stated_number_of_codes(monkeypatch, two_normals):
    monkeypatch.setattr(module, "MOST_PROBED", 300)
    strength = probe(two_normals, "moved", seed=5)
    assert (strength.trained_on, strength.tested_on, strength.seed) == (300, 300, 5)


@pytest.mark.parametrize("rare", [True, False])
def test_the_rare_group_is_not_lost_in_a_random_choice(monkeypatch, rare):
    monkeypatch.setattr(module, "MOST_PROBED", 200)
    labels, splits = np.zeros(4000, int), np.tile([0, 2], 2000).astype("u1")
    labels[:12] = 1  # six in each part, of which a choice of a tenth would often have none
    mu = np.random.default_rng(0).normal(size=(4000, 2)) + 6 * labels[:, None]
    strength = probe(make_codes(mu, labels if rare else 1 - labels, splits=splits), "1")
    assert strength.auc > 0.99 and strength.held_out and (strength.trained_on, strength.tested_on) == (200, 200)


def test_a_rare_group_among_few_codes_leaves_none_of_them_out():
    labels, splits = np.arange(300) % 30 == 0, np.tile([0, 0, 2], 100).astype("u1")
    mu = np.random.default_rng(0).normal(size=(300, 2)) + labels[:, None]
    labels[2::60] = True  # these are tried on
    strength = probe(make_codes(mu, labels.astype(int), splits=splits), "1")
    assert (strength.trained_on, strength.tested_on) == (200, 100)
