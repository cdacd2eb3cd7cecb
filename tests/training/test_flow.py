"""The flows that Keras reads."""

import numpy as np
import pytest

from zscape.data.batches import Batches
from zscape.training.flow import EvaluationFlow, TrainingFlow


def test_a_training_batch_is_a_function_of_its_number(tiny_store):
    def flow(first_step=0):
        return TrainingFlow(Batches(tiny_store.split("train"), 8, 1, shuffle=True), first_step)

    one, two = flow(), flow()
    forwards = [one[step][0].tobytes() for step in range(9)]
    backwards = [two[step][0].tobytes() for step in reversed(range(9))]
    assert forwards == backwards[::-1]
    assert [flow(4)[step][0].tobytes() for step in range(5)] == forwards[4:]
    assert forwards[:4] != forwards[4:8], "every epoch has an order of its own"
    assert one.num_batches is None
    assert [len(one[step][0]) for step in range(5)] == [8, 8, 8, 4, 8]
    assert one[0][0].dtype == np.uint8


def test_every_epoch_holds_every_image_once(tiny_store):
    flow = TrainingFlow(Batches(tiny_store.split("train"), 8, 1, shuffle=True))
    wanted = sorted(image.tobytes() for image in tiny_store.split("train").images())
    for epoch in range(2):
        seen = [image.tobytes() for step in range(4) for image in flow[4 * epoch + step][0]]
        assert sorted(seen) == wanted


def evaluation_draws(store, batch_size, seed=1, split="validation", z_dim=3):
    flow = EvaluationFlow(Batches(store.split(split), batch_size, seed, shuffle=False), seed, z_dim)
    batches = [flow[index][0] for index in range(flow.num_batches)]
    images = np.concatenate([batch["images"] for batch in batches])
    assert np.array_equal(images, store.split(split).images())
    return np.concatenate([batch["epsilon"] for batch in batches])


@pytest.mark.parametrize("batch_size", [1, 4, 9, 100])
def test_draws_belong_to_images_not_to_batches(tiny_store, batch_size):
    draws = evaluation_draws(tiny_store, batch_size)
    assert draws.shape == (9, 3) and draws.dtype == np.float32
    assert np.array_equal(draws, evaluation_draws(tiny_store, 8))


def test_draws_differ_between_images_seeds_and_splits(tiny_store):
    draws = evaluation_draws(tiny_store, 8)
    assert len(np.unique(draws)) == draws.size
    assert not np.isin(evaluation_draws(tiny_store, 8, seed=2), draws).any()
    assert not np.isin(evaluation_draws(tiny_store, 8, split="test"), draws).any()


def test_an_autoencoder_gets_no_draws(tiny_store):
    (batch,) = EvaluationFlow(Batches(tiny_store.split("validation"), 8, 1, shuffle=False), 1, 0)[1]
    assert np.array_equal(batch, tiny_store.split("validation").images()[8:])
