"""Codes and losses of a model to which something else is shown than what it is to give back."""

import numpy as np
import pytest

from zscape.data.corrupt import corrupt_fixed
from zscape.data.raw import RawImages
from zscape.data.write import write_new
from zscape.inference import encode, evaluate
from zscape.inference.encode import encode_split, encode_store
from zscape.inference.evaluate import evaluate_split
from zscape.pathways.build import build_model
from zscape.specs.data import DataSpec, SplitSpec
from zscape.specs.task import RECONSTRUCT, TaskSpec

DENOISE = TaskSpec(kind="denoise", noise=0.1, drop=0.5)
RECOLOR = TaskSpec(kind="recolor")


@pytest.fixture(scope="module")
def split(tiny_store):
    return tiny_store.split("validation")


def decibel(one, other):
    return -10 * np.log10((((one - other) / 255.0) ** 2).mean(axis=(1, 2, 3)))


def test_codes_are_those_of_the_corrupted_images(model, tiny_store, split):
    seen = corrupt_fixed(split.images(), DENOISE, 7, "validation", split.ids)
    expected = model.encode(seen, return_log_var=True)
    codes = encode_store(model, tiny_store, DENOISE, 7).of_split("validation")
    np.testing.assert_allclose(codes.mu, expected[0], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(codes.log_var, expected[1], rtol=1e-4, atol=1e-5)
    assert codes.mu.tobytes() == encode_split(model, split, DENOISE, 7).mu.tobytes()
    assert np.abs(codes.mu - encode_split(model, split).mu).max() > 1e-3
    assert np.abs(codes.mu - encode_split(model, split, DENOISE, 8).mu).max() > 1e-3


def test_losses_and_psnr_are_against_the_clean_images(model, split):
    codes, clean = encode_split(model, split, DENOISE, 1), split.images()
    seen = corrupt_fixed(clean, DENOISE, 1, "validation", split.ids)
    found = evaluate_split(model, split, codes, 1, DENOISE)
    output = 255.0 * model.decode(model.encode(seen)).astype(np.float64)
    assert found.psnr == pytest.approx(decibel(output, clean).mean(), rel=1e-5)
    assert found.psnr_input == pytest.approx(decibel(seen.astype(float), clean.astype(float)).mean(), rel=1e-12)
    # The same codes without the task's name: the target is the clean image in both, and all but one number agree.
    plain = evaluate_split(model, split, codes, 1)
    assert plain.psnr_input is None
    assert (plain.terms, plain.psnr, plain.reconstruction_at_mean) == (
        found.terms,
        found.psnr,
        found.reconstruction_at_mean,
    )


def test_without_a_task_nothing_is_different(model, split):
    codes = encode_split(model, split)
    assert codes.mu.tobytes() == encode_split(model, split, RECONSTRUCT, 5).mu.tobytes()
    assert evaluate_split(model, split, codes, 1) == evaluate_split(model, split, codes, 1, RECONSTRUCT)


@pytest.mark.parametrize("block", [1, 4])
def test_blocks_do_not_show(model, split, monkeypatch, block):
    codes = encode_split(model, split, DENOISE, 1)
    whole = evaluate_split(model, split, codes, 1, DENOISE)
    monkeypatch.setattr(encode, "_BLOCK", block)
    monkeypatch.setattr(evaluate, "_BLOCK", block)
    again = encode_split(model, split, DENOISE, 1)
    np.testing.assert_allclose(again.mu, codes.mu, rtol=1e-4, atol=1e-5)
    found = evaluate_split(model, split, codes, 1, DENOISE)
    assert found.psnr_input == pytest.approx(whole.psnr_input, rel=1e-12)
    assert found.psnr == pytest.approx(whole.psnr, rel=1e-5)


def test_images_that_were_grey_already_do_not_count_for_the_input(tiny_recipe, tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (12, 8, 8, 3), np.uint8)
    images[:3] = images[:3, ..., :1]
    raw = RawImages(images, None, None, np.full(12, 2, np.uint8), None, "Made for a test.")
    split = write_new(raw, DataSpec(splits=SplitSpec()), tmp_path / "store", for_training=False).split("test")
    model = build_model(tiny_recipe({"data.channels": 3, "model.kind": "ae"}))
    found = evaluate_split(model, split, encode_split(model, split, RECOLOR, 1), 1, RECOLOR)
    grey = corrupt_fixed(images[3:], RECOLOR, 1, "test", np.arange(3, 12)).astype(float)
    assert found.images == 12
    assert found.psnr_input == pytest.approx(decibel(grey, images[3:].astype(float)).mean(), rel=1e-12)


def test_a_task_that_changed_no_image_has_no_psnr_of_the_input(tiny_recipe, tmp_path):
    images = np.zeros((10, 8, 8, 3), np.uint8)
    raw = RawImages(images, None, None, np.full(10, 2, np.uint8), None, "Made for a test.")
    split = write_new(raw, DataSpec(splits=SplitSpec()), tmp_path / "store", for_training=False).split("test")
    model = build_model(tiny_recipe({"data.channels": 3, "model.kind": "ae"}))
    for task in (RECOLOR, TaskSpec(kind="denoise", drop=0.5)):
        found = evaluate_split(model, split, encode_split(model, split, task, 1), 1, task)
        assert found.psnr_input is None and np.isfinite(found.psnr)
