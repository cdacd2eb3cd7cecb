import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from zscape.core.seeds import derive_seed, generator, row_normals

PARTS = st.one_of(st.text(max_size=6), st.integers(-5, 5))
PATHS = st.tuples(st.integers(0, 3), st.lists(PARTS, max_size=3))


@settings(deadline=None)
@given(PATHS, PATHS)
def test_seeds_agree_exactly_when_root_and_path_agree(one, two):
    same = one == two
    assert (derive_seed(one[0], *one[1]) == derive_seed(two[0], *two[1])) == same
    draws = [generator(root, *path).integers(2**63, size=2).tolist() for root, path in (one, two)]
    assert (draws[0] == draws[1]) == same


@pytest.mark.parametrize(("one", "two"), [(("1",), (1,)), (("a", "b"), ("ab",)), (("a", "b"), ("a, b",)), ((), ("",))])
def test_paths_that_look_alike_are_told_apart(one, two):
    assert derive_seed(0, *one) != derive_seed(0, *two)


@settings(deadline=None)
@given(st.integers(), st.text())
def test_seeds_are_what_every_backend_accepts(root, name):
    assert 0 <= derive_seed(root, name) < 2**31


def test_seeds_fill_their_range():
    seeds = np.array([derive_seed(i, "x") for i in range(2000)])
    assert len(set(seeds.tolist())) == 2000
    assert stats.kstest(seeds / 2**31, "uniform").pvalue > 1e-3


def test_a_seed_is_the_same_on_every_machine_and_in_every_version():
    # Written down once: a change would silently change every split and every resumed training.
    assert derive_seed(1, "weights", "conv_1") == 1090150164
    assert generator(0, "split", "digits").permutation(8).tolist() == [2, 1, 4, 7, 5, 0, 6, 3]


def test_streams_of_neighbouring_roots_do_not_overlap():
    draws = np.concatenate([generator(root, "order").integers(2**63, size=2000) for root in range(20)])
    assert len(np.unique(draws)) == len(draws)


def test_streams_start_anew_at_every_call():
    assert generator(1, "a").random() == generator(1, "a").random()


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=20), st.data())
def test_row_normals_depend_on_the_row_alone(rows, data):
    rows = np.array(rows)
    cut = data.draw(st.integers(0, len(rows)))
    together = row_normals(3, ("eps",), rows, 7)
    apart = np.concatenate([row_normals(3, ("eps",), part, 7) for part in (rows[:cut], rows[cut:])])
    assert together.dtype == np.float32 and together.shape == (len(rows), 7)
    np.testing.assert_array_equal(together, apart)
    np.testing.assert_array_equal(together[::-1], row_normals(3, ("eps",), rows[::-1], 7))


def test_a_wider_row_begins_with_the_narrower_one():
    np.testing.assert_array_equal(
        row_normals(3, ("e",), np.arange(9), 50)[:, :4], row_normals(3, ("e",), np.arange(9), 4)
    )


def test_row_normals_are_standard_normal_within_and_across_rows():
    draws = row_normals(1, ("eps",), np.arange(3000), 32).astype(np.float64)
    assert stats.kstest(draws.ravel(), "norm").pvalue > 1e-3
    # Each column is a sample of 3000 rows: the smallest of 32 p-values must not be absurdly small.
    assert min(stats.kstest(column, "norm").pvalue for column in draws.T) > 1e-3 / 32
    correlations = np.corrcoef(draws.T) - np.eye(32)
    assert np.abs(correlations).max() < 6 / np.sqrt(3000)
    lagged = [np.corrcoef(draws[:-lag].ravel(), draws[lag:].ravel())[0, 1] for lag in (1, 2, 4, 256)]
    assert np.abs(lagged).max() < 5 / np.sqrt(draws.size - 256 * 32)


def test_rows_have_streams_of_their_own_that_never_run_into_each_other():
    draws = row_normals(1, ("eps",), np.arange(40), 4000)
    windows = np.lib.stride_tricks.sliding_window_view(draws, 4, axis=1).reshape(-1, 4)
    assert len(np.unique(windows, axis=0)) == len(windows)


@pytest.mark.parametrize("other", [(2, ("eps",)), (1, ("eps", "x"))])
def test_another_root_or_path_gives_other_rows(other):
    assert (row_normals(1, ("eps",), np.arange(5), 3) != row_normals(*other, np.arange(5), 3)).all()


def test_no_rows():
    assert row_normals(1, ("eps",), np.arange(0), 3).shape == (0, 3)
