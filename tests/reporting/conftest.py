"""Studied runs made by hand, no network, no backend; and pages taken apart."""

import dataclasses
import html.parser
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zscape.analysis.generation import GenerationScores
from zscape.core.records import to_plain
from zscape.latent.arrays import write_arrays
from zscape.latent.codes import Codes
from zscape.runs.directory import RunDirectory
from zscape.specs.recipe import parse_recipe

Z_DIM = 3
RANDOM = (
    "random_normal",
    "random_fitted",
    "random_mixture",
    "random_uniform_0.5",
    "random_uniform_1",
    "random_uniform_8",
)


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


VOID = {"meta", "link", "img", "br", "hr", "input"}


class Page(html.parser.HTMLParser):
    """A page taken apart: tags with their attributes, and the text inside each kind of tag."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.raw = text
        self.tags: list[tuple[str, dict[str, Any]]] = []
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.pieces: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-1:]}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for tag in set(self.open):
            self.texts[tag][-1] += data
        if "body" in self.open:
            self.pieces.append(data)

    def all(self, tag: str) -> list[dict[str, Any]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def text(self) -> str:
        """All that is to be read, words apart by one blank."""
        return " ".join(" ".join(self.pieces).split())


@pytest.fixture(scope="session")
def taken_apart() -> Callable[[Path], Page]:
    """Return what reads a page's file and takes it apart; a page that breaks HTML's rules fails on the way."""

    def read(path: Path) -> Page:
        page = Page(path.read_text(encoding="utf-8"))
        names = {name for name, _ in page.tags}
        assert page.raw.startswith("<!doctype html>") and page.open == []
        assert not names & {"script", "iframe", "object", "embed", "base", "form"}
        ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
        assert len(set(ids)) == len(ids)
        for name, attributes in page.tags:
            for attribute in ("src", "href", "srcset", "action", "data"):
                value = attributes.get(attribute, "data:")
                assert value.startswith("data:") or (value[1:] in ids and value[0] == "#"), (name, value[:80])
            assert not [attribute for attribute in attributes if attribute.startswith("on")]
        alts = [image["alt"] for image in page.all("img")]
        assert all(alts) and len(set(alts)) == len(alts)
        levels = [int(name[1]) for name, _ in page.tags if name in ("h1", "h2", "h3", "h4", "h5", "h6")]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
        assert "http:" not in page.raw and "https:" not in page.raw
        assert "url(" not in page.raw and "@import" not in page.raw
        return page

    return read


def _make(
    path: Path, variational: bool = True, *, checksum: str = "c0ffee" * 10 + "abcd", data: dict[str, Any] | None = None
) -> RunDirectory:
    path.mkdir(parents=True)
    run = RunDirectory(path)
    kind = "vae" if variational else "ae"
    values = {
        "data": {"size": 8, "channels": 1, **(data or {})},
        "model": {"kind": kind, "filters": [4], "z_dim": Z_DIM},
    }
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
                "source": (data or {}).get("source", "digits"),
                "origin": "Made for a test, by <b>us</b>.",
                "images": {"train": 1000, "validation": 100, "test": 134},
                "checksum": checksum,
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
    names = ("originals", "reconstructions", *RANDOM)
    write_arrays(path / "images.npz", {name: rng.integers(0, 256, (12, 8, 8, 1), np.uint8) for name in names})
    return run


@pytest.fixture(scope="session")
def make_run() -> Callable[..., RunDirectory]:
    """Return a maker of studied runs: path, whether it is a VAE's, the checksum of its images, settings of `data`."""
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


def _small_drawings(patch: pytest.MonkeyPatch) -> None:
    from PIL import Image

    from zscape.reporting import codes_report, studied

    def draw(codes: Codes, analysis: Any, **more: Any) -> dict[str, Image.Image]:
        also = {"curves": "history", "maps": "maps", "quality_generation": "quality"}
        names = ["scatter", "radius", "spectrum", "normality", "coordinates", "clusters"]
        names += ["kl", "log_var", "drawn"] if codes.log_var is not None else []
        names += [name for name, given in also.items() if more.get(given)]
        names += ["attributes"] if analysis.attributes is not None else []
        names += ["factors"] if analysis.factors is not None else []
        return {name: Image.new("L", (4, 4)) for name in names}

    patch.setattr(studied, "draw_figures", draw)
    patch.setattr(codes_report, "draw_figures", draw)


@pytest.fixture
def no_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace the figures, which take seconds, by small pictures."""
    _small_drawings(monkeypatch)


@pytest.fixture(scope="module")
def no_drawing_in_module() -> Iterator[None]:
    """The same for fixtures of a module."""
    with pytest.MonkeyPatch.context() as patch:
        _small_drawings(patch)
        yield


@pytest.fixture(scope="session")
def quality_record() -> Callable[..., dict[str, Any]]:
    """Return a maker of the content of a quality.json: precision and recall by prior, and how they were measured."""
    from zscape.analysis.quality import EmbeddingRecord, GenerationRecord, LogLikelihoodRecord, QualityRecord
    from zscape.analysis.reconstruction import Distribution, ReconstructionRecord

    def scores(precision: float, recall: float, kernel_distance: float = 0.0125) -> GenerationScores:
        return GenerationScores(precision, recall, 0.9, 0.8, kernel_distance, 0.001, 3.5)

    def make(
        priors: dict[str, tuple[float, ...]], identity: str = "a", n: int = 500, likelihood: bool = False
    ) -> dict[str, Any]:
        one = Distribution(17.5, 2.0, 14.0, 17.25, 21.0, (3, 4), (5, 6), (10.0, 20.0, 30.0), (70, 30))
        embedding = EmbeddingRecord("a classifier of the images", identity, 64, 0.97, 1000)
        every = {name: scores(*values) for name, values in priors.items()}
        generation = GenerationRecord(embedding, n, 3, 50, 100, 1, scores(0.95, 0.94), every)
        sentences = {"reconstruction": "How it reconstructs.", "generation": "How it generates."}
        reconstruction = ReconstructionRecord(100, 7, one, one, one)
        record = QualityRecord("test", 100, reconstruction, generation, None, "So.", sentences, {})
        plain = to_plain(record)
        if likelihood:
            fields = {field.name for field in dataclasses.fields(LogLikelihoodRecord)}
            plain["log_likelihood"] = dict.fromkeys(fields, 1.0)
            plain["sentences"]["log_likelihood"] = "How likely images are."
        return plain

    return make


@pytest.fixture(scope="session")
def with_all(quality_record: Callable[..., dict[str, Any]]) -> Callable[[RunDirectory], None]:
    """Return what gives a run labels, maps, and what `zscape quality` writes."""
    from zscape.analysis.projection import MapRecord
    from zscape.analysis.saved_maps import save_maps

    def give(run: RunDirectory) -> None:
        codes = Codes.load(run.path / "latents.npz")
        dataclasses.replace(codes, labels=np.arange(60) % 2, label_names=("a", "b")).save(run.path / "latents.npz")
        run.write("quality.json", quality_record({"normal": (0.25, 0.125), "fitted": (0.75, 0.5)}))
        coordinates = np.random.default_rng(0).normal(size=(60, 2)).astype(np.float32)
        kept = (15, 0.625, 0.25, 10, None)
        maps = MapRecord(np.arange(60), coordinates, 60, Z_DIM, 0, 30.0, 12.0, 3, 1.0, 0.5, *kept)
        save_maps(run.path / "maps.npz", [maps], "these")

    return give
