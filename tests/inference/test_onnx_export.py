"""A run's networks as files: on every backend what the run gives, or refused."""

import math

import numpy as np
import pytest

from zscape.core.errors import InputError
from zscape.inference import onnx_export
from zscape.inference.onnx_export import Comparison, export_networks

IMAGES = np.random.default_rng(2).integers(0, 256, (6, 8, 8, 1), np.uint8)


def test_a_run_on_this_backend(run, tmp_path, monkeypatch):
    comparison = export_networks(run, IMAGES, tmp_path, white=False)
    assert (comparison.images, comparison.points) == (6, 134)
    assert comparison.code_difference <= 1e-5 <= comparison.code_tolerance < 1e-3
    assert comparison.pixel_difference <= 1e-5 == comparison.pixel_tolerance
    # Another network's numbers, here those of images turned upside down, do not pass.
    run_network = onnx_export.run_network
    monkeypatch.setattr(onnx_export, "run_network", lambda path, inputs: run_network(path, inputs)[:, ::-1])
    with pytest.raises(InputError) as refused:
        export_networks(run, IMAGES, tmp_path, white=False)
    assert str(refused.value).startswith(f"The exported networks do not give what {run.path} gives: codes differ by ")
    assert str(refused.value).endswith("Nothing was written; try another version of onnxruntime.")


@pytest.mark.parametrize(
    ("codes", "pixels", "agree"),
    [
        (2e-5, 1e-5, True),
        (2.1e-5, 0.0, False),
        (0.0, 1.1e-5, False),
        (math.nan, 0.0, False),
        (0.0, math.nan, False),
    ],
)
def test_differences_that_are_allowed(codes, pixels, agree):
    assert Comparison(1, 1, codes, 2e-5, pixels).agree is agree
