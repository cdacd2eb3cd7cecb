"""One number per image, and what is said of many."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zscape.analysis.reconstruction import MEASURES, distribution, reconstruction_record, record_from_plain
from zscape.core.errors import InputError
from zscape.core.records import to_plain

IDS = np.arange(1000, 1100)


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=60))
def test_against_the_definitions(numbers):
    values, ids = np.array(numbers), 7 * np.arange(len(numbers))
    found = distribution(values, ids)
    assert found.mean == pytest.approx(sum(numbers) / len(numbers), abs=1e-9)
    assert found.sd == pytest.approx(np.sqrt(((values - values.mean()) ** 2).mean()), abs=1e-9)
    assert sum(found.counts) == len(numbers) and len(found.edges) == len(found.counts) + 1
    assert found.edges[0] <= min(numbers) and max(numbers) <= found.edges[-1]
    for share, at in ((0.05, found.p5), (0.5, found.p50), (0.95, found.p95)):
        assert at in numbers
        assert (values <= at).mean() >= share - 1e-12 and (values < at).mean() < share + 1e-12


def test_the_worst_and_the_best_are_named():
    values = np.roll(np.arange(100.0), 10)
    found = distribution(values, IDS)
    assert found.lowest == (1010, 1011, 1012, 1013, 1014) and found.highest == (1009, 1008, 1007, 1006, 1005)
    assert distribution(values[:2], IDS[:2]).lowest == (1000, 1001)


def test_infinite_values_count_where_they_can():
    found = distribution(np.array([10.0, np.inf, 20.0, np.inf]), IDS[:4])
    assert (found.mean, found.sd, found.p50, found.p95) == (15, 5, 20, np.inf)
    assert found.highest[:2] == (1003, 1001) and sum(found.counts) == 2
    every = distribution(np.full(3, np.inf), IDS[:3])
    assert (every.mean, every.sd, every.p5) == (None, None, np.inf) and sum(every.counts) == 0


def test_equal_values_have_a_bin():
    found = distribution(np.full(9, 0.25), IDS[:9])
    assert sum(found.counts) == 9 and found.edges[0] < 0.25 < found.edges[-1] and found.sd == 0


def test_there_and_back_through_json():
    rng = np.random.default_rng(0)
    values = {name: rng.normal(size=100) for name in MEASURES}
    values["psnr"][:10] = np.inf
    record = reconstruction_record(values, IDS, 7)
    assert record.images == 100 and record.window == 7 and record.psnr.p95 == np.inf
    assert record_from_plain(to_plain(record)) == record


@pytest.mark.parametrize(
    ("values", "sentence"),
    [([], "there is none"), ([1.0, np.nan, np.nan], "2 of 3 are NaN")],
)
def test_what_has_no_distribution(values, sentence):
    with pytest.raises(InputError, match=f"A distribution needs a number for every image; {sentence}"):
        distribution(np.array(values), IDS[: len(values)])
