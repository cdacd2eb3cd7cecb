"""Drawing: its law, what it moves, and how log_var is spread."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from zscape.analysis import drawn as module
from zscape.analysis.drawn import EPSILON_LIMIT, drawn_blocks, drawn_points, drawn_record, log_var_spread
from zscape.core.errors import InputError
from zscape.latent.codes import Codes


def codes_of(mu, log_var) -> Codes:
    mu = np.asarray(mu, dtype=np.float32)
    log_var = None if log_var is None else np.array(np.broadcast_to(log_var, mu.shape), dtype=np.float32)
    return Codes(mu, log_var, np.arange(len(mu)), np.zeros(len(mu), np.uint8))


def normal(count, z_dim, seed=0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, z_dim))


def test_draws_are_normal_with_the_variance_of_log_var():
    log_var = np.array([-4.0, 0.0, 1.0])
    moved = np.concatenate(list(drawn_blocks(codes_of(np.zeros((20000, 3)), log_var))))
    for i, each in enumerate(log_var):
        assert stats.kstest(moved[:, i] / np.exp(each / 2), "norm").pvalue > 1e-3
    assert np.abs(np.corrcoef(moved.T) - np.eye(3)).max() < 0.03


def test_epsilon_is_limited_value_by_value(monkeypatch):
    monkeypatch.setattr(module, "EPSILON_LIMIT", 1.5)
    moved = np.concatenate(list(drawn_blocks(codes_of(np.zeros((4000, 2)), [0.0, 2.0]))))
    np.testing.assert_allclose(np.abs(moved).max(axis=0), [1.5, 1.5 * np.e], rtol=1e-6)
    share = (np.abs(moved[:, 0]) == 1.5).mean()
    assert share == pytest.approx(2 * stats.norm.cdf(-1.5), abs=0.03)
    assert EPSILON_LIMIT == 5.0


def test_a_seed_gives_the_same_draws_and_more_points_begin_with_those_of_fewer(monkeypatch):
    codes = codes_of(normal(50, 3), -1.0)
    few = codes.take(np.arange(20))
    np.testing.assert_array_equal(drawn_points(codes, 4)[:20], drawn_points(few, 4))
    assert not np.array_equal(drawn_points(codes, 4), drawn_points(codes, 5))
    once, record = drawn_points(codes), drawn_record(codes)
    monkeypatch.setattr(module, "_BLOCK", 7)  # in blocks of any size
    np.testing.assert_array_equal(drawn_points(codes), once)
    assert drawn_record(codes).radius_z == record.radius_z
    assert drawn_record(codes).log_var.counts == record.log_var.counts


@settings(max_examples=30)
@given(st.integers(1, 60), st.integers(1, 4), st.integers(0, 999), st.sampled_from([-60.0, -14.0, -1.0, 3.0, 80.0]))
def test_the_numbers_are_those_of_the_drawn_points(count, z_dim, seed, log_var):
    codes = codes_of(normal(count, z_dim, seed), log_var + np.linspace(-1, 0, z_dim))
    record, z = drawn_record(codes, seed), drawn_points(codes, seed).astype(float)
    moved = np.abs(np.concatenate(list(drawn_blocks(codes, seed))).astype(float))
    assert record.deviation_max == pytest.approx(moved.max()) and record.deviation_mean == pytest.approx(moved.mean())
    assert (record.far_count, record.far_share) == ((moved > 0.05).sum(), pytest.approx((moved > 0.05).mean()))
    of_mu, of_z = np.linalg.norm(codes.mu.astype(float), axis=1), np.linalg.norm(z, axis=1)
    difference = np.abs(of_z - of_mu)
    assert record.difference_max == pytest.approx(difference.max(), rel=1e-4, abs=1e-9)
    assert record.difference_mean == pytest.approx(difference.mean(), rel=1e-4, abs=1e-9)
    assert record.relative_max == pytest.approx((difference / of_mu).max(), rel=1e-4, abs=1e-9)
    assert record.radius_z.sd == pytest.approx(of_z.std(), rel=1e-4, abs=1e-6)
    assert (record.radius_mu.min, record.radius_mu.max) == pytest.approx((of_mu.min(), of_mu.max()))
    assert 0 <= record.noise_share <= 1 and np.sum(record.cells) == count
    assert sum(record.log_var.counts) == count * z_dim


def test_the_share_of_the_noise():
    codes = codes_of(normal(20000, 2) * [2, 1], np.log([1.0, 4.0]))
    assert drawn_record(codes).noise_share == pytest.approx(5 / 10, abs=0.01)
    assert drawn_record(codes, variance_of_mu=15.0).noise_share == pytest.approx(5 / 20, abs=0.01)


def test_a_vae_with_hardly_any_kl_as_the_articles_had_it():
    # E21: log_var -24.66 to -2.02, mean -13.68; R 16.28; relative difference of the radii 6e-5 on average.
    log_var = np.clip(normal(2000, 256, 1) * 1.5 - 13.7, -24.66, -2.02)
    record = drawn_record(codes_of(normal(2000, 256), log_var))
    assert record.noise_share < 1e-4 and record.deviation_max < 0.3
    # R(z) - R(mu) is the part of the draw along mu, a normal; the mean of exp(log_var) is that of a log-normal.
    expected = np.sqrt(2 / np.pi * np.exp(-13.7 + 1.5**2 / 2)) / record.radius_mu.mean
    assert record.relative_mean == pytest.approx(expected, rel=0.05)
    assert record.radius_z.mean == pytest.approx(record.radius_mu.mean, rel=1e-5)
    assert sum(record.cells[i][j] for i in range(48) for j in range(48) if abs(i - j) <= 1) == 2000


def test_points_at_the_origin_have_no_relative_difference():
    record = drawn_record(codes_of(np.zeros((5, 2)), 0.0))
    assert record.relative_max is record.relative_mean is None
    assert record.difference_mean > 0 and record.noise_share == 1.0


def test_cells_are_points_by_both_radii():
    record = drawn_record(codes_of([[3.0, 0], [0, 5.0]], -40.0))
    (first, last) = np.argwhere(np.array(record.cells))
    assert first.tolist() == [0, 0] and last.tolist() == [47, 47]
    assert record.edges[0] == pytest.approx(3) and record.edges[-1] == pytest.approx(5)


def test_log_var_dimension_by_dimension():
    log_var = np.array([[-1, 0, 2], [-3, 0, 1]], dtype=np.float32)
    spread = log_var_spread(codes_of(np.zeros((2, 3)), log_var))
    assert (spread.lowest, spread.mean, spread.highest) == ((-3, 0, 1), (-2, 0, 1.5), (-1, 0, 2))
    assert (spread.edges[0], spread.edges[-1], sum(spread.counts)) == (-3, 2, 6)
    constant = log_var_spread(codes_of(np.zeros((9, 2)), -24.66))
    assert sum(constant.counts) == 18 and constant.edges[0] < -24.66 < constant.edges[-1]


def test_errors():
    with pytest.raises(InputError, match=r"^These codes have no log_var \(an autoencoder's have none\), so nothing is"):
        drawn_record(codes_of(np.zeros((3, 2)), None))
    with pytest.raises(InputError, match=r"^These codes have no log_var"):
        log_var_spread(codes_of(np.zeros((3, 2)), None))
    with pytest.raises(InputError, match="There are 0 points"):
        drawn_record(codes_of(np.zeros((0, 2)), 0.0))
    with pytest.raises(InputError, match="3 of 6 values are NaN"):
        log_var_spread(codes_of(np.zeros((3, 2)), [0.0, np.nan]))
