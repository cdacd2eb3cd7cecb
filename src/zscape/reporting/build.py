"""One self-contained HTML page from a run directory."""

import base64
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import jinja2

from zscape.analysis.study import Analysis, analyze
from zscape.core.files import write_bytes, write_text
from zscape.core.records import to_plain
from zscape.figures.canvas import png
from zscape.latent.codes import Codes
from zscape.reporting.numbers import articles_table, metrics_table, number
from zscape.reporting.pictures import draw_run
from zscape.reporting.sentences import curves_sentence, reconstruction_sentence
from zscape.runs.directory import RunDirectory

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Picture:
    """A picture in the page: its data URI, what it shows (for those who cannot see it), a class for its size."""

    uri: str
    alt: str
    kind: str


_ALT = {
    "curves": ("Curves of loss, reconstruction and KL over the epochs", "figure"),
    "reconstructions": ("Original images, each above its reconstruction", "pixels"),
    "random_normal": ("Images decoded from random points of N(0, I)", "pixels"),
    "random_fitted": ("Images decoded from random points of the normal fitted to the codes", "pixels"),
    "scatter": ("The codes in the plane, coloured by label", "figure"),
    "radius": ("Histogram of the codes' radii against the law of N(0, I)", "figure"),
    "spectrum": ("Variance of the codes along their principal axes", "figure"),
    "kl": ("KL of each latent dimension", "figure"),
}


def build_report(run: RunDirectory) -> Path:
    """Draw a run's figures/*.png and write its report.html, which needs no other file and no network.

    Args:
        run: a studied run: recipe, provenance, history, metrics, latents and images are there.

    Raises:
        InputError: when one of these is missing or damaged.
    """
    codes = Codes.load(run.path / "latents.npz")
    analysis = analyze(codes)
    pictures = {}
    for name, drawn in draw_run(run, codes, analysis).items():
        data = png(drawn)
        write_bytes(run.path / "figures" / f"{name}.png", data)
        pictures[name] = Picture(f"data:image/png;base64,{base64.b64encode(data).decode()}", *_ALT[name])
    path = run.path / "report.html"
    write_text(path, render(_content(run, codes, analysis), pictures))
    return path


def render(content: dict[str, Any], pictures: dict[str, Picture]) -> str:
    """Return the page's HTML."""
    loader = jinja2.FileSystemLoader(_TEMPLATES)
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    environment.filters["number"] = number
    return environment.get_template("report.html.jinja").render(pictures=pictures, **content)


def _content(run: RunDirectory, codes: Codes, analysis: Analysis) -> dict[str, Any]:
    recipe, metrics, history = run.recipe, run.read("metrics.json"), run.history()
    shown = metrics.get("test") or metrics.get("validation") or metrics["train"]
    variational = recipe.model.kind == "vae"
    return {
        "title": run.path.resolve().name,
        "kind": "variational autoencoder" if variational else "autoencoder",
        "variational": variational,
        "recipe": recipe,
        "recipe_text": recipe.to_yaml(),
        "shown": shown,
        "curves": curves_sentence(history),
        "reconstruction": reconstruction_sentence(shown),
        "verdict": dict(zip(("radius", "mismatch", "units", "spectrum"), analysis.verdict, strict=True)),
        "count": len(codes),
        "z_dim": codes.z_dim,
        "metrics_table": metrics_table(metrics, codes.z_dim, variational),
        "articles_table": articles_table(metrics),
        "weight": to_plain(recipe.objective.weight_forms(recipe.image_shape, codes.z_dim)) if variational else None,
        "images_per_second": metrics["images_per_second"],
        "epochs": metrics["epochs"],
        "provenance": run.read("provenance.json"),
        "version": metadata.version("zscape"),
    }
