"""The pictures of a page: drawings by name, and grids of images of a size that the page can carry."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from zscape.analysis.projection import MapRecord
from zscape.analysis.quality import QualityRecord
from zscape.analysis.study import Analysis
from zscape.figures.contact_sheet import draw_classes
from zscape.figures.curves import draw_curves
from zscape.figures.grid import image_grid, stacks_grid
from zscape.figures.maps import draw_maps
from zscape.figures.quality import draw_generation, draw_reconstruction_quality
from zscape.figures.study import draw_study
from zscape.latent.codes import Codes

PAIR_COLUMNS = 10
RANDOM_COLUMNS = 12
"""Images beside each other on a page about one run."""

_COLUMN = 370  # pixels across, of one run's column on a page about several
_TILE = 64  # as figures.grid enlarges small images
_GAP = 3
_LEGEND = 80  # pixels beside a row of images, for its name

# Bytes before base64, which makes a third more of them: of all pictures, of drawings on a page about one run and per
# run on one about several (measured), of the contact sheet.
_PAGE, _DRAWINGS, _DRAWINGS_EACH, _SHEET = 3.5e6, 0.7e6, 0.26e6, 0.5e6
_PNG_SHARE = 0.5  # bytes of a PNG per value of an image; measured on photographs: 0.42 to 0.57
_PRIORS, _RADII = 3, 9  # rows of random images


@dataclass(frozen=True)
class Shown:
    """How many images a page shows, and how many beside each other.

    Attributes:
        pairs: originals above their reconstructions.
        pair_columns: of them beside each other.
        random: images per prior.
        random_columns: of them beside each other.
        per_radius: images per width of the cube.
    """

    pairs: int
    pair_columns: int
    random: int
    random_columns: int
    per_radius: int


def shown(image_shape: Sequence[int], runs: int) -> Shown:
    """Return how many images a page about so many runs shows, so that it stays below 5 MB.

    Args:
        image_shape: (height, width, channels).
        runs: on the page.
    """
    height, width, channels = image_shape
    left = _PAGE - _SHEET - (_DRAWINGS if runs == 1 else runs * _DRAWINGS_EACH)
    room = max(left, 0.0) / runs / (height * width * channels * _PNG_SHARE)
    # Of the images that there is room for: 60 of 3 priors, 20 pairs, 12 at 9 widths, all in the same proportion.
    share = min(1.0, room / (60 * _PRIORS + 2 * 20 + 12 * _RADII))
    across = max(1, round(_TILE / max(height, width))) * width + _GAP
    fits, beside_legend = (max(1, space // across) for space in (_COLUMN, _COLUMN - _LEGEND))
    if runs == 1:
        pairs, radius = max(4, int(20 * share)), max(4, int(12 * share))
        return Shown(pairs, min(PAIR_COLUMNS, pairs), max(6, int(60 * share)), RANDOM_COLUMNS, radius)
    whole = max(1, min(int(60 * share), 30) // fits) * fits  # full rows
    return Shown(min(2 * fits, max(4, int(20 * share))), fits, whole, fits, min(beside_legend, max(3, int(12 * share))))


def draw_figures(
    codes: Codes,
    analysis: Analysis,
    *,
    history: Sequence[Mapping[str, Any]] | None = None,
    quality: QualityRecord | None = None,
    maps: Sequence[MapRecord] = (),
) -> dict[str, Figure]:
    """Return all drawings of a run, or of codes, by name.

    Args:
        codes: the codes.
        analysis: their study.
        history: the records of history.jsonl.
        quality: what `zscape quality` measured.
        maps: maps of the codes by t-SNE.
    """
    figures = draw_study(codes, analysis)
    if history is not None:
        figures["curves"] = draw_curves(history)
    if quality is not None:
        figures["quality_reconstruction"] = draw_reconstruction_quality(quality.reconstruction)
        if quality.generation is not None:
            figures["quality_generation"] = draw_generation(quality.generation)
    if maps:
        figures["maps"] = draw_maps(maps, codes.labels, codes.label_names)
    return figures


def reconstructions(images: Mapping[str, np.ndarray], count: Shown) -> Image.Image:
    """Return what went in (with a task), originals and reconstructions below each other.

    Args:
        images: arrays of images.npz, uint8 (n, height, width, channels).
        count: how many.
    """
    rows = [images[name][: count.pairs] for name in ("inputs", "originals", "reconstructions") if name in images]
    return stacks_grid(rows, count.pair_columns)


def random_grid(images: np.ndarray, count: Shown) -> Image.Image:
    """Return images of one prior in rows and columns."""
    return image_grid(images[: count.random], count.random_columns)


def sheet_for_page(sheet: bytes) -> bytes:
    """Return a contact sheet as it is where it is small enough for a page, else at half its size, in steps.

    Args:
        sheet: a PNG.
    """
    while len(sheet) > _SHEET:
        with Image.open(io.BytesIO(sheet)) as opened:
            half = opened.convert("RGB").reduce(2)
        buffer = io.BytesIO()
        half.save(buffer, format="PNG")
        sheet = buffer.getvalue()
    return sheet


def rows_by_radius(images: Mapping[float, np.ndarray], count: Shown) -> Image.Image:
    """Return one row of images per width of the cube, its name to the left.

    Args:
        images: by r, uint8 (n, height, width, channels): images of points uniform in [-r, r].
        count: how many.
    """
    return draw_classes([(f"r = {r:g}", array[: count.per_radius]) for r, array in sorted(images.items())])
