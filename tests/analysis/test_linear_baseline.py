"""The best linear code against NumPy's SVD and scikit-learn's PCA."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from zscape.analysis import linear_baseline as module
from zscape.analysis import principal
from zscape.analysis.linear_baseline import linear_baseline
from zscape.analysis.principal import principal_axes
from zscape.data.store import Store


def store_of(count=60, shape=(5, 4, 1), seed=0, rank=12) -> Store:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(count, rank)) @ rng.normal(size=(rank, np.prod(shape))) * 20 + 128
    images = values.clip(0, 255).round().astype(np.uint8).reshape(count, *shape)
    splits = np.where(np.arange(count) % 5 == 4, 2, 0).astype(np.uint8)
    return Store(Path("none"), {}, images, None, splits)


def blocks_of(rows, size=7):
    return lambda: iter([rows[start : start + size] for start in range(0, len(rows), size)])


def by_svd(store, z_dim):
    """Return the mean squared error and PSNR by the textbook, in one piece."""
    train, test = (store.split(name).images().reshape(-1, store.images[0].size) / 255 for name in ("train", "test"))
    mean = train.mean(axis=0)
    axes = np.linalg.svd(train - mean, full_matrices=False)[2][:z_dim]
    back = np.clip(mean + (test - mean) @ axes.T @ axes, 0, 1)
    squared = ((test - back) ** 2).mean(axis=1)
    return squared.mean(), (-10 * np.log10(squared)).mean(), test, back


@pytest.fixture(autouse=True)
def shape_of_stores(monkeypatch):
    monkeypatch.setattr(Store, "image_shape", property(lambda store: store.images.shape[1:]))


@pytest.mark.parametrize("shape", [(5, 4, 1), (9, 8, 3)])  # fewer and more values than images
@pytest.mark.parametrize("z_dim", [1, 4, 11])
def test_numbers_are_those_of_numpy_s_svd(shape, z_dim):
    store = store_of(shape=shape)
    found = linear_baseline(store, z_dim)
    mse, psnr, test, back = by_svd(store, z_dim)
    assert (found.mse, found.psnr) == (pytest.approx(mse, rel=1e-9), pytest.approx(psnr, rel=1e-9))
    chance = back.clip(1 / 510, 1 - 1 / 510)
    nats = -(test * np.log(chance) + (1 - test) * np.log(1 - chance)).sum(axis=1).mean()
    assert found.reconstruction == pytest.approx(nats, rel=1e-5)
    assert (found.z_dim, found.fitted_on, found.measured_on) == (z_dim, 48, "test")
    assert "all training images" in found.rule and "[1/510, 509/510]" in found.rule


def test_mse_in_the_recipe_s_own_nats():
    store = store_of()
    found = linear_baseline(store, 3, "mse", sigma=0.2)
    assert found.reconstruction == pytest.approx(found.mse * 20 / (2 * 0.2**2), rel=1e-5)
    assert "510" not in found.rule


@settings(max_examples=20)
@given(st.integers(0, 1000))
def test_error_falls_with_every_axis_and_is_0_when_there_are_as_many_as_values(seed):
    # An error that falls on the test images too is that of nested axes; nothing here needs to be cut to [0, 1].
    rng = np.random.default_rng(seed)
    rows = rng.random((40, 9))
    test = rng.random((10, 9))
    errors = []
    for number in range(1, 10):
        mean, axes = principal_axes(blocks_of(rows), number)
        np.testing.assert_allclose(axes @ axes.T, np.eye(number), atol=1e-9)
        errors.append((((test - mean) - (test - mean) @ axes.T @ axes) ** 2).sum())
    assert (np.diff(errors) <= 1e-9).all() and errors[-1] == pytest.approx(0, abs=1e-18)


@pytest.mark.parametrize("exact", [1600, 0])
def test_axes_are_those_of_scikit_learn(exact, monkeypatch):
    monkeypatch.setattr(principal, "EXACT", exact)  # 0: by iteration
    rows = np.random.default_rng(0).normal(size=(200, 50)) * 0.9 ** np.arange(50) + 3
    mean, axes = principal_axes(blocks_of(rows), 6)
    expected = PCA(6, svd_solver="full").fit(rows)
    np.testing.assert_allclose(mean, expected.mean_, atol=1e-9)
    np.testing.assert_allclose(np.abs((axes * expected.components_).sum(axis=1)), 1, atol=2e-2 if exact == 0 else 1e-9)
    kept = ((rows - mean) @ axes.T).var(axis=0).sum()
    assert kept == pytest.approx(expected.explained_variance_.sum() * 199 / 200, rel=1e-3 if exact == 0 else 1e-9)


@pytest.mark.parametrize("shape", [(5, 4, 1), (9, 8, 3)])
def test_more_dimensions_than_images_or_values(shape):
    store = store_of(count=12, shape=shape, rank=200)
    found, most = linear_baseline(store, 500), linear_baseline(store, 20 if shape == (5, 4, 1) else 10)
    assert found.z_dim == 500 and found.psnr == pytest.approx(most.psnr, rel=1e-6)


def test_images_that_are_all_equal():
    store = store_of()
    store.images[:] = 200
    found = linear_baseline(store, 3)
    assert found.mse == pytest.approx(0, abs=1e-20) and found.psnr > 200


def test_many_images_a_stated_part_of_them(monkeypatch):
    monkeypatch.setattr(module, "MOST_FITTED", 30)
    found = linear_baseline(store_of(), 3)
    assert found.fitted_on == 30 and "30 of the 48 training images (a fixed draw)" in found.rule
    assert found == linear_baseline(store_of(), 3)


def test_validation_where_there_is_no_test_split():
    store = store_of()
    store.splits[store.splits == 2] = 1
    assert linear_baseline(store, 3).measured_on == "validation"
