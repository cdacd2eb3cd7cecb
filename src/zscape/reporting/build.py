"""The report of a run: its figures, its tables, its page."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from PIL import Image

from zscape.analysis.study import Analysis, analyze
from zscape.core.files import write_bytes, write_text
from zscape.figures.canvas import png
from zscape.figures.files import write_vectors
from zscape.latent.codes import Codes
from zscape.reporting.codes_numbers import codes_tables
from zscape.reporting.data_section import data_content, read_data
from zscape.reporting.numbers import Table, articles_table, metrics_table
from zscape.reporting.page import codes_content, render
from zscape.reporting.pictures import draw_run
from zscape.reporting.sentences import curves_sentence, reconstruction_sentence, task_sentence
from zscape.reporting.tables import write_all
from zscape.reporting.weight import forms_sentence, weight_sentences
from zscape.runs.directory import RunDirectory


def build_report(
    run: RunDirectory, *, title: str | None = None, figures: Sequence[str] = ("png",), tables: Sequence[str] = ()
) -> Path:
    """Draw a run's figures and write its report.html, which needs no other file and no network.

    Args:
        run: a studied run: recipe, provenance, history, metrics, latents and images are there.
        title: heading of the page; None for the directory's name.
        figures: "svg", "pdf": written beside the PNGs, which there always are.
        tables: "csv", "tex": the numbers as tables/*.csv and *.tex.

    Raises:
        InputError: when one of these is missing or damaged, or for an unknown format.
    """
    codes = Codes.load(run.path / "latents.npz")
    analysis, data = analyze(codes), read_data(run)
    if data is not None and run.recipe.task.has_target:
        data = {**data, "linear_baseline": None}  # it codes clean images, which these networks never see
    content = _content(run, codes, analysis, data, title)
    pngs = write_pictures(draw_run(run, codes, analysis), run.path / "figures", figures)
    sheet = run.path / "figures" / "contact_sheet.png"
    if data is not None and sheet.is_file():
        pngs["contact_sheet"] = sheet.read_bytes()
    if tables:
        write_all(_tables(run, codes, analysis, data), run.path / "tables", tables)
    path = run.path / "report.html"
    write_text(path, render("report.html.jinja", content, pngs))
    return path


def write_pictures(
    pictures: Mapping[str, Figure | Image.Image], folder: Path, formats: Sequence[str] = ("png",)
) -> dict[str, bytes]:
    """Write pictures as PNG, figures on demand as SVG and PDF too, and return the PNGs by name.

    Args:
        pictures: figures and pictures of pixels by name.
        folder: where to write.
        formats: some of `figures.files.FORMATS`.
    """
    pngs = {name: png(picture) for name, picture in pictures.items()}
    for name, data in pngs.items():
        write_bytes(folder / f"{name}.png", data)
    write_vectors(pictures, folder, formats)
    return pngs


def _content(
    run: RunDirectory, codes: Codes, analysis: Analysis, data: dict[str, Any] | None, title: str | None
) -> dict[str, Any]:
    recipe, metrics, history = run.recipe, run.read("metrics.json"), run.history()
    shown = metrics.get("test") or metrics.get("validation") or metrics["train"]
    variational = recipe.model.kind == "vae"
    return {
        **codes_content(codes, analysis),
        "title": title or run.path.resolve().name,
        "kind": "variational autoencoder" if variational else "autoencoder",
        "variational": variational,
        "trained_here": True,
        "task": task_sentence(recipe.task),
        "recipe": recipe,
        "recipe_text": recipe.to_yaml(),
        "data": None if data is None else data_content(data, metrics, variational),
        "shown": shown,
        "curves": curves_sentence(history),
        "reconstruction": reconstruction_sentence(shown),
        "metrics_table": metrics_table(metrics, codes.z_dim, variational, _baseline(data)),
        "articles_table": articles_table(metrics),
        "weight": forms_sentence(recipe.objective, recipe.image_shape, codes.z_dim, shown.get("sigma"))
        if variational
        else None,
        "judged": " ".join(weight_sentences(shown, codes.z_dim, variational)),
        "images_per_second": metrics["images_per_second"],
        "epochs": metrics["epochs"],
        "provenance": run.read("provenance.json"),
    }


def _tables(run: RunDirectory, codes: Codes, analysis: Analysis, data: dict[str, Any] | None) -> dict[str, Table]:
    metrics, variational = run.read("metrics.json"), run.recipe.model.kind == "vae"
    return {
        "final_numbers": metrics_table(metrics, codes.z_dim, variational, _baseline(data), grouped=False),
        "final_numbers_articles": articles_table(metrics, grouped=False),
        **codes_tables(codes, analysis, grouped=False),
    }


def _baseline(data: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if data is None else data.get("linear_baseline")
