"""Brushes: soft edges, bells, colours. Pictures are planar float32 (3, height, width) in linear light (gamma 2)."""

import colorsys
from collections.abc import Sequence

import numpy as np

Window = tuple[slice, slice]
"""Rows and columns of a picture."""


def soft(distance: np.ndarray, width: float = 1.3) -> np.ndarray:
    """Return 0 where `distance` (pixels, positive inside) is outside, 1 inside, a smooth step of `width` between."""
    t = distance * (1 / width)
    t += 0.5
    np.maximum(t, 0.0, out=t)
    np.minimum(t, 1.0, out=t)
    step = t * -2.0
    step += 3.0
    step *= t
    step *= t
    return step


def bell(distance: np.ndarray, width: float | np.ndarray) -> np.ndarray:
    """Return exp(-distance^2 / (2 width^2))."""
    power = np.square(distance)
    power *= -0.5 / width**2
    return np.exp(power, out=power)


def spot(u: np.ndarray, v: np.ndarray, centre: tuple[float, float], widths: tuple[float, float]) -> np.ndarray:
    """Return a bell in two dimensions."""
    across, down = u - centre[0], v - centre[1]
    across *= across
    across *= -0.5 / widths[0] ** 2
    down *= down
    down *= -0.5 / widths[1] ** 2
    across += down
    return np.exp(across, out=across)


def blend(target: np.ndarray, mask: np.ndarray, colour: np.ndarray) -> None:
    """Cover `target` (3, h, w) by `colour` (broadcast to it) where `mask` (h, w) is 1; in between, mix."""
    change = colour - target
    change *= mask
    target += change


def mixed(fields: Sequence[np.ndarray], colours: Sequence[np.ndarray]) -> np.ndarray:
    """Return the sum of fields (h, w), each in its colour (3, 1, 1), as (3, h, w).

    Channel by channel, so that the processor's cache holds what is summed; a matrix product would start the threads of
    the linear algebra library for a few microseconds' work.
    """
    picture = np.empty((3, *fields[0].shape), np.float32)
    for channel in range(3):
        target = picture[channel]
        weights = [float(colour[channel, 0, 0]) for colour in colours]
        np.multiply(fields[0], weights[0], out=target)
        for values, weight in zip(fields[1:], weights[1:], strict=True):
            target += values * weight
    return picture


def within(part: Window, whole: Window) -> Window:
    """Return where the pixels of one window are in another; one pixel at its edge where they do not meet."""
    rows, columns = (
        slice(start := min(max(a.start - b.start, 0), b.stop - b.start - 1), max(a.stop - b.start, start + 1))
        for a, b in zip(part, whole, strict=True)
    )
    return rows, columns


def linear(red: float, green: float, blue: float) -> np.ndarray:
    """Return an sRGB colour, 0..1 each, in linear light, float32 (3, 1, 1)."""
    return np.square(np.array([red, green, blue], np.float32)).reshape(3, 1, 1)


def hue(h: float, saturation: float, lightness: float) -> np.ndarray:
    """Return a colour by hue, saturation and lightness, 0..1 each, as `linear`."""
    return linear(*colorsys.hls_to_rgb(h, lightness, saturation))


def ramp(stops: Sequence[tuple[float, float, float]], t: float) -> np.ndarray:
    """Return the sRGB colour at `t` (0..1) between evenly spaced stops, as `linear`."""
    below = min(int(t * (len(stops) - 1)), len(stops) - 2)
    share = t * (len(stops) - 1) - below
    red, green, blue = (a + share * (b - a) for a, b in zip(stops[below], stops[below + 1], strict=True))
    return linear(red, green, blue)


def to_bytes(picture: np.ndarray) -> np.ndarray:
    """Return a picture as uint8 (height, width, 3)."""
    shown = np.maximum(picture, 0.0)
    np.minimum(shown, 1.0, out=shown)
    np.sqrt(shown, out=shown)
    shown *= 255.0
    shown += 0.5
    return np.ascontiguousarray(shown.astype(np.uint8).transpose(1, 2, 0))
