"""The report of codes that come without a run: of a model that zscape did not train."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from PIL import Image

from zscape.analysis.study import Analysis, analysis_json, analyze
from zscape.core.files import write_json, write_text
from zscape.figures.grid import image_grid, pairs_grid
from zscape.figures.study import draw_study
from zscape.latent.codes import Codes
from zscape.reporting.build import write_pictures
from zscape.reporting.codes_numbers import codes_tables, study_table
from zscape.reporting.decoding import PAIRS, Decoder, Reconstructions, random_images, reconstruct
from zscape.reporting.numbers import EXACT, counted, number
from zscape.reporting.page import codes_content, render
from zscape.reporting.pictures import PAIR_COLUMNS, RANDOM_COLUMNS
from zscape.reporting.tables import write_all


def build_codes_report(
    codes: Codes,
    out: Path,
    *,
    title: str,
    decode: Callable[..., Any] | None = None,
    images: Any = None,
    figures: Sequence[str] = ("png",),
    tables: Sequence[str] = (),
) -> Path:
    """Study codes and write report.html, analysis.json, figures/ and on demand tables/; nothing before all is drawn.

    Args:
        codes: the codes.
        out: the directory.
        title: heading of the page.
        decode: from z-points to images (`reporting.decoding.Decoder`); without it the page has no images.
        images: those that the first codes belong to, shown above their reconstructions; needs `decode`.
        figures: "svg", "pdf": written beside the PNGs, which there always are.
        tables: "csv", "tex": the numbers as tables/*.csv and *.tex.

    Raises:
        InputError: when `decode` or `images` cannot be used, or for an unknown format.
    """
    analysis = analyze(codes)
    pictures: dict[str, Figure | Image.Image] = {}
    reconstructions = None
    if decode is not None:
        decoder = Decoder(decode)
        if images is not None:
            reconstructions = reconstruct(decoder, codes, images)
            pictures["reconstructions"] = pairs_grid(reconstructions.originals, reconstructions.images, PAIR_COLUMNS)
        grids = random_images(decoder, codes).items()
        pictures |= {name: image_grid(decoded, RANDOM_COLUMNS) for name, decoded in grids}
    pictures |= draw_study(codes, analysis)
    content = {
        **codes_content(codes, analysis),
        **_content(codes, analysis, reconstructions),
        "title": title,
        "handed_over": _handed_over(codes, decode, reconstructions),
    }
    pngs = write_pictures(pictures, out / "figures", figures)
    write_json(out / "analysis.json", analysis_json(analysis))
    if tables:
        psnr = _psnr(reconstructions)
        final = {"final_numbers": study_table(analysis, psnr, grouped=False)}
        write_all({**final, **codes_tables(codes, analysis, grouped=False)}, out / "tables", tables)
    path = out / "report.html"
    write_text(path, render("codes.html.jinja", content, pngs))
    return path


def reconstructions_sentence(reconstructions: Reconstructions) -> str:
    """Say how near the reconstructions are, and how many there are."""
    count, psnr = reconstructions.count, reconstructions.psnr
    shown = f"; the first {PAIRS} are shown" if count > PAIRS else ""
    come = "the image handed over comes" if count == 1 else f"the {number(count)} images handed over come"
    if reconstructions.exact:
        return f"Decoded at mu, {come} back exactly, to 8 bits{shown}."
    if not math.isfinite(psnr):  # some are exact, others not
        return f"Decoded at mu, some of the {number(count)} images handed over come back exactly, others do not{shown}."
    mean = "" if count == 1 else " (mean over the images)"
    return f"Decoded at mu, {come} back at a PSNR of {psnr:.2f} dB{mean}{shown}."


def _content(codes: Codes, analysis: Analysis, reconstructions: Reconstructions | None) -> dict[str, Any]:
    psnr = _psnr(reconstructions)
    return {
        "variational": codes.log_var is not None,
        "trained_here": False,
        "posterior": analysis.posterior,
        "active_units": analysis.active_units,
        "mismatch": analysis.mismatch.total,
        "radius": analysis.radius.mean,
        "chi_mean": analysis.radius.chi_mean,
        "reconstructed": _tile(reconstructions),
        "reconstruction": None if reconstructions is None else reconstructions_sentence(reconstructions),
        "study_table": study_table(analysis, psnr),
    }


def _psnr(reconstructions: Reconstructions | None) -> float | None:
    """Return the PSNR where it says something: there are images, and they do not come back exactly."""
    if reconstructions is None or reconstructions.exact or not math.isfinite(reconstructions.psnr):
        return None
    return reconstructions.psnr


def _tile(reconstructions: Reconstructions | None) -> dict[str, str] | None:
    if reconstructions is not None and reconstructions.exact:
        return {"value": EXACT, "name": "reconstructions, to 8 bits"}
    psnr = _psnr(reconstructions)
    return None if psnr is None else {"value": f"{psnr:.2f}", "name": "PSNR, dB"}


def _handed_over(
    codes: Codes, decode: Callable[..., Any] | None, reconstructions: Reconstructions | None
) -> list[tuple[str, str]]:
    classes = "no" if codes.labels is None else counted(len(set(codes.labels.tolist())), "class", "classes")
    size = "×".join(map(str, reconstructions.originals.shape[1:])) if reconstructions else ""
    return [
        ("z-points", f"{len(codes):,} in {counted(codes.z_dim, 'dimension')}"),
        ("log_var", "no" if codes.log_var is None else "yes"),
        ("labels", classes),
        ("decode", "no" if decode is None else "yes"),
        ("images", f"{reconstructions.count:,} of {size}" if reconstructions else "no"),
    ]
