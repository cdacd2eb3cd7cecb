"""Records and pictures as one self-contained HTML page."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import jinja2

from zscape.analysis.study import Analysis
from zscape.latent.codes import Codes
from zscape.reporting.codes_numbers import dimensions_table
from zscape.reporting.numbers import counted, number

_TEMPLATES = Path(__file__).parent / "templates"

_ALT = {
    "contact_sheet": ("Some of the images", "figure"),
    "curves": ("Curves of loss, reconstruction and KL over the epochs", "figure"),
    "reconstructions": ("Original images above their reconstructions, with a task below what goes in", "pixels"),
    "random_normal": ("Images decoded from random points of N(0, I)", "pixels"),
    "random_fitted": ("Images decoded from random points of the normal fitted to the codes", "pixels"),
    "scatter": ("The codes in the plane, coloured by label", "figure"),
    "radius": ("Histogram of the codes' radii against the law of N(0, I)", "figure"),
    "spectrum": ("Variance of the codes along their principal axes", "figure"),
    "kl": ("KL of each latent dimension", "figure"),
}


@dataclass(frozen=True)
class Picture:
    """A picture in the page: its data URI, what it shows (for those who cannot see it), a class for its size."""

    uri: str
    alt: str
    kind: str


def render(template: str, content: Mapping[str, Any], pngs: Mapping[str, bytes]) -> str:
    """Return a page's HTML.

    Args:
        template: `report.html.jinja` (a run) or `codes.html.jinja` (codes of any model).
        content: what the template asks for by name; a missing name is an error.
        pngs: the pictures by name, as PNG.
    """
    loader = jinja2.FileSystemLoader(_TEMPLATES)
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    environment.filters["number"] = number
    environment.filters["counted"] = counted
    pictures = {
        name: Picture(f"data:image/png;base64,{base64.b64encode(data).decode()}", *_ALT[name])
        for name, data in pngs.items()
    }
    version = metadata.version("zscape")
    return environment.get_template(template).render(pictures=pictures, version=version, **content)


def codes_content(codes: Codes, analysis: Analysis) -> dict[str, Any]:
    """Return what the sections about codes, which all pages share, ask for."""
    return {
        "verdict": dict(zip(("radius", "mismatch", "units", "spectrum"), analysis.verdict, strict=True)),
        "count": len(codes),
        "z_dim": codes.z_dim,
        "dimensions_table": dimensions_table(codes, analysis),
    }
