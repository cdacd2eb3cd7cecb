"""Arithmetic with images: a - b + c of their codes, decoded."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zscape.analysis.path_quality import PathQuality, make_ruler, make_scale, path_quality, quality_sentence
from zscape.core.errors import InputError
from zscape.figures.strips import Page, Strip, draw_strips
from zscape.latent.attributes import arithmetic as of_codes
from zscape.workflow.model import open_trained
from zscape.workflow.pictures import checked_png, to_bytes, write_png
from zscape.workflow.run_codes import codes_of_run, round_trip_of, unseen
from zscape.workflow.stops import centre_stops, image_stops


@dataclass(frozen=True)
class Sum:
    """A picture of a - b + c.

    Attributes:
        out: the picture.
        names: what a, b and c are.
        quality: how the codes of a, b, c and the result fare.
        sentence: whether the result is where codes are.
    """

    out: str
    names: tuple[str, ...]
    quality: PathQuality
    sentence: str


def arithmetic(
    directory: Path | str, out: Path | str, terms: Sequence[str | int], *, centres: bool = False, seed: int = 1
) -> Sum:
    """Write the images of three codes and of the first minus the second plus the third.

    Args:
        directory: a run directory.
        out: the .png to write.
        terms: three images (numbers, or labels or attributes for a random image with it); with `centres` three labels
            or attributes, whose mean codes are taken.
        centres: whether mean codes are meant.
        seed: fixes which images are drawn.

    Raises:
        InputError: for a run, name or file name that cannot be used, and for other than three terms.
    """
    out = checked_png(out, 1)
    if isinstance(terms, str) or len(terms) != 3:
        raise InputError(f"a - b + c takes three terms, received {terms!r}.")
    run, model = open_trained(directory)
    codes = codes_of_run(run, model)
    train = codes.of_split("train")
    train = train if len(train) > 1 else codes
    texts = [str(term) for term in terms]
    points, names = centre_stops(train, texts) if centres else image_stops(codes, unseen(codes), texts, 3, seed)
    z = np.concatenate([points, of_codes(*points)[None]])
    way, ruler = round_trip_of(model, run.recipe.task), make_ruler(train, seed)
    seen, scale = way(z), make_scale(unseen(codes), ruler, way, seed)
    quality = path_quality(z, seen, ruler, scale)
    last = PathQuality(quality.round_trip[-1:], quality.psnr[-1:], quality.distance[-1:], quality.outside[-1:])
    sentence = quality_sentence([last], scale)
    captions = [name.removeprefix("image ").removeprefix("label is ") for name in names]
    strip = Strip("", to_bytes(seen[0]), (*captions, ""), quality.outside)
    write_png(out, draw_strips([strip], Page(("a", "− b", "+ c", "="), note=f"a - b + c. {sentence}")))
    return Sum(str(out), tuple(names), quality, sentence)
