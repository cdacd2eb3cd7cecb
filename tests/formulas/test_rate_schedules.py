"""What the learning rate is multiplied by."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zscape.formulas.rate_schedules import cosine_decay, plateaus, steps_down, warm_up

FRACTIONS = st.floats(0, 0.999)


@given(st.integers(1, 10**6), st.lists(st.integers(0, 2 * 10**6), min_size=1), FRACTIONS)
def test_warm_up_is_a_straight_line_and_then_level(steps, at, initial):
    at = np.asarray(at, np.float64)
    np.testing.assert_allclose(warm_up(at, steps, initial), np.interp(at, [0, steps], [initial, 1.0]), rtol=1e-12)
    assert warm_up(np.asarray([0.0, steps]), steps, initial).tolist() == pytest.approx([initial, 1.0], abs=1e-15)


@given(st.integers(0, 1000), st.integers(1, 10**6), st.lists(st.integers(0, 2 * 10**6), min_size=1), FRACTIONS)
def test_cosine_is_the_square_of_one_of_half_the_angle(first, length, at, final):
    at = np.asarray(at, np.float64)
    share = cosine_decay(at, first, first + length, final)
    angles = [math.pi / 2 * min(max(step - first, 0), length) / length for step in at]
    np.testing.assert_allclose(share, [final + (1 - final) * math.cos(angle) ** 2 for angle in angles], atol=1e-12)
    ends = cosine_decay(np.asarray([first, first + length / 2, first + length]), first, first + length, final)
    assert ends.tolist() == pytest.approx([1.0, (1 + final) / 2, final], abs=1e-12)


@given(st.integers(1, 12), st.integers(0, 60))
def test_steps_of_one_size(size, epochs):
    assert steps_down(epochs, size, None) == len(range(size, epochs + 1, size))


@given(st.sets(st.integers(1, 40), min_size=1), st.integers(0, 60))
def test_steps_after_given_epochs(milestones, epochs):
    assert steps_down(epochs, None, sorted(milestones)) == len(milestones & set(range(epochs + 1)))


def test_a_step_comes_after_its_epoch():
    assert [steps_down(epochs, 2, None) for epochs in range(6)] == [0, 0, 1, 1, 2, 2]
    assert [steps_down(epochs, None, (1, 4)) for epochs in range(6)] == [0, 1, 1, 1, 2, 2]


@given(st.lists(st.booleans(), max_size=40), st.integers(1, 5), st.integers(0, 6))
def test_plateaus_are_runs_of_epochs_without_improvement(improved, patience, begin):
    """As many as fit into each gap between improvements, what lies in the beginning left out."""
    found, gap = 0, 0
    for better in [*improved[begin:], True]:
        found, gap = (found + gap // patience, 0) if better else (found, gap + 1)
    assert plateaus(improved, patience, begin) == found


def test_plateaus_by_hand():
    no, yes = False, True
    assert plateaus([yes, no, no, no, yes, no, no, no, no], 2) == 1 + 2
    assert plateaus([yes, no, no, no], 2, begin=3) == 0
    assert plateaus([], 1) == 0
