"""`zscape walk`: images along a path through z-space."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from zscape.analysis.path_quality import (
    PathQuality,
    Ruler,
    Scale,
    make_ruler,
    make_scale,
    path_quality,
    quality_sentence,
)
from zscape.core.errors import InputError
from zscape.core.files import write_bytes
from zscape.core.names import unknown_name
from zscape.figures.canvas import png
from zscape.figures.film import FORMATS, ffmpeg_program, gif, mp4
from zscape.figures.strips import MOST_CURVES, Curve, Page, Strip, draw_strips
from zscape.latent.attributes import mean_of
from zscape.latent.codes import Codes
from zscape.latent.moments import mean_and_covariance
from zscape.latent.paths import (
    LatentPath,
    axis_paths,
    block_paths,
    great_circle,
    path_through,
    probability_grid,
    spaced_factors,
    straight_line,
)
from zscape.workflow.model import open_trained
from zscape.workflow.pictures import to_bytes
from zscape.workflow.run_codes import codes_of_run, round_trip_of, unseen
from zscape.workflow.stops import centre_stops, image_stops

KINDS = ("images", "centres", "axes", "blocks", "grid")
"""Where a walk can go."""

LINES = ("straight", "circle")
"""How it goes from one point to the next."""

_STEPS = {"images": 12, "centres": 12, "axes": 7, "blocks": 7, "grid": 15}
_FILM_STEPS = 30
_MOST_ROWS = 6
_MOST_STEPS = 200


@dataclass(frozen=True)
class WalkedPath:
    """One path of a walk.

    Attributes:
        name: where it goes.
        labels: a text per point.
        quality: how each point fares.
    """

    name: str
    labels: tuple[str, ...]
    quality: PathQuality


@dataclass(frozen=True)
class Walk:
    """A walk that was written.

    Attributes:
        out: the file.
        kind: one of `KINDS`.
        line: one of `LINES`; None where there is nothing to choose.
        seed: fixes what was drawn.
        paths: its paths; the rows of a picture from the top.
        scale: what real images' codes measure.
        sentence: what the numbers say.
    """

    out: str
    kind: str
    line: str | None
    seed: int
    paths: tuple[WalkedPath, ...]
    scale: Scale
    sentence: str


def walk(
    directory: Path | str,
    out: Path | str,
    *,
    kind: str = "images",
    stops: Sequence[str | int] = (),
    line: str = "straight",
    steps: int | None = None,
    rows: int | None = None,
    seed: int = 1,
) -> Walk:
    """Write the images along a path through z-space, and say how far the path stays where images come from.

    Args:
        directory: a run directory.
        out: a .png (rows of images with the quality along the path), or a .gif or .mp4 (there and back).
        kind: "images" (between images that nothing was trained on), "centres" (between the mean codes of labels or
            attributes), "axes" (along principal axes through the mean, -3 to 3 standard deviations), "blocks" (around
            one image's code, a block of coordinates at a time), or "grid" (the plane of a run with z_dim 2, its cells
            equally probable under N(0, I) for a VAE, under the normal fitted to the codes for an AE).
        stops: images: numbers of images, or labels or attributes for a random image with it; centres: labels or
            attributes; blocks: one image. Two or more are met one after the other; what is missing is drawn.
        line: images and centres: "straight", or "circle": by equal angles around the codes' mean, at a distance to it
            that goes evenly from the one to the other.
        steps: points from one stop to the next, both included; on an axis; on a side of the grid. None: 12 (7 for axes
            and blocks, 15 for the grid), in a film 30.
        rows: number of axes or blocks; None: up to 6.
        seed: fixes what is drawn.

    Raises:
        InputError: for a run, name, number or file name that cannot be used.
    """
    out = _checked(out, kind, line, steps, rows, stops)
    run, model = open_trained(directory)
    codes = codes_of_run(run, model)
    train = codes.of_split("train")
    train = train if len(train) > 1 else codes
    ruler = make_ruler(train, seed)
    film = out.suffix.lower() in FORMATS
    count = steps or (_FILM_STEPS if film and kind != "grid" else _STEPS[kind])
    names = [str(stop) for stop in stops]
    paths = _paths(kind, codes, train, model, names, _Choice(line, count, rows, seed))
    way = round_trip_of(model, run.recipe.task)
    scale = make_scale(unseen(codes), ruler, way, seed)
    images, qualities = _decoded(paths, way, ruler, scale)
    sentence = quality_sentence(qualities, scale, [path.name for path in paths], kind in ("axes", "blocks", "grid"))
    if film:
        write_bytes(out, _film(out, images, paths, kind))
    else:
        write_bytes(out, png(_picture(paths, images, qualities, scale, sentence, kind)))
    walked = tuple(
        WalkedPath(" ".join(path.name.split()), path.labels, quality)
        for path, quality in zip(paths, qualities, strict=True)
    )
    return Walk(str(out), kind, line if kind in ("images", "centres") else None, seed, walked, scale, sentence)


@dataclass(frozen=True)
class _Choice:
    line: str
    steps: int
    rows: int | None
    seed: int


def _checked(
    out: Path | str, kind: str, line: str, steps: int | None, rows: int | None, stops: Sequence[str | int]
) -> Path:
    """Return the file to write if what is asked for makes sense: known before Keras starts."""
    out = Path(out)
    if out.suffix.lower() not in (".png", *FORMATS):
        raise InputError(f"--out must be a .png, .gif or .mp4 file; received {out}.")
    for what, name, known in (("kind of walk", kind, KINDS), ("line", line, LINES)):
        if name not in known:
            raise InputError(unknown_name(what, name, known))
    if steps is not None and not 2 <= steps <= _MOST_STEPS:
        raise InputError(f"--steps must be from 2 to {_MOST_STEPS}, received {steps}.")
    if rows is not None and kind not in ("axes", "blocks"):
        raise InputError(f"--rows goes with --kind axes and --kind blocks; received --kind {kind}.")
    if stops and kind in ("axes", "grid"):
        raise InputError(f"--kind {kind} goes through the whole cloud: leave --from, --via and --to out.")
    if len(stops) > 1 and kind == "blocks":
        raise InputError(f"--kind blocks changes the code of one image, named by --from; received {len(stops)}.")
    if out.suffix.lower() == ".mp4":
        ffmpeg_program()
    return out


def _paths(
    kind: str, codes: Codes, train: Codes, model: Any, names: Sequence[str], choice: _Choice
) -> list[LatentPath]:
    rows = choice.rows if choice.rows is not None else min(_MOST_ROWS, codes.z_dim)
    if kind == "grid":
        if codes.z_dim != 2:
            raise InputError(f"--kind grid shows a plane, but this run has z_dim {codes.z_dim}: take --kind axes.")
        return probability_grid(choice.steps, *(() if model.sampling is not None else mean_and_covariance(train.mu)))
    if kind == "axes":
        return axis_paths(*mean_and_covariance(train.mu), rows, spaced_factors(choice.steps))
    if kind == "blocks":
        points, called = image_stops(codes, unseen(codes), names, 1, choice.seed)
        sd = np.sqrt(np.diag(mean_and_covariance(train.mu)[1]))
        paths = block_paths(points[0], sd, rows, spaced_factors(choice.steps))
        return [LatentPath(path.points, f"{called[0]}\n{path.name}", path.labels) for path in paths]
    if kind == "centres":
        points, called = centre_stops(train, names)
    else:
        points, called = image_stops(codes, unseen(codes), names, 2, choice.seed)
    line = straight_line if choice.line == "straight" else partial(great_circle, centre=mean_of(train.mu))
    return path_through(points, called, choice.steps, line)


def _decoded(
    paths: Sequence[LatentPath], way: Callable[..., Any], ruler: Ruler, scale: Scale
) -> tuple[list[np.ndarray], list[PathQuality]]:
    # Once through the networks for all paths.
    seen = way(np.concatenate([path.points for path in paths]))
    images, qualities, start = [], [], 0
    for path in paths:
        part = slice(start, start + len(path))
        images.append(to_bytes(seen[0][part]))
        qualities.append(path_quality(path.points, tuple(array[part] for array in seen), ruler, scale))  # pyright: ignore[reportArgumentType]
        start += len(path)
    return images, qualities


def _film(out: Path, images: Sequence[np.ndarray], paths: Sequence[LatentPath], kind: str) -> bytes:
    write = gif if out.suffix.lower() == ".gif" else mp4
    if kind in ("axes", "blocks"):  # all rows at once, beside each other
        return write(np.concatenate(images, axis=2))
    if kind == "grid":  # row by row, every other one backwards, so that no step is a jump
        return write(np.concatenate([row[::-1] if i % 2 else row for i, row in enumerate(images)]))
    pieces = [row if i == 0 else row[1:] for i, row in enumerate(images)]
    stops = np.cumsum([len(piece) for piece in pieces]) - 1
    return write(np.concatenate(pieces), held=stops.tolist())


def _picture(
    paths: Sequence[LatentPath],
    images: Sequence[np.ndarray],
    qualities: Sequence[PathQuality],
    scale: Scale,
    sentence: str,
    kind: str,
) -> Any:
    strips = [
        Strip(_broken(path.name), row, marked=quality.outside)
        for path, row, quality in zip(paths, images, qualities, strict=True)
    ]
    drawn = kind in ("images", "centres") and len(paths) <= MOST_CURVES
    curves = (
        Curve("round trip, in\nneighbour distances", tuple(q.round_trip for q in qualities), scale.round_trip),
        Curve("PSNR of its own\nreconstruction, dB", tuple(q.psnr for q in qualities), scale.psnr),
        Curve("distance from\nthe codes' centre", tuple(q.distance for q in qualities), scale.distance),
    )
    legend = "Red below an image: at least two of three measures are worse than for 95 % of real images."
    if drawn:
        legend = f"Grey: 90 % of {scale.images} real images, white line: the middle one. {legend}"
    if kind == "grid":
        across = "axis 1, in standard deviations" if paths[0].name.startswith("axis") else "z 0"
        legend = f"Columns: {across}; every image stands for the same probability. {legend}"
    page = Page(paths[0].labels, curves if drawn else (), f"{sentence}\n{legend}")
    return draw_strips(strips, page)


def _broken(name: str) -> str:
    return name.replace(" → ", "\n→ ")
