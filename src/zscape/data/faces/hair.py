"""Hair: its outline, the opening for the face, strands, and the light on them."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from zscape.core.seeds import generator
from zscape.data.faces.face import Face
from zscape.data.faces.head import CROWN, NOTHING, Head, heights, look_up, rounded, rows_of
from zscape.data.faces.paint import Window, bell, blend, mixed, soft
from zscape.data.faces.sitter import Sitter

_STRANDS = 1024
_REACH = 1.5  # strands are laid out from -1.5 to 1.5 half widths of the hair
_TEMPLE = -6.0
_LONG = 0.38


@dataclass(frozen=True)
class Hair:
    """Hair, pixel by pixel.

    Attributes:
        window: where it is.
        behind: (h, w), 1 where hair hangs behind neck and shoulders; None for short hair.
        front: (h, w), 1 where hair lies over head and shoulders.
        colour: (3, h, w), as it is lit.
        shade: (h, w), light that is left on the skin beside it, 0..1.
    """

    window: Window
    behind: np.ndarray | None
    front: np.ndarray
    colour: np.ndarray
    shade: np.ndarray

    def paint_behind(self, picture: np.ndarray) -> None:
        """Paint what is behind the neck."""
        if self.behind is not None:
            blend(picture[(slice(None), *self.window)], self.behind, self.colour * 0.42)

    def paint_front(self, picture: np.ndarray) -> None:
        """Paint what is before the head."""
        blend(picture[(slice(None), *self.window)], self.front, self.colour)


def comb(sitter: Sitter) -> Hair | None:
    """Return the hair of a sitter, None for a bald one."""
    face, pixel = sitter.face, sitter.pose.frame.pixel
    if face.bald:
        return None
    half = float(sitter.pose.profile.max())
    outline = _outline(face, half)
    reached = heights()[outline > 0]
    window = sitter.pose.outer(float(reached[0]) - 4, float(reached[-1]) + 6, float(outline.max()) + 9)
    head = sitter.head.crop(window)
    rng = generator(face.grain, "hair")
    phase = [float(angle) for angle in rng.uniform(0, 6.28, 4)]
    wave = face.hair_curl * (0.3 + face.hair_length)
    x = head.y * 0.13
    x += phase[0]
    np.sin(x, out=x)
    x *= 2.6 * wave
    x += head.x
    row = head.row.astype(np.intp)
    radius = look_up(outline, row)
    lumps = _lumps(x, head.y, phase, face.hair_curl)
    strand = _strands(face, head.y, x / look_up(outline.clip(12.0, np.inf), row), phase, rng)
    colour = _lit(sitter, row, x / look_up(outline.clip(8.0, np.inf), row), outline, strand, lumps)
    radius -= np.abs(x, out=x)
    ragged = strand - 0.5
    ragged *= 1.4
    ragged += (1.0 + 3.0 * face.hair_curl) * lumps
    radius += ragged
    outer = soft(radius, 2.2 * pixel)
    edge = _beyond_opening(face, head, half, strand, lumps, phase)
    thin = 2.6 * pixel + 7.0 * max(0.3 - face.hair_length, 0.0) / 0.3
    covered = soft(-edge, thin)
    covered *= np.maximum(head.inside, soft(head.y - 12.0, 6.0))
    np.subtract(1.0, covered, out=covered)
    covered *= outer
    return Hair(
        window=window,
        behind=outer * soft(head.y - 4.0, 8.0) if face.hair_length > _LONG else None,
        front=covered,
        colour=colour,
        shade=_shade(edge),
    )


def _shade(edge: np.ndarray) -> np.ndarray:
    shade = edge.clip(-np.inf, 0.0, out=edge)
    shade *= 0.16
    np.exp(shade, out=shade)
    shade *= -0.42
    shade += 1.0
    return shade


def _outline(face: Face, half: float) -> np.ndarray:
    """Return half the hair's width at each of `heights()`."""
    y = heights()
    full = 3.0 + 10.0 * face.hair_volume + 6.0 * face.hair_curl * face.hair_volume
    short = min(face.hair_length / 0.35, 1.0)
    top = CROWN - full * (0.45 + 0.5 * short)
    width = half + full * (0.18 + 0.82 * short)
    end = float(np.interp(face.hair_length, [0.0, 0.32, 0.4, 0.5, 1.0], [4.0, 18.0, 44.0, 66.0, 150.0]))
    up = np.clip((4.0 - y) / (4.0 - top), 0.0, 1.0)
    down = np.clip((y - 4.0) / max(end - 4.0, 12.0), 0.0, 1.0)
    bulge = 1.0 + 0.10 * face.hair_volume * np.sin(down * np.pi)
    hanging = bulge * np.sqrt(1.0 - down ** (5 if end > 30 else 2))
    whole = width * np.where(y < 4.0, np.sqrt(1.0 - up**2.7), hanging)
    if face.hair_length <= _LONG:  # short hair lies close to the head where it ends
        near = np.clip((y + 16.0) / (end + 16.0), 0.0, 1.0)
        whole = np.minimum(whole, 0.97 * half + (width - 0.97 * half) * (1.0 - near))
    return np.where((up < 1.0) & (down < 1.0), whole, NOTHING).astype(np.float32)


