"""`zscape edit`: images moved along the direction of an attribute."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zscape.analysis.attributes import cosines, strength_sentence
from zscape.analysis.path_quality import make_ruler, make_scale, path_quality
from zscape.core.errors import InputError
from zscape.core.seeds import generator
from zscape.data.store import Split
from zscape.figures.strips import Page, Strip, draw_strips
from zscape.latent.attributes import Direction, direction, feature, orthogonal_to, separation, shifted
from zscape.latent.codes import Codes
from zscape.latent.priors.base import number_text
from zscape.latent.probe import Probe, probe
from zscape.reporting.numbers import counted
from zscape.specs.base import SPLITS
from zscape.workflow.data import store_of_run
from zscape.workflow.model import open_trained
from zscape.workflow.pictures import checked_png, to_bytes, write_png
from zscape.workflow.run_codes import codes_of_run, round_trip_of, unseen

FACTORS = (-4.0, -2.0, -1.0, 0.0, 1.0, 2.0, 4.0)
"""How far images are moved when nothing else is asked for, in lengths of the direction."""

_MOST_FACTORS = 30


@dataclass(frozen=True)
class Edit:
    """Images that were moved along a direction.

    Attributes:
        out: the picture.
        attribute: the attribute's name.
        orthogonal_to: the attributes whose directions were taken out of its own.
        cosines: cosine between its own direction and each of theirs.
        factors: how far images were moved, in lengths of the direction.
        ids: numbers of the images, the rows of the picture.
        has_it: whether each of them has the attribute.
        count_with: training images with the attribute.
        count_without: training images without.
        length: the length of the direction that was used, in units of z.
        d_prime: distance of the two groups along it, in pooled standard deviations; None where they do not vary.
        probe: how well the codes tell the attribute.
        outside: for each factor how many of the images leave the codes (`analysis.path_quality`).
        sentence: what the numbers say.
    """

    out: str
    attribute: str
    orthogonal_to: tuple[str, ...]
    cosines: tuple[float, ...]
    factors: tuple[float, ...]
    ids: tuple[int, ...]
    has_it: tuple[bool, ...]
    count_with: int
    count_without: int
    length: float
    d_prime: float | None
    probe: Probe
    outside: tuple[int, ...]
    sentence: str


def edit(
    directory: Path | str,
    out: Path | str,
    *,
    attribute: str,
    factors: Sequence[float] = FACTORS,
    orthogonal_to: Sequence[str] = (),
    n: int = 6,
    seed: int = 1,
) -> Edit:
    """Write images whose codes were moved along an attribute's direction, and say how clearly codes show it.

    The direction is the mean code of the training images with the attribute minus that of those without.

    Args:
        directory: a run directory, its images with labels or attributes.
        out: the .png to write: a row per image, the original first, then a column per factor.
        attribute: an attribute's name, or a label's.
        factors: how far to go, in lengths of the direction.
        orthogonal_to: attributes or labels that are not to change along: the parts of the direction along theirs are
            taken out.
        n: number of images, drawn from those that nothing was trained on, half of them without the attribute.
        seed: fixes the draw.

    Raises:
        InputError: for a run, attribute, number or file name that cannot be used.
    """
    out = checked_png(out, n)
    distances = _checked_factors(factors)
    run, model = open_trained(directory)
    codes = codes_of_run(run, model)
    train = codes.of_split("train")
    train = train if len(train) > 1 else codes
    own, others = direction(train, attribute), [direction(train, name) for name in orthogonal_to]
    used, strength = _without(own, others, train), probe(codes, attribute, seed)
    chosen = _chosen(unseen(codes), own.name, n, seed)
    has_it = feature(chosen, own.name)
    points = shifted(chosen.mu, used.vector, distances)
    way = round_trip_of(model, run.recipe.task)
    seen = way(points.reshape(-1, codes.z_dim))
    ruler = make_ruler(train, seed)
    quality = path_quality(points.reshape(-1, codes.z_dim), seen, ruler, make_scale(unseen(codes), ruler, way, seed))
    outside = np.reshape(quality.outside, (len(chosen), len(distances)))
    sentence = _sentence(used, others, strength, outside, distances)
    images = to_bytes(seen[0]).reshape(len(chosen), len(distances), *model.image_shape)
    picture = _picture(_originals(store_of_run(run), chosen), images, chosen, has_it, outside, distances, sentence)
    return Edit(
        out=str(write_png(out, picture)),
        attribute=own.name,
        orthogonal_to=tuple(one.name for one in others),
        cosines=cosines(np.stack([own.vector, *(one.vector for one in others)]))[0][1:],
        factors=distances,
        ids=tuple(chosen.ids.tolist()),
        has_it=tuple(has_it.tolist()),
        count_with=own.count_with,
        count_without=own.count_without,
        length=used.length,
        d_prime=used.d_prime if math.isfinite(used.d_prime) else None,
        probe=strength,
        outside=tuple(outside.sum(axis=0).tolist()),
        sentence=sentence,
    )


def _checked_factors(factors: Sequence[float]) -> tuple[float, ...]:
    values = tuple(float(factor) for factor in factors)
    if not 1 <= len(values) <= _MOST_FACTORS:
        raise InputError(f"--factors must be 1 to {_MOST_FACTORS} numbers, received {len(values)}.")
    if not all(math.isfinite(value) for value in values):
        raise InputError(f"--factors must be finite numbers, received {', '.join(map(str, values))}.")
    return values


def _without(own: Direction, others: Sequence[Direction], train: Codes) -> Direction:
    if not others:
        return own
    try:
        vector = orthogonal_to(own.vector, [one.vector for one in others])
    except InputError:
        names = ", ".join(repr(one.name) for one in others)
        raise InputError(
            f"Nothing is left of the direction of {own.name!r} orthogonal to {names}: they point the same way."
        ) from None
    apart = separation(train.mu, feature(train, own.name), vector)
    return Direction(own.name, vector, own.count_with, own.count_without, apart)


def _chosen(pool: Codes, name: str, n: int, seed: int) -> Codes:
    """Return n codes, those without the attribute first: half of each where there are enough of both."""
    mask, order = feature(pool, name), generator(seed, "edit").permutation(len(pool))
    absent, there = order[~mask[order]], order[mask[order]]
    few = min(n // 2, len(there))
    first = absent[: n - few]
    return pool.take(np.concatenate([first, there[: n - len(first)]]))


def _originals(store: Any, chosen: Codes) -> np.ndarray:
    split: Split = store.split(SPLITS[int(chosen.splits[0])])
    return split.images(np.searchsorted(split.ids, chosen.ids))


def _picture(
    originals: np.ndarray,
    images: np.ndarray,
    chosen: Codes,
    has_it: np.ndarray,
    outside: np.ndarray,
    factors: Sequence[float],
    sentence: str,
) -> Any:
    strips = []
    for i in range(len(chosen)):
        name = f"image {chosen.ids[i]}\n{'with' if has_it[i] else 'without'}"
        row = np.concatenate([originals[i : i + 1], images[i]])
        strips.append(Strip(name, row, marked=(False, *outside[i].tolist())))
    columns = ("original", *(_signed(factor) for factor in factors))
    legend = "Red below an image: at least two of three measures are worse than for 95 % of real images."
    return draw_strips(strips, Page(columns, note=f"{sentence}\n{legend}"))


def _sentence(
    used: Direction, others: Sequence[Direction], strength: Probe, outside: np.ndarray, factors: Sequence[float]
) -> str:
    text = strength_sentence(used, strength)
    if others:
        text = f"Orthogonal to {', '.join(repr(one.name) for one in others)}. {text}"
    counts = outside.sum(axis=0)
    there = [f"{count} at {_signed(factor)}" for factor, count in zip(factors, counts, strict=True) if count]
    if not there:
        return f"{text} Moved by these factors, none of the images leaves the codes."
    return f"{text} Of {counted(len(outside), 'image')}, moved by each factor, leave the codes: {', '.join(there)}."


def _signed(factor: float) -> str:
    return f"{'+' if factor > 0 else ''}{number_text(factor)}"
