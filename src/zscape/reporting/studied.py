"""A run, or codes of any model, with all that a page says of them, read once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from zscape.analysis.generation import GenerationScores
from zscape.analysis.projection import MapRecord
from zscape.analysis.quality import GenerationRecord, QualityRecord, quality_from_plain
from zscape.analysis.saved_maps import load_maps
from zscape.analysis.saved_study import analysis_from_json
from zscape.analysis.study import Analysis, analyze
from zscape.latent.codes import Codes
from zscape.latent.priors.mixture import Mixture
from zscape.reporting.data_section import read_data
from zscape.reporting.decoding import Reconstructions
from zscape.reporting.pictures import draw_figures
from zscape.reporting.restricted import ORIGINALS, withheld_reason
from zscape.runs.directory import RunDirectory
from zscape.specs.recipe import Recipe


@dataclass(frozen=True, eq=False)
class Trained:
    """What only a run that zscape trained has.

    Attributes:
        recipe: its complete recipe.
        metrics: metrics.json.
        history: the records of history.jsonl.
        provenance: provenance.json.
        data: data.json; None in a run of an older version.
        contact_sheet: the picture of some of its images as PNG; None where there is none to be shown.
        quality: what `zscape quality` measured (quality.json); None where it did not.
    """

    recipe: Recipe
    metrics: Mapping[str, Any]
    history: list[dict[str, Any]]
    provenance: Mapping[str, Any]
    data: dict[str, Any] | None
    contact_sheet: bytes | None
    quality: QualityRecord | None

    @property
    def shown(self) -> Mapping[str, Any]:
        """The numbers of the split that a page speaks of: images that nothing was trained on, where there are any."""
        return self.metrics.get("test") or self.metrics.get("validation") or self.metrics["train"]

    @property
    def baseline(self) -> dict[str, Any] | None:
        """The best linear code's numbers; None where there are none, or where a task makes them another matter."""
        return None if self.data is None else self.data.get("linear_baseline")

    @property
    def generation(self) -> GenerationRecord | None:
        """How random images were measured; None where they were not."""
        return None if self.quality is None else self.quality.generation


@dataclass(frozen=True, eq=False)
class Studied:
    """A run, or codes of any model, as the sections of a page take them.

    Attributes:
        name: short, unlike those of the others on the page.
        codes: where the images lie.
        analysis: what is known of the codes.
        figures: drawings of the codes and of the training, by name.
        images: uint8 (n, height, width, channels) by name, as in images.npz; without originals where these are
            withheld.
        trained: what only a run has; None for codes of another model.
        reconstructions: of images handed over with codes; None for a run.
        withheld: the sentence that says why originals are not shown; None where they are.
        maps: maps of the codes by t-SNE.
        mixture: the mixture of normals fitted to the codes; None in a run of an older version.
    """

    name: str
    codes: Codes
    analysis: Analysis
    figures: Mapping[str, Figure]
    images: Mapping[str, np.ndarray] = field(default_factory=dict)
    trained: Trained | None = None
    reconstructions: Reconstructions | None = None
    withheld: str | None = None
    maps: tuple[MapRecord, ...] = ()
    mixture: Mixture | None = None

    @property
    def variational(self) -> bool:
        """Whether the codes have a log_var."""
        return self.codes.log_var is not None

    @property
    def scores(self) -> Mapping[str, GenerationScores]:
        """What was measured of random images, by prior; empty where nothing was."""
        generation = self.trained.generation if self.trained else None
        return {} if generation is None else generation.priors

    @property
    def kind(self) -> str:
        """The kind of model in words."""
        return "variational autoencoder" if self.variational else "autoencoder"

    def sentence(self, name: str) -> str | None:
        """Return what the study says of a figure of it; None where it says nothing."""
        verdict = self.analysis.verdict
        by_name: dict[str, str] = {"random_normal": verdict[1], "kl": verdict[2], **self.analysis.sentences}
        return by_name.get(name)

    def left_out(self, *names: str) -> str | None:
        """Return why the first of these analyses that could not be made is missing; None where all were made."""
        return next((self.analysis.left_out[name] for name in names if name in self.analysis.left_out), None)


def read_studied(run: RunDirectory, name: str, public: bool | None = None) -> Studied:
    """Read a studied run and draw its figures; where its analysis.json is not of its codes, analyse them.

    Args:
        run: recipe, provenance, history, metrics, latents and images are there.
        name: its short name.
        public: whether original images are withheld; None: where their source is marked as restricted.

    Raises:
        InputError: when one of these files is missing or damaged.
    """
    codes = Codes.load(run.path / "latents.npz")
    withheld = withheld_reason(run, public)
    history, data = run.history(), read_data(run)
    if data is not None and run.recipe.task.has_target:
        data = {**data, "linear_baseline": None}  # it codes clean images, which these networks never see
    trained = Trained(
        recipe=run.recipe,
        metrics=run.read("metrics.json"),
        history=history,
        provenance=run.read("provenance.json"),
        data=data,
        contact_sheet=None if data is None or withheld else _bytes(run.path / "figures" / "contact_sheet.png"),
        quality=_quality(run),
    )
    images = run.images()
    analysis = _analysis(run, codes)
    maps = _maps(run.path / "maps.npz", len(codes))
    drawn = {"history": history, "quality": trained.quality, "maps": maps}
    return Studied(
        name=name,
        codes=codes,
        analysis=analysis,
        figures=draw_figures(codes, analysis, **drawn),
        images={key: array for key, array in images.items() if not (withheld and key in ORIGINALS)},
        trained=trained,
        withheld=withheld,
        maps=maps,
        mixture=_mixture(run.path / "priors" / "mixture.npz"),
    )


def _analysis(run: RunDirectory, codes: Codes) -> Analysis:
    saved = analysis_from_json(run.read("analysis.json"), codes) if (run.path / "analysis.json").is_file() else None
    return analyze(codes) if saved is None else saved


def _quality(run: RunDirectory) -> QualityRecord | None:
    path = run.path / "quality.json"
    return quality_from_plain(run.read("quality.json"), str(path)) if path.is_file() else None


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _mixture(path: Path) -> Mixture | None:
    return Mixture.load(path) if path.is_file() else None


def _maps(path: Path, count: int) -> tuple[MapRecord, ...]:
    if not path.is_file():
        return ()
    records, _ = load_maps(path)
    return records if records[0].count == count else ()  # of other codes, before the run was trained further
