"""What goes into the networks: each corruption against an oracle of its own, and what each draw depends on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from scipy import stats

from zscape.core.errors import InputError
from zscape.core.seeds import generator
from zscape.data import corrupt as module
from zscape.data.corrupt import (
    add_noise,
    check_colours,
    corrupt,
    corrupt_batch,
    corrupt_fixed,
    drop_pixels,
    inputs_of,
    to_grey,
)
from zscape.data.raw import RawImages
from zscape.data.write import write_new
from zscape.specs.data import DataSpec, SplitSpec
from zscape.specs.task import RECONSTRUCT, TaskSpec

BOTH = TaskSpec(kind="denoise", noise=0.2, drop=0.3)
RECOLOR = TaskSpec(kind="recolor")
SEEDS = st.integers(0, 2**31 - 1)


def some(count=6, shape=(5, 4, 3), seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, *shape), np.uint8)


def store_of(images, folder):
    raw = RawImages(images, None, None, None, None, "Made for a test.")
    return write_new(raw, DataSpec(splits=SplitSpec(validation=7, test=5)), folder / "store")


# what each does


@pytest.mark.parametrize("share", [0.001, 0.2, 0.8, 0.99])
def test_as_many_pixels_are_dropped_as_asked_for(share):
    pixels = 400 * 25 * 20
    dropped = drop_pixels(np.full((400, 25, 20, 3), 7, np.uint8), share, np.random.default_rng(1))
    assert dropped.dtype == np.uint8 and set(np.unique(dropped)) == {0, 7}
    black = dropped == 0
    assert (black == black[..., :1]).all(), "a pixel is gone in all channels, or in none"
    low, high = stats.binom.interval(1 - 1e-6, pixels, share)
    assert low <= black[..., 0].sum() <= high
    # Independently: neighbours are gone together as often as chance has it, in both directions.
    gone = black[..., 0] - share
    spread = share * (1 - share) / np.sqrt(pixels)
    for neighbour in (gone[:, 1:] * gone[:, :-1], gone[:, :, 1:] * gone[:, :, :-1], gone[1:] * gone[:-1]):
        assert abs(neighbour.mean()) < 6 * spread


def test_nothing_else_changes_where_pixels_are_dropped():
    images = some(50) | 1  # never black
    dropped = drop_pixels(images, 0.4, np.random.default_rng(0))
    kept = dropped[..., :1] != 0
    np.testing.assert_array_equal(dropped, images * kept)


@pytest.mark.parametrize("sd", [0.02, 0.08])
def test_noise_has_the_stated_sd_where_nothing_is_clipped(sd):
    noise = add_noise(np.full((200, 30, 20, 3), 128, np.uint8), sd, np.random.default_rng(1)).astype(float) - 128
    grey_levels = np.sqrt((255 * sd) ** 2 + 1 / 12)  # rounding adds a variance of 1/12
    relative = 6 / np.sqrt(2 * noise.size)  # six standard deviations of a standard deviation
    assert noise.std() == pytest.approx(grey_levels, rel=relative)
    assert abs(noise.mean()) < 6 * grey_levels / np.sqrt(noise.size)
    assert abs(np.corrcoef(noise[..., 0].ravel(), noise[..., 1].ravel())[0, 1]) < 6 / np.sqrt(noise.size / 3)
    assert abs(stats.kurtosis(noise.ravel())) < 0.1  # Gaussian: a uniform has -1.2, a Laplacian 3


@pytest.mark.parametrize("level", [0, 30, 250, 255])
@pytest.mark.parametrize("sd", [0.1, 0.7])
def test_noise_is_clipped_and_rounded(level, sd):
    values = add_noise(np.full(200_000, level, np.uint8), sd, np.random.default_rng(2))
    assert values.dtype == np.uint8
    # The chance of each grey level: that of an interval of the normal, everything beyond at the ends.
    edges = np.concatenate([[-np.inf], np.arange(255) + 0.5, [np.inf]])
    chance = np.diff(stats.norm.cdf(edges, level, 255 * sd))
    found = np.bincount(values, minlength=256)
    assert np.abs(found - len(values) * chance).max() < 6 * np.sqrt(len(values) * (chance * (1 - chance)).max())
    assert np.abs(np.cumsum(found / len(values) - chance)).max() < 4 / np.sqrt(len(values))  # Kolmogorov and Smirnov


def test_grey_is_pillow_s_luma_in_three_channels():
    steps = np.array([0, 1, 2, 127, 128, 200, 254, 255], np.uint8)
    corners = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(1, -1, 8, 3)
    for images in (corners, some(3, (40, 31, 3))):
        grey = to_grey(images)
        assert grey.dtype == np.uint8 and grey.shape == images.shape
        for image, found in zip(images, grey, strict=True):
            expected = np.asarray(Image.fromarray(image).convert("L"))
            assert (found == expected[..., None]).all()
        # The weights of ITU-R BT.601, to half a grey level.
        assert np.abs(grey[..., 0] - images @ [0.299, 0.587, 0.114]).max() < 0.51


@given(SEEDS)
def test_grey_of_grey_is_the_same(seed):
    grey = np.repeat(some(2, (4, 3, 1), seed), 3, axis=-1)
    np.testing.assert_array_equal(to_grey(grey), grey)


def test_noise_first_then_dropped_pixels_are_black():
    images = np.full((50, 20, 20, 1), 200, np.uint8)
    task = TaskSpec(kind="denoise", noise=0.05, drop=0.8)
    corrupted = corrupt(images, task, np.random.default_rng(0))
    black = corrupted == 0  # noise alone takes no pixel from 200 to 0: that is fifteen standard deviations
    low, high = stats.binom.interval(1 - 1e-6, black.size, 0.8)
    assert low <= black.sum() <= high
    assert corrupted[~black].std() == pytest.approx(0.05 * 255, rel=0.05)


@pytest.mark.parametrize("task", [TaskSpec(kind="denoise", noise=0.2), TaskSpec(kind="denoise", drop=0.5), RECOLOR])
def test_the_images_themselves_stay(task):
    images = some()
    before = images.copy()
    corrupted = corrupt_batch(images, task, 1, 0)
    np.testing.assert_array_equal(images, before)
    assert corrupted.shape == images.shape and corrupted.dtype == np.uint8
    assert (corrupted != images).any() and not np.shares_memory(corrupted, images)


def test_to_reconstruct_changes_nothing():
    images = some()
    assert corrupt_batch(images, RECONSTRUCT, 1, 0) is images
    assert corrupt_fixed(images, RECONSTRUCT, 1, "test", np.arange(6)) is images


# what a draw depends on


@given(SEEDS, st.integers(0, 10**7))
def test_a_batch_is_a_function_of_seed_and_step(seed, step):
    images = some(4, (6, 6, 1))
    first = corrupt_batch(images, BOTH, seed, step)
    np.testing.assert_array_equal(corrupt_batch(images, BOTH, seed, step), first)
    assert (corrupt_batch(images, BOTH, seed, step + 1) != first).any()
    assert (corrupt_batch(images, BOTH, seed + 1, step) != first).any()


def test_images_of_a_batch_have_draws_of_their_own():
    batch = corrupt_batch(np.full((5, 9, 9, 1), 128, np.uint8), BOTH, 1, 0)
    assert len({image.tobytes() for image in batch}) == 5


@given(SEEDS, st.permutations(range(6)))
def test_the_fixed_draw_is_one_of_the_image_alone(seed, order):
    images, ids = some(seed=seed), np.array([0, 3, 7, 8, 100, 59_999])
    fixed = corrupt_fixed(images, BOTH, seed, "validation", ids)
    np.testing.assert_array_equal(corrupt_fixed(images[order], BOTH, seed, "validation", ids[order]), fixed[order])
    np.testing.assert_array_equal(corrupt_fixed(images[2:3], BOTH, seed, "validation", ids[2:3]), fixed[2:3])


def test_the_fixed_draw_differs_between_ids_splits_and_seeds_and_from_training():
    images = np.full((1, 20, 20, 1), 128, np.uint8)
    draws = [
        corrupt_fixed(images, BOTH, 1, "test", np.array([0])),
        corrupt_fixed(images, BOTH, 1, "test", np.array([1])),
        corrupt_fixed(images, BOTH, 1, "validation", np.array([0])),
        corrupt_fixed(images, BOTH, 2, "test", np.array([0])),
        corrupt_batch(images, BOTH, 1, 0),
        corrupt(images, BOTH, generator(1, "binarize", 0)),
    ]
    assert len({draw.tobytes() for draw in draws}) == len(draws)
    gone = [(draw == 0).ravel() for draw in draws]
    for i in range(len(draws)):
        for other in gone[:i]:
            assert (gone[i] & other).mean() == pytest.approx(0.3**2, abs=0.075)  # five standard deviations


# a store's images


@pytest.mark.parametrize("task", [RECONSTRUCT, BOTH, RECOLOR], ids=lambda task: task.kind)
def test_inputs_of_a_split_are_those_of_its_parts(task, tmp_path):
    split = store_of(some(30), tmp_path).split("train")
    whole = inputs_of(split, None, task, 1)
    assert whole.shape == (18, 5, 4, 3)
    np.testing.assert_array_equal(inputs_of(split, slice(4, 9), task, 1), whole[4:9])
    np.testing.assert_array_equal(inputs_of(split, np.array([2, 11, 3]), task, 1), whole[[2, 11, 3]])
    np.testing.assert_array_equal(whole, corrupt_fixed(split.images(), task, 1, "train", split.ids))


def test_colours_are_looked_for_in_every_part(tmp_path, monkeypatch):
    grey = np.repeat(some(30, (5, 4, 1)), 3, axis=-1)
    (tmp_path / "grey").mkdir()
    store = store_of(grey, tmp_path / "grey")
    with pytest.raises(InputError, match=r"recolor learns colours, but these images are grey: all three channels are"):
        check_colours(RECOLOR, store)
    check_colours(BOTH, store)
    check_colours(RECONSTRUCT, store)
    monkeypatch.setattr(module, "_LOOKED_AT", 30)
    for i in range(0, 30, 7):
        coloured = grey.copy()
        coloured[i, 4, 3, 2] ^= 1
        (tmp_path / str(i)).mkdir()
        check_colours(RECOLOR, store_of(coloured, tmp_path / str(i)))
