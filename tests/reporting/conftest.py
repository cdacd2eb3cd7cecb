"""Studied runs made by hand: no network, no backend."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zscape.latent.arrays import write_arrays
from zscape.latent.codes import Codes
from zscape.runs.directory import RunDirectory
from zscape.specs.recipe import parse_recipe

Z_DIM = 3


def _split(loss: float, variational: bool) -> dict[str, Any]:
    kl = 20.0 if variational else 0.0
    scaled = {"loss": loss, "reconstruction": loss - kl / 2, "kl": kl / 2}
    return {
        "images": 1234,
        "loss": loss,
        "reconstruction": loss - kl / 2,
        "kl": kl,
        "kl_mu": kl * 0.75,
        "kl_log_var": kl * 0.25,
        "weighted_kl": kl / 2,
        "kl_share": kl / 2 / loss,
        "beta": 0.5 if variational else 0.0,
        "reconstruction_at_mean": loss - 14.0,
        "entropy_floor": 13.25,
        "psnr": 17.5,
        "active_units": 2,
        "prior_mismatch": 0.0625,
        "articles": {"tape": scaled, "mean": {name: value / 64 for name, value in scaled.items()}},
    }


def _make(path: Path, variational: bool = True) -> RunDirectory:
    path.mkdir(parents=True)
    run = RunDirectory(path)
    kind = "vae" if variational else "ae"
    values = {"data": {"size": 8, "channels": 1}, "model": {"kind": kind, "filters": [4], "z_dim": Z_DIM}}
    run.write_recipe(parse_recipe(values))
    terms = {"kl": 20.0 if variational else 0.0}
    history = [
        {
            "epoch": epoch,
            "train": {"loss": 900.0 / epoch, "reconstruction": 890.0 / epoch, **terms},
            "validation": {"loss": 960.0 / epoch, "reconstruction": 950.0 / epoch, **terms},
        }
        for epoch in (1, 2, 3)
    ]
    run.write_history(history)
    losses = {"train": 300.0, "validation": 320.0, "test": 310.0}
    metrics = {split: _split(loss, variational) for split, loss in losses.items()}
    run.write("metrics.json", {**metrics, "epochs": 3, "images_per_second": 4321.0, "units": {}})
    run.write(
        "provenance.json",
        {
            "zscape": "9.9.9",
            "git": "0123456789abcdef+changes",
            "backend": "tensorflow",
            "seed": 77,
            "data": {
                "source": "digits",
                "origin": "Made for a test, by <b>us</b>.",
                "images": {"train": 1000, "validation": 100, "test": 134},
                "checksum": "c0ffee" * 10 + "abcd",
            },
            "packages": {"keras": "3.15.0", "numpy": "2.4.0"},
            "python": "3.12.1",
            "hardware": {"machine": "x86_64", "processor": "Abacus", "cores": 2, "memory_gib": 4.0},
            "threads": None,
            "started": "2026-01-02T03:04:05+00:00",
            "seconds": {"prepare": 0.25, "train": 12.34},
        },
    )
    rng = np.random.default_rng(0)
    mu = rng.normal(size=(60, Z_DIM)).astype(np.float32)
    splits = np.repeat(np.arange(3, dtype=np.uint8), 20)
    Codes(mu, np.full_like(mu, -1) if variational else None, np.arange(60), splits).save(path / "latents.npz")
    names = ("originals", "reconstructions", "random_normal", "random_fitted")
    write_arrays(path / "images.npz", {name: rng.integers(0, 256, (12, 8, 8, 1), np.uint8) for name in names})
    return run


@pytest.fixture(scope="session")
def make_run() -> Callable[..., RunDirectory]:
    """Return a maker of studied runs: path, and whether it is a VAE's."""
    return _make


@pytest.fixture
def data_record() -> dict[str, Any]:
    """The content of a data.json."""
    one = {"id": 7, "name": None, "split": "train"}
    other = {"id": 8, "name": "twin.png", "split": "test"}
    return {
        "count": 1234,
        "splits": {"train": 1000, "validation": 100, "test": 134},
        "image_shape": [8, 8, 1],
        "skipped": [["<b>bad</b>.png", "not an image"]],
        "near_duplicates": {
            "pairs": [{"a": one, "b": other, "difference": 1.5}],
            "count": 1,
            "across_splits": 1,
            "rule": "Nearly the same is what differs by less than 5 grey levels.",
        },
        "linear_baseline": {
            "z_dim": 3,
            "fitted_on": "train",
            "measured_on": "test",
            "psnr": 16.25,
            "mse": 0.02,
            "reconstruction": None,
            "rule": "PCA of the training images.",
        },
    }


@pytest.fixture
def no_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace the figures, which take a second, by small pictures."""
    from PIL import Image

    from zscape.reporting import build

    def draw(run: RunDirectory, codes: Codes, analysis: Any) -> dict[str, Image.Image]:
        names = ["curves", "reconstructions", "random_normal", "random_fitted", "scatter", "radius", "spectrum"]
        return {name: Image.new("L", (4, 4)) for name in [*names, *(["kl"] if codes.log_var is not None else [])]}

    monkeypatch.setattr(build, "draw_run", draw)
