import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zscape.core.errors import InputError
from zscape.data.batches import Batches
from zscape.data.prepare import write_store
from zscape.data.store import Split
from zscape.specs.data import DataSpec


def ids_of_epoch(batches, epoch):
    steps = batches.steps_per_epoch
    return [batches.batch(step).ids for step in range(epoch * steps, (epoch + 1) * steps)]


@pytest.mark.parametrize(("size", "steps", "last"), [(1, 16, 1), (5, 4, 1), (8, 2, 8), (16, 1, 16), (100, 1, 16)])
def test_steps_per_epoch_and_the_short_last_batch(store, size, steps, last):
    batches = Batches(store.split("train"), size, seed=1, shuffle=True)
    assert batches.steps_per_epoch == steps
    assert len(ids_of_epoch(batches, 0)[-1]) == last


def test_every_epoch_holds_every_image_once_in_another_order(store):
    batches = Batches(store.split("train"), 5, seed=1, shuffle=True)
    epochs = [np.concatenate(ids_of_epoch(batches, epoch)).tolist() for epoch in range(3)]
    assert all(sorted(ids) == store.split("train").ids.tolist() for ids in epochs)
    assert len({tuple(ids) for ids in epochs}) == 3


def test_images_and_ids_belong_together(store):
    for name in ("train", "validation"):
        batch = Batches(store.split(name), 3, seed=1, shuffle=True).batch(0)
        assert batch.images.dtype == np.uint8 and batch.ids.dtype == np.int64
        assert type(batch.images) is np.ndarray and batch.images.shape == (len(batch.ids), 4, 5, 1)
        assert batch.images[:, 0, 0, 0].tolist() == batch.ids.tolist()


def test_a_batch_is_a_function_of_seed_and_step_whatever_was_asked_before(store):
    split = store.split("train")
    in_order = [Batches(split, 5, seed=3, shuffle=True).batch(step).ids.tolist() for step in range(12)]
    batches = Batches(split, 5, seed=3, shuffle=True)
    for step in (11, 0, 5, 4, 3, 11, 7, 0):
        assert batches.batch(step).ids.tolist() == in_order[step]


def test_another_seed_another_order(store):
    one, two = (Batches(store.split("train"), 16, seed=seed, shuffle=True).batch(0).ids for seed in (1, 2))
    assert one.tolist() != two.tolist()


def test_the_batch_size_does_not_change_the_order(store):
    small, large = (Batches(store.split("train"), size, seed=1, shuffle=True) for size in (3, 16))
    assert np.concatenate(ids_of_epoch(small, 2)).tolist() == large.batch(2).ids.tolist()


def test_without_shuffling_the_store_s_order_in_every_epoch(store):
    batches = Batches(store.split("train"), 5, seed=1, shuffle=False)
    for epoch in range(2):
        assert np.concatenate(ids_of_epoch(batches, epoch)).tolist() == store.split("train").ids.tolist()


def test_changing_a_batch_changes_no_later_one(store):
    batches = Batches(store.split("train"), 5, seed=1, shuffle=True)
    before = batches.batch(1)
    kept = before.ids.copy(), before.images.copy()
    before.ids[:] = -1
    before.images[:] = 0
    np.testing.assert_array_equal(batches.batch(1).ids, kept[0])
    np.testing.assert_array_equal(batches.batch(1).images, kept[1])


def test_changing_a_batch_changes_no_later_one_without_shuffling(store):
    batches = Batches(store.split("train"), 5, seed=1, shuffle=False)
    batches.batch(0).ids[:] = -1
    assert batches.batch(0).ids.min() >= 0


def test_global_random_state_is_left_alone(store):
    np.random.seed(5)
    random.seed(5)
    before = np.random.get_state()[1].tolist(), random.getstate()
    Batches(store.split("train"), 5, seed=1, shuffle=True).batch(9)
    assert (np.random.get_state()[1].tolist(), random.getstate()) == before


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 40), st.integers(1, 50), st.integers(0, 2**31 - 1), st.integers(0, 5))
def test_any_epoch_of_any_size_is_a_permutation(count, size, seed, epoch):
    class Pixels:
        images = np.zeros((100, 1, 1, 1), np.uint8)
        binarized = False

    ids = np.arange(count, dtype=np.int64) * 2
    batches = Batches(Split("train", ids, Pixels()), size, seed, shuffle=True)  # type: ignore[arg-type]
    parts = ids_of_epoch(batches, epoch)
    assert sorted(np.concatenate(parts)) == ids.tolist()
    assert [len(part) for part in parts[:-1]] == [size] * (len(parts) - 1) and 1 <= len(parts[-1]) <= size


def test_an_empty_part(make_raw, tmp_path):
    store = write_store(make_raw(), DataSpec(), tmp_path / "s")
    empty = Split("test", store.split("test").ids[:0], store)
    with pytest.raises(InputError, match=r"The test part of .* is empty: it gives no batches"):
        Batches(empty, 5, seed=1, shuffle=True)


def test_numbers_out_of_range(store):
    with pytest.raises(ValueError, match="batch_size must be at least 1, received 0"):
        Batches(store.split("train"), 0, seed=1, shuffle=True)
    with pytest.raises(ValueError, match="step must be at least 0, received -1"):
        Batches(store.split("train"), 5, seed=1, shuffle=True).batch(-1)
