"""Brushes and tables, against what they replace."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from zscape.data.faces.hair import _STRANDS, _table
from zscape.data.faces.paint import far, gradient, mixed, soft, to_bytes, within

SEEDS = st.integers(0, 2**32 - 1)


def _normals(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.4, 1.5, shape).astype(np.float32)


@given(SEEDS, st.sampled_from((0.25, 1.0, 1.7)))
def test_slopes_are_numpys_to_the_bit(seed, step):
    values = _normals(seed, 7, 5)
    down, across = np.gradient(values, step)
    np.testing.assert_array_equal(gradient(values, step), down)
    np.testing.assert_array_equal(gradient(values.T, step).T, across)
    np.testing.assert_array_equal(gradient(values[:, 0], step), np.gradient(values[:, 0], step))


@given(SEEDS)
def test_lengths_are_rounded_once(seed):
    x, y = _normals(seed, 1, 9), _normals(seed + 1, 6, 1)
    np.testing.assert_array_equal(far(x, y), np.hypot(x.astype(float), y.astype(float)).astype(np.float32))


@given(SEEDS, st.floats(0.3, 9.0))
def test_a_soft_edge_is_a_smooth_step(seed, width):
    distance = _normals(seed, 40)
    t = np.clip(distance.astype(float) / width + 0.5, 0, 1)
    np.testing.assert_allclose(soft(distance, width), 3 * t**2 - 2 * t**3, atol=1e-6)
    assert soft(np.array([-width, width], np.float32), width).tolist() == [0.0, 1.0]  # exactly: windows end there


@given(SEEDS)
def test_fields_are_mixed_by_their_colours(seed):
    fields, colours = _normals(seed, 3, 4, 5), _normals(seed + 1, 3, 3, 1, 1)
    expected = np.einsum("khw,kc->chw", fields.astype(float), colours[:, :, 0, 0])
    np.testing.assert_allclose(mixed(tuple(fields), tuple(colours)), expected, atol=1e-5)


@given(SEEDS)
def test_bytes_are_gamma_2_rounded(seed):
    picture = _normals(seed, 3, 4, 5)
    before = picture.copy()
    expected = np.floor(255 * np.sqrt(np.clip(picture, 0, 1)) + np.float32(0.5)).transpose(1, 2, 0)
    np.testing.assert_array_equal(to_bytes(picture), expected)
    np.testing.assert_array_equal(picture, before)


def test_where_a_window_is_in_another():
    whole = (slice(10, 30), slice(5, 9))
    assert within((slice(12, 20), slice(6, 8)), whole) == (slice(2, 10), slice(1, 3))
    assert within((slice(0, 4), slice(40, 44)), whole) == (slice(0, 1), slice(3, 39))  # one pixel at the edge
    assert np.zeros((20, 4))[within((slice(0, 4), slice(40, 44)), whole)].shape == (1, 1)


def test_strands_are_drawn_between_random_values():
    rng, again = np.random.default_rng(4), np.random.default_rng(4)
    expected = np.zeros(_STRANDS)
    for count, weight in ((28, 0.45), (72, 0.35), (190, 0.20)):
        expected += weight * np.interp(np.arange(_STRANDS), np.linspace(0, _STRANDS, count), again.random(count))
    np.testing.assert_allclose(_table(rng), expected, atol=1e-6)
