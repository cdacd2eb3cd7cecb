"""Black and white drawn from grey, mirrored images: what is drawn, and what it depends on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zscape.core.errors import InputError
from zscape.data.batches import Batches
from zscape.data.draws import draw_bits, fixed_bits, mirrored, redrawn
from zscape.data.prepare import open_store, store_key
from zscape.data.raw import RawImages
from zscape.data.write import write_new
from zscape.formulas.likelihoods.bernoulli import bernoulli_entropy
from zscape.specs.data import DataSpec


def grey(count=6, shape=(5, 4, 1), seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, *shape), np.uint8)


def test_the_mean_of_many_draws_is_the_grey_value():
    levels = np.arange(256, dtype=np.uint8)
    number = 20_000
    white = (draw_bits(np.tile(levels, (number, 1)), np.random.default_rng(1)) == 255).mean(axis=0)
    chance = levels / 255
    spread = np.sqrt(chance * (1 - chance) / number)
    assert white[0] == 0 and white[255] == 1
    assert np.abs(white - chance)[1:255].max() <= 4.5 * spread.max()
    # Together the 254 deviations are as large as chance makes them, no larger and no smaller.
    assert np.mean(((white - chance)[1:255] / spread[1:255]) ** 2) == pytest.approx(1, abs=0.4)


def test_values_are_black_or_white_and_those_that_were_stay():
    drawn = draw_bits(grey(50), np.random.default_rng(0))
    assert drawn.dtype == np.uint8 and set(np.unique(drawn)) == {0, 255}
    np.testing.assert_array_equal(draw_bits(drawn, np.random.default_rng(1)), drawn)
    assert bernoulli_entropy(drawn / 255.0, np).max() == 0  # the entropy floor


@given(st.integers(0, 2**31 - 1), st.permutations(range(6)))
def test_the_fixed_draw_is_one_of_the_image_alone(seed, order):
    images = grey(seed=seed)
    drawn = fixed_bits(images, "mnist")
    np.testing.assert_array_equal(fixed_bits(images[order], "mnist"), drawn[order])
    np.testing.assert_array_equal(fixed_bits(images[2:3], "mnist"), drawn[2:3])


def test_the_fixed_draw_differs_between_sources_and_between_images():
    images = np.full((2, 16, 16, 3), 128, np.uint8)
    images[1, 0, 0, 0] = 127
    drawn = fixed_bits(images, "a")
    for other in (fixed_bits(images, "b")[0], drawn[1]):
        assert 0.4 < (drawn[0] != other).mean() < 0.6


def test_about_half_are_mirrored_and_only_left_to_right():
    images = grey(400, (3, 5, 3))
    batch = mirrored(images, seed=1, step=0)
    same = (batch == images).all(axis=(1, 2, 3))
    turned = (batch == np.flip(images, axis=2)).all(axis=(1, 2, 3))
    assert (same | turned).all() and abs(int(turned.sum()) - 200) < 50  # five standard deviations
    assert not np.shares_memory(batch, images)


@pytest.mark.parametrize("alter", [mirrored, redrawn])
def test_draws_of_training_are_functions_of_seed_and_step(alter):
    images = grey(64)
    first = alter(images, 1, 7)
    np.testing.assert_array_equal(alter(images, 1, 7), first)
    assert (alter(images, 1, 8) != first).any() and (alter(images, 2, 7) != first).any()


def raw_and_spec(**changes):
    labels = np.arange(30) % 3
    return RawImages(grey(30), labels, None, None, None, "Made for a test."), DataSpec(**changes)


def test_static_a_store_of_black_and_white(tmp_path):
    raw, spec = raw_and_spec(binarize="static")
    store = write_new(raw, spec, tmp_path / "s")
    np.testing.assert_array_equal(store.images, fixed_bits(np.asarray(raw.images), "digits"))
    assert store.manifest["request"]["binarize"] == "static"


def test_dynamic_training_is_drawn_anew_and_all_else_has_the_static_draw(tmp_path):
    raw, _ = raw_and_spec()
    write_new(raw, DataSpec(), tmp_path / "s")
    static, dynamic = (
        open_store(DataSpec(source="array", path=str(tmp_path / "s"), binarize=how)) for how in ("static", "dynamic")
    )
    for name in ("train", "validation", "test"):
        expected = fixed_bits(np.asarray(raw.images)[static.split(name).ids], "digits")
        np.testing.assert_array_equal(static.split(name).images(), expected)
        np.testing.assert_array_equal(dynamic.split(name).images(), expected)
    train = dynamic.split("train")
    np.testing.assert_array_equal(train.grey_images(), np.asarray(raw.images)[train.ids])
    batches = Batches(train, 24, seed=1, shuffle=False, redraw=True)
    epochs = np.stack([batches.batch(step).images for step in range(400)])
    assert set(np.unique(epochs)) == {0, 255}
    assert len({epoch.tobytes() for epoch in epochs}) == 400
    assert np.abs(epochs.mean(axis=0) - train.grey_images()).max() < 255 * 0.5 / 20 * 4.5


def test_batches_mirror_training_images_whatever_was_asked_before(tmp_path):
    raw, spec = raw_and_spec()
    split = write_new(raw, spec, tmp_path / "s").split("train")
    make = lambda: Batches(split, 5, seed=3, shuffle=True, flip=True, redraw=True)  # noqa: E731
    in_order = [make().batch(step).images for step in range(10)]
    batches = make()
    for step in (9, 0, 4, 9):
        np.testing.assert_array_equal(batches.batch(step).images, in_order[step])


def test_stores_are_shared_where_only_training_differs():
    plain = store_key(DataSpec())
    assert store_key(DataSpec(flip=True)) == store_key(DataSpec(binarize="dynamic")) == plain
    assert store_key(DataSpec(binarize="static")) != plain


def test_a_store_of_black_and_white_has_nothing_to_draw_anew(tmp_path):
    raw, spec = raw_and_spec(binarize="static")
    write_new(raw, spec, tmp_path / "s")
    static = open_store(DataSpec(source="array", path=str(tmp_path / "s"), binarize="static"))
    np.testing.assert_array_equal(static.split("test").images(), static.split("test").grey_images())
    with pytest.raises(InputError, match=r"holds black and white only \(data.binarize=static\), which leaves nothing"):
        open_store(DataSpec(source="array", path=str(tmp_path / "s"), binarize="dynamic"))
