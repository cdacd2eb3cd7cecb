import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zscape.data.preparation import plan
from zscape.data.preparation.plan import FEW, MOST_WORKERS, chunks_of, window_of, worker_count

SIDES = st.integers(1, 9000)


@given(st.integers(0, 3000), SIDES, SIDES, st.integers(1, 4))
def test_chunks_hold_every_position_once_in_order_and_are_bounded_in_bytes(count, height, width, channels):
    shape = (height, width, channels)
    chunks = list(chunks_of(np.arange(count), shape))
    assert np.concatenate([*chunks, np.arange(0)]).tolist() == list(range(count))
    for chunk in chunks:
        assert len(chunk) == 1 or len(chunk) * height * width * channels <= 2 << 20
        assert 1 <= len(chunk) <= 512


@given(st.integers(1, 200), st.integers(1, 8000), st.integers(1, 8000), st.integers(1, 8000), st.integers(0, 10**8))
def test_memory_of_all_processes_stays_below_a_gibibyte(wanted, own, height, width, names):
    shape = (height, width, 3)
    workers = worker_count(wanted, 10**6, [(own, own, 3)], names, shape)
    assert 1 <= workers <= wanted
    image = max(height * width * 3, 2 << 20)
    waiting = window_of(workers, shape) * image
    assert waiting <= max(128 << 20, image)
    if workers > 1:  # what one worker alone takes cannot be helped
        each = (24 << 20) + 2 * names + 16 * min(own * own, 2_000_000) + image
        assert workers * each + waiting < 1 << 30


@pytest.mark.parametrize(("entries", "cores", "expected"), [(FEW - 1, 8, 1), (FEW, 8, 8), (10**6, 64, MOST_WORKERS)])
def test_where_nobody_says_entries_and_cores_do(monkeypatch, entries, cores, expected):
    processor = type("Processor", (), {"cores": cores})
    monkeypatch.setattr(plan, "read_processor", processor)
    assert worker_count(None, entries, [(218, 178, 3)], 0, (64, 64, 3)) == expected


def test_what_the_user_says_counts_also_for_few_entries():
    assert worker_count(3, 10, [(218, 178, 3)], 0, (64, 64, 3)) == 3
    assert worker_count(1, 10**6, [(218, 178, 3)], 0, (64, 64, 3)) == 1
    assert worker_count(3, 2, [(218, 178, 3)], 0, (64, 64, 3)) == 2
