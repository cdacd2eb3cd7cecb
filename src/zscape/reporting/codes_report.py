"""The report of codes that come without a run: of a model that zscape did not train."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from zscape.analysis.study import analysis_json, analyze
from zscape.core.files import write_json
from zscape.latent.codes import Codes
from zscape.latent.priors.fit_mixture import fit_mixture
from zscape.latent.priors.fitted_normal import fit_normal
from zscape.latent.priors.mixture import Mixture
from zscape.latent.priors.shown import shown_points
from zscape.reporting.build import page_of, write_report
from zscape.reporting.decoding import Decoder, random_images, reconstruct
from zscape.reporting.pictures import draw_figures
from zscape.reporting.studied import Studied

_WITHHELD = "The images handed over and their reconstructions are left out of this page, as --public asks."


def build_codes_report(
    codes: Codes,
    out: Path,
    *,
    title: str,
    decode: Callable[..., Any] | None = None,
    images: Any = None,
    figures: Sequence[str] = ("png",),
    tables: Sequence[str] = (),
    public: bool | None = None,
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
        public: True leaves `images` and their reconstructions out of the page.

    Raises:
        InputError: when `decode` or `images` cannot be used, or for an unknown format.
    """
    analysis = analyze(codes)
    decoder = None if decode is None else Decoder(decode)
    random, mixture = ({}, None) if decoder is None else _random(decoder, codes)
    studied = Studied(
        name=title,
        codes=codes,
        analysis=analysis,
        figures=draw_figures(codes, analysis),
        images=random,
        reconstructions=None if decoder is None or images is None else reconstruct(decoder, codes, images),
        withheld=_WITHHELD if public and images is not None else None,
        mixture=mixture,
    )
    page = page_of([studied], title)
    path = write_report(page, [studied], out / "report.html", out, ("png", *figures), tables)
    write_json(out / "analysis.json", analysis_json(analysis))
    return path


def _random(decoder: Decoder, codes: Codes) -> tuple[dict[str, np.ndarray], Mixture]:
    """Return images of random points, and the mixture that some of them are of.

    What is fitted is fitted to the training images' codes where they are told apart, else to all.
    """
    if len(codes.of_split("train")) < 2:
        codes = replace(codes, splits=np.zeros_like(codes.splits))
    normal = fit_normal(codes.of_split("train"))
    mixture = fit_mixture(codes, normal=normal)
    return random_images(decoder, shown_points(normal, mixture, codes.z_dim, seed=1)), mixture
