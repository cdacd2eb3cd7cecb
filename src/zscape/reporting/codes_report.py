"""The report of codes that come without a run: of a model that zscape did not train."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from zscape.analysis.study import analysis_json, analyze
from zscape.core.files import write_json
from zscape.latent.codes import Codes
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
    studied = Studied(
        name=title,
        codes=codes,
        analysis=analysis,
        figures=draw_figures(codes, analysis),
        images={} if decoder is None else random_images(decoder, codes),
        reconstructions=None if decoder is None or images is None else reconstruct(decoder, codes, images),
        withheld=_WITHHELD if public and images is not None else None,
    )
    page = page_of([studied], title)
    path = write_report(page, [studied], out / "report.html", out, ("png", *figures), tables)
    write_json(out / "analysis.json", analysis_json(analysis))
    return path
