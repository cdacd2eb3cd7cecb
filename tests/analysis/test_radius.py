"""Radii: known shells, the chi law, and a histogram that loses no point."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import integrate, stats

from zscape.analysis.radius import chi_density, chi_mean, chi_sd, cube_radius, radii, radius_record
from zscape.core.errors import InputError


def rotation(z_dim, seed) -> np.ndarray:
    return np.linalg.qr(np.random.default_rng(seed).normal(size=(z_dim, z_dim)))[0]


@pytest.mark.parametrize(("z_dim", "mean", "sd"), [(2, 1.2533, 0.6551), (64, 7.9688, 0.7057), (256, 15.984, 0.7068)])
def test_normal_points_lie_on_the_chi_shell(z_dim, mean, sd):
    # 2 and 64: closed form, computed apart; 256: spec, section 5.
    record = radius_record(np.random.default_rng(0).normal(size=(20000, z_dim)))
    assert record.chi_mean == pytest.approx(mean, abs=6e-4)
    assert record.chi_sd == pytest.approx(sd, abs=6e-4)
    assert record.mean == pytest.approx(mean, abs=0.02)
    assert record.sd == pytest.approx(sd, abs=0.02)
    assert (record.count, record.z_dim) == (20000, z_dim) and 0.25 <= record.width <= 0.5


@pytest.mark.parametrize("z_dim", [1, 2, 3, 12, 256, 1200, 100000])
def test_chi_moments_are_those_of_the_density(z_dim):
    near = (max(0.0, np.sqrt(z_dim) - 12), np.sqrt(z_dim) + 12)
    moment = [integrate.quad(lambda r, k=k: r**k * chi_density(r, z_dim), *near, limit=200)[0] for k in (0, 1)]
    variance = integrate.quad(lambda r: (r - moment[1]) ** 2 * chi_density(r, z_dim), *near, limit=200)[0]
    assert moment[0] == pytest.approx(1.0, rel=1e-6)
    assert chi_mean(z_dim) == pytest.approx(moment[1], rel=1e-7)
    assert chi_sd(z_dim) == pytest.approx(np.sqrt(variance), rel=1e-4)


def test_chi_density_is_rayleighs_in_two_dimensions():
    r = np.linspace(0, 5, 20)
    np.testing.assert_allclose(chi_density(r, 2), stats.rayleigh.pdf(r), atol=1e-15)


def test_cube_radius_of_the_spec():
    # 9.24 r for [-r, r], sd .258 r, z_dim 256; 8.16 b for ]0, b], z_dim 200 (experiments, N15, N16)
    mean, sd = cube_radius(-3.0, 3.0, 256)
    assert mean == pytest.approx(3 * 9.24, rel=1e-3)
    assert sd == pytest.approx(3 * 0.258, rel=5e-3)
    assert cube_radius(0.0, 5.0, 200)[0] == pytest.approx(5 * 8.16, rel=1e-3)


@pytest.mark.parametrize(
    ("low", "high", "z_dim", "mean"),
    [
        (-1.0, 1.0, 1, 0.5),
        (0.0, 4.0, 1, 2.0),
        (0.0, 1.0, 2, (np.sqrt(2) + np.log(1 + np.sqrt(2))) / 3),  # mean distance from a corner of the unit square
        (-1.0, 1.0, 3, 0.960591956455052943),  # box integral B_3(1), OEIS A097047
    ],
)
def test_cube_radius_in_closed_form(low, high, z_dim, mean):
    assert cube_radius(low, high, z_dim)[0] == pytest.approx(mean, rel=1e-6)


@settings(max_examples=20, deadline=None)
@given(st.floats(-5, 3), st.floats(1, 10), st.integers(1, 100))
def test_cube_radius_is_that_of_drawn_points(low, width, z_dim):
    r = np.linalg.norm(np.random.default_rng(0).uniform(low, low + width, (2000, z_dim)), axis=1)
    mean, sd = cube_radius(low, low + width, z_dim)
    assert mean == pytest.approx(r.mean(), abs=5 * r.std() / np.sqrt(2000))
    assert sd == pytest.approx(r.std(), rel=0.1)


def test_a_shifted_cloud():
    points = np.random.default_rng(0).normal(size=(5000, 3)) + np.array([30, 40, 0])
    record = radius_record(points.astype(np.float32))
    assert record.centre_distance == pytest.approx(50, abs=0.05)
    # E R^2 = |m|^2 + tr S (experiments, N14)
    assert record.mean**2 + record.sd**2 == pytest.approx(2500 + 3, abs=5)


def test_drawn_radius_includes_the_posterior_variance():
    points = np.random.default_rng(0).normal(size=(5000, 2)) * 0.6
    record = radius_record(points, variance=np.array([0.64, 0.64]))
    assert record.drawn_rms == pytest.approx(np.sqrt(2), abs=0.02)
    assert radius_record(points).drawn_rms is None


POINTS = hnp.arrays(
    np.float32,
    hnp.array_shapes(min_dims=2, max_dims=2, max_side=12),
    elements=st.floats(-(2.0**100), 2.0**100, width=32) | st.sampled_from([0.0, 0.5, 1.0, 1.5, 7.0]),
)


@settings(max_examples=100, deadline=None)
@given(POINTS, st.floats(1e-3, 1e3))
def test_the_histogram_loses_no_point(points, width):
    record = radius_record(points, width)
    edges = np.array(record.edges)
    assert sum(record.counts) == record.count == len(points)
    assert len(record.counts) == len(edges) - 1 <= 1001
    assert (np.diff(edges) > 0).all()
    assert edges[0] <= record.min
    assert record.max <= edges[-1]
    assert record.width >= width
    slack = 1e-12 * record.max
    assert record.min - slack <= record.mean <= record.max + slack


def test_the_histogram_is_the_brute_force_count():
    points = np.array([[0.0], [0.49], [0.5], [1.2], [3.0]])
    record = radius_record(points, 0.5)
    assert record.edges == (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5)
    assert record.counts == (2, 1, 1, 0, 0, 0, 1)
    assert radius_record(points, width=2.0).counts == (4, 1)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 8), st.integers(0, 999))
def test_rotations_change_no_radius(z_dim, seed):
    points = np.random.default_rng(seed).normal(size=(50, z_dim)) * 3 + 1
    np.testing.assert_allclose(radii(points @ rotation(z_dim, seed)), radii(points), rtol=1e-12)


@pytest.mark.parametrize(
    ("points", "sentence"),
    [
        (np.zeros(3), r"Points have shape \(3,\); expected \(points, dimensions\)"),
        (np.zeros((0, 3)), "There are 0 points; at least 1 are needed"),
        (np.array([[1.0, np.nan]]), "1 of 2 values are NaN or infinite"),
    ],
)
def test_wrong_points_are_refused(points, sentence):
    with pytest.raises(InputError, match=sentence):
        radius_record(points)


@given(st.floats(1e-6, 1e6), st.integers(2, 60), st.integers(1, 40))
def test_without_a_width_bins_are_neither_too_few_nor_coarser_than_half_a_unit(scale, count, z_dim):
    points = scale * np.random.default_rng(count).normal(size=(count, z_dim))
    record = radius_record(points)
    spread = record.max - record.min
    assert record.width <= 0.5 or len(record.counts) > 400
    assert spread >= 10 * record.width or record.width < 2e-3 * record.max
    assert record.width == 0.5 or spread < 20 * record.width or record.width > 0.5
    assert sum(record.counts) == count and np.log2(2 * record.width).is_integer()


def test_radii_that_are_all_the_same_need_no_fine_bins():
    assert radius_record(np.ones((5, 4))).width == radius_record(np.zeros((5, 4))).width == 0.5
    assert radius_record(np.ones((5, 4)) + 1e-7 * np.eye(5, 4)).width > 1e-3  # rounding is not looked into
    assert radius_record(np.zeros((1, 2))).counts == (1,)


@pytest.mark.parametrize("width", [0.0, -1.0, float("nan"), float("inf")])
def test_wrong_widths_are_refused(width):
    with pytest.raises(InputError, match=f"width of the bins must be a number above 0, got {width}"):
        radius_record(np.ones((3, 2)), width)


def test_cubes_are_in_the_record_and_in_proportion_to_r():
    record = radius_record(np.ones((3, 256)))
    assert [cube.r for cube in record.cubes] == [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 5.0, 8.0]
    for cube in record.cubes:
        assert (cube.mean, cube.sd) == pytest.approx(cube_radius(-cube.r, cube.r, 256), rel=1e-6)


def test_nine_in_ten_radii_lie_in_the_middle():
    points = np.linspace(0, 100, 101)[:, None]
    assert radius_record(points).middle == (5.0, 95.0)


def test_a_centre_that_is_known_already_is_taken():
    points = np.random.default_rng(0).normal(size=(50, 3)) + 4
    assert radius_record(points, centre=points.mean(axis=0)).centre_distance == pytest.approx(
        radius_record(points).centre_distance
    )