def _beyond_opening(
    face: Face, head: Head, half: float, strand: np.ndarray, lumps: np.ndarray | float, phase: list[float]
) -> np.ndarray:
    """Return how far (pixels) each pixel lies beyond the edge of the opening for the face."""
    shift = _TEMPLE - head.v
    shift /= 36.0
    shift.clip(0.0, 1.0, out=shift)
    shift *= face.parting * 13.0
    jagged = strand - 0.5
    jagged *= 4.5 if face.fringe else 2.5
    jagged += head.v
    jagged += 1.5 * face.hair_curl * lumps
    beyond = np.subtract(head.u, shift, out=shift)
    np.abs(beyond, out=beyond)
    beyond -= look_up(_opening(face, half, phase[1] > 2.6), rows_of(jagged).astype(np.int32))
    return beyond


def _opening(face: Face, half: float, tucked: bool) -> np.ndarray:
    """Return half the width of what the hair leaves free, at each of `heights()`."""
    v = heights()
    hairline = -27.0 if face.fringe else -48.0 + 4.0 * (face.hair_volume - 0.5) - 4.0 * face.age
    up = np.clip((_TEMPLE - v) / (_TEMPLE - hairline), 0.0, 1.0)
    long = face.hair_length > _LONG
    width = half * (0.86 if long else 0.94)
    free = width * np.sqrt(1.0 - up ** (5.0 if face.fringe else 3.0))
    free = np.where(v < hairline, -4.0 + 0.3 * (v - hairline), free)
    down = np.maximum(v - _TEMPLE, 0.0)
    if not long:
        return (free + np.maximum(v - 6.0, 0.0) * 1.6 + 0.05 * down).astype(np.float32)
    hanging = free + (0.30 if tucked else 0.02) * down - 0.05 * np.maximum(v - 40, 0)
    return hanging.astype(np.float32)


def _strands(face: Face, y: np.ndarray, s: np.ndarray, phase: list[float], rng: np.random.Generator) -> np.ndarray:
    # `s`, where between the hair's edges, is overwritten.
    top = -10.0 - y
    top *= 1 / 60.0
    top.clip(0.0, 1.0, out=top)
    swing = y * 0.10
    swing += 4.0 * s
    swing += phase[2]
    np.sin(swing, out=swing)
    swing *= 0.04 + 0.12 * face.hair_curl
    swing *= 1.0 - top
    top *= face.parting * 0.35
    s -= top
    s += swing
    s += _REACH
    s *= _STRANDS / (2 * _REACH)
    return _table(rng).take(s.astype(np.int32), mode="clip")


def _table(rng: np.random.Generator) -> np.ndarray:
    """Return light and dark strands side by side, float32 (_STRANDS,), 0..1."""
    table = np.zeros(_STRANDS, np.float32)
    for count, weight in ((28, 0.45), (72, 0.35), (190, 0.20)):
        below, beyond, step = _between(count)
        values = rng.random(count)
        rises = (values[1:] - values[:-1]) / step
        table += weight * (rises.take(below) * beyond + values.take(below)).astype(np.float32)
    return table


@cache
def _between(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return where a table's places lie between `count` values: after which, how far, and how far these are apart."""
    places, values = np.arange(_STRANDS, dtype=np.float64), np.linspace(0, _STRANDS, count)
    below = np.searchsorted(values, places, side="right") - 1
    return below, places - values[below], np.diff(values)


def _lumps(x: np.ndarray, y: np.ndarray, phase: list[float], curl: float) -> np.ndarray | float:
    if curl < 0.05:
        return 0.0
    across = _bent(y, 0.17, phase[3])
    across += x * 0.31
    across += phase[0]
    np.sin(across, out=across)
    down = _bent(x, 0.19, phase[2])
    down += y * 0.29
    across *= np.sin(down, out=down)
    across *= curl**1.5
    return across


def _bent(along: np.ndarray, rate: float, phase: float) -> np.ndarray:
    bent = along * rate
    bent += phase
    np.sin(bent, out=bent)
    bent *= 1.6
    return bent


def _lit(
    sitter: Sitter, row: np.ndarray, s: np.ndarray, outline: np.ndarray, strand: np.ndarray, lumps: np.ndarray | float
) -> np.ndarray:
    _, down, out = normal = rounded(outline, row, s.clip(-1.0, 1.0, out=s))
    falling = sitter.light.falling(normal, 0.35)
    falling *= 1.0 + 0.25 * lumps
    tone = strand * 0.75
    tone += 0.50
    tone += 0.22 * lumps
    out *= 0.45
    out += 0.55
    tone *= out
    down += 0.62
    down -= 0.25 * strand
    sheen = bell(down, 0.17)
    sheen *= falling
    sheen *= 0.35 + strand
    shine = (0.05 + 0.30 * sitter.hair) * (sitter.light.lamp * (1.0 - 0.6 * sitter.face.hair_curl))
    colours = (sitter.hair * sitter.light.sky, sitter.hair * sitter.light.sun, shine)
    return mixed((tone, tone * falling, sheen), colours)
