"""Every image against its reconstruction."""

import numpy as np
import pytest

from zscape.analysis.reconstruction import MEASURES
from zscape.data.corrupt import inputs_of
from zscape.formulas.quality import psnr, ssim
from zscape.inference import measures as module
from zscape.inference.encode import encode_split
from zscape.inference.evaluate import evaluate_split
from zscape.inference.measures import image_measures
from zscape.specs.task import TaskSpec


def test_against_the_definitions_and_evaluate(model, tiny_store):
    split = tiny_store.split("validation")
    found = image_measures(model, split)
    assert set(found) == set(MEASURES) and all(values.shape == (9,) for values in found.values())
    target, image = split.images() / 255.0, model.reconstruct(split.images())
    np.testing.assert_allclose(found["psnr"], psnr(target, image), rtol=1e-6)
    np.testing.assert_allclose(found["ssim"], ssim(target, image), rtol=1e-5)
    whole = evaluate_split(model, split, encode_split(model, split), seed=1)
    assert found["psnr"].mean() == pytest.approx(whole.psnr, rel=1e-9)
    assert found["reconstruction"].mean() == pytest.approx(whole.reconstruction_at_mean, rel=1e-9)


def test_with_a_task_the_clean_image_counts(model, tiny_store):
    split, task = tiny_store.split("test"), TaskSpec(kind="denoise", noise=0.3)
    found = image_measures(model, split, task, seed=4)
    out = model.reconstruct(inputs_of(split, None, task, 4))
    np.testing.assert_allclose(found["psnr"], psnr(split.images() / 255.0, out), rtol=1e-6)
    assert np.abs(found["psnr"] - image_measures(model, split)["psnr"]).max() > 1e-3


def test_blocks_do_not_show(model, tiny_store, monkeypatch):
    split = tiny_store.split("validation")
    whole = image_measures(model, split)
    monkeypatch.setattr(module, "_BLOCK", 4)
    for name, values in image_measures(model, split).items():
        np.testing.assert_allclose(values, whole[name], rtol=1e-6)
