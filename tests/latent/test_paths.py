"""Paths through z-space against closed forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from zscape.core.errors import InputError
from zscape.latent.paths import (
    axis_paths,
    block_paths,
    great_circle,
    path_through,
    probability_grid,
    spaced_factors,
    straight_line,
)

POINTS = arrays(np.float32, 5, elements=st.floats(-100, 100, width=32))


@given(POINTS, POINTS, st.integers(2, 30))
def test_a_straight_line_has_exact_ends_and_equal_steps(start, end, steps):
    line = straight_line(start, end, steps)
    assert line.dtype == np.float32 and line.shape == (steps, 5)
    np.testing.assert_array_equal(line[[0, -1]], [start, end])
    expected = (end.astype(np.float64) - start) / (steps - 1)
    np.testing.assert_allclose(np.diff(line.astype(np.float64), axis=0), [expected] * (steps - 1), atol=2e-5)


@given(POINTS, POINTS, POINTS, st.integers(2, 30))
def test_a_great_circle_turns_by_equal_angles_at_a_distance_that_changes_evenly(start, end, centre, steps):
    a, b = (point.astype(np.float64) - centre for point in (start, end))
    lengths = np.linalg.norm(a), np.linalg.norm(b)
    if min(lengths) < 1:
        return
    whole = np.arccos(np.clip(a @ b / lengths[0] / lengths[1], -1, 1))  # the independent way to the angle
    if whole > 3.1 or whole < 1e-3:
        return
    points = great_circle(start, end, steps, centre).astype(np.float64) - centre
    norms = np.linalg.norm(points, axis=1)
    np.testing.assert_allclose(norms, np.linspace(*lengths, steps), rtol=1e-4, atol=1e-4)
    units = points / norms[:, None]
    cosines = (units[1:] * units[:-1]).sum(axis=1)
    np.testing.assert_allclose(cosines, np.cos(whole / (steps - 1)), atol=1e-4)


def test_a_quarter_of_a_circle():
    half = np.sqrt(0.5)
    np.testing.assert_allclose(great_circle(np.array([2, 0]), np.array([0, 2]), 3)[1], [2 * half, 2 * half], rtol=1e-6)
    np.testing.assert_allclose(great_circle(np.array([2, 0]), np.array([0, 4]), 3)[1], [3 * half, 3 * half], rtol=1e-6)


def test_a_great_circle_of_one_direction_is_a_straight_line():
    start, end = np.array([1.0, 2.0, 2.0]), np.array([3.0, 6.0, 6.0])
    np.testing.assert_allclose(great_circle(start, end, 5), straight_line(start, end, 5), rtol=1e-6)


@pytest.mark.parametrize(
    ("start", "end", "centre", "sentence"),
    [
        ([0, 0], [1, 1], None, "A great circle needs two ends away from its centre; one lies on it"),
        ([1, 0], [-2, 0], None, "The two ends lie opposite each other as seen from the centre"),
        ([1, 0], [0, 1], [0, 0, 0], r"The centre of a great circle has shape \(3,\); the points have \(2,\)"),
    ],
)
def test_great_circles_that_there_are_not(start, end, centre, sentence):
    with pytest.raises(InputError, match=sentence):
        great_circle(np.array(start), np.array(end), 3, centre)


@pytest.mark.parametrize("line", [straight_line, great_circle])
@pytest.mark.parametrize(
    ("start", "end", "steps", "sentence"),
    [
        ([1, 0], [0, 1], 1, "A path needs at least 2 steps, received 1."),
        ([1, 0], [0, 1, 2], 3, r"The ends of a path have shapes \(2,\) and \(3,\); expected \(z_dim,\) for both."),
        ([1, np.nan], [0, 1], 3, "The ends of a path must be finite numbers; received NaN or infinite ones."),
    ],
)
def test_ends_and_steps_that_cannot_be_used(line, start, end, steps, sentence):
    with pytest.raises(InputError, match=sentence):
        line(np.array(start), np.array(end), steps)


def test_a_path_through_several_points_shares_them():
    points = np.arange(12.0).reshape(4, 3) ** 2
    pieces = path_through(points, ["a", "b", "c", "d"], 5)
    assert [piece.name for piece in pieces] == ["a → b", "b → c", "c → d"]
    assert pieces[0].labels == ("1", "2", "3", "4", "5") and len(pieces[0]) == 5
    for i, piece in enumerate(pieces):
        np.testing.assert_array_equal(piece.points[[0, -1]], points[i : i + 2].astype(np.float32))
    with pytest.raises(InputError, match=r"A path needs at least 2 points \(n, z_dim\), received .* shape \(1, 3\)"):
        path_through(points[:1], ["a"], 5)
    with pytest.raises(InputError, match="There are 1 names for 4 points; each needs one"):
        path_through(points, ["a"], 5)


def test_factors_are_symmetric_and_exact():
    assert spaced_factors(7) == (-3, -2, -1, 0, 1, 2, 3)
    assert spaced_factors(2, 1.5) == (-1.5, 1.5)
    with pytest.raises(InputError, match="A path needs at least 2 steps, received 1"):
        spaced_factors(1)


def test_axes_go_through_the_mean_along_the_widest_directions_first():
    mean, factors = np.array([5.0, -1.0, 2.0]), (-3, 0, 1.5)
    covariance = np.diag([1.0, 9.0, 4.0])
    first, second = axis_paths(mean, covariance, 2, factors)
    np.testing.assert_allclose(first.points, mean + np.outer(factors, [0, 3, 0]), rtol=1e-6)
    np.testing.assert_allclose(second.points, mean + np.outer(factors, [0, 0, 2]), rtol=1e-6)
    assert first.labels == ("-3 sd", "0 sd", "+1.5 sd") and first.name == "axis 1\n(sd 3)"
    for count in (0, 4):
        with pytest.raises(InputError, match=f"The number of axes must be from 1 to 3, .*; received {count}"):
            axis_paths(mean, covariance, count, factors)


@given(st.integers(1, 12), st.data())
def test_blocks_change_their_own_coordinates_and_no_other(z_dim, data):
    count = data.draw(st.integers(1, z_dim))
    rng = np.random.default_rng(z_dim)
    point, sd, factors = rng.normal(size=z_dim).astype(np.float32), rng.uniform(0.5, 2, z_dim), (-2, 0, 1)
    paths = block_paths(point, sd, count, factors)
    changed = np.array([(path.points != point).any(axis=0) for path in paths])
    assert (changed.sum(axis=0) == 1).all()  # every coordinate on exactly one path
    assert np.ptp(changed.sum(axis=1)) <= 1 and all(np.ptp(np.flatnonzero(row)) == row.sum() - 1 for row in changed)
    for path, row in zip(paths, changed, strict=True):
        np.testing.assert_array_equal(path.points[1], point)
        np.testing.assert_allclose(path.points[:, row], point[row] + np.outer(factors, sd[row]), rtol=1e-5, atol=1e-5)


def test_blocks_have_names_and_their_number_limits():
    names = [path.name for path in block_paths(np.zeros(5), np.ones(5), 3, (-1, 1))]
    assert names == ["z 0 to 1", "z 2 to 3", "z 4"]
    with pytest.raises(InputError, match=r"The number of blocks must be from 1 to 5, .*; received 6"):
        block_paths(np.zeros(5), np.ones(5), 6, (-1, 1))


def test_the_grid_s_cells_are_equally_probable_and_run_as_a_plot_does():
    rows = probability_grid(4)
    points = np.stack([row.points for row in rows])
    shares = stats.norm.cdf(points)
    np.testing.assert_allclose(shares[..., 0], [[0.125, 0.375, 0.625, 0.875]] * 4, atol=1e-6)
    np.testing.assert_allclose(shares[:, 0, 1], [0.875, 0.625, 0.375, 0.125], atol=1e-6)
    assert rows[0].name == "z 1 = +1.15" and rows[0].labels == ("-1.15", "-0.32", "+0.32", "+1.15")
    assert probability_grid(3)[1].labels[1] == "0"


def test_the_grid_of_a_fitted_normal_has_its_chi2_law():
    mean, root = np.array([3.0, -8.0]), np.array([[2.0, 0.5], [-1.0, 1.5]])
    rows = probability_grid(40, mean, root @ root.T)
    points = np.concatenate([row.points for row in rows])
    white = np.linalg.solve(root, (points - mean).T).T  # N(0, I) for any root of the covariance
    squares = (white**2).sum(axis=1)
    assert abs((squares < stats.chi2(2).ppf(0.5)).mean() - 0.5) < 0.02
    assert abs((squares < stats.chi2(2).ppf(0.9)).mean() - 0.9) < 0.02
    with pytest.raises(InputError, match="needs 2 latent dimensions, received 3"):
        probability_grid(4, np.zeros(3), np.eye(3))
