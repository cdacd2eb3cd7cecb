"""What a sitter wears: clothes, glasses, a hat."""

import numpy as np

from zscape.core.seeds import generator
from zscape.data.faces.head import CROWN, EYE, NOTHING, Head, heights, look_up, rounded
from zscape.data.faces.light import unit
from zscape.data.faces.paint import bell, blend, far, hue, linear, soft
from zscape.data.faces.sitter import Sitter


def paint_clothes(picture: np.ndarray, sitter: Sitter) -> None:
    """Paint the shoulders."""
    face, frame = sitter.face, sitter.pose.frame
    first = 72.0 if face.collar == "high" else 78.0  # nothing is above
    window = frame.window((0, (116.0 + first) / 2), (100.0, (116.0 - first) / 2))
    x, y = frame.x[:, window[1]] + (22.0 * sitter.pose.sine + 0.35 * face.roll), frame.y[window[0]]
    rng = generator(face.grain, "clothes")
    side = np.abs(x)
    slope = np.clip((side - 20.0) / 72.0, 0.0, 1.0)
    top = 79.0 + 24.0 * slope * slope * (3.0 - 2.0 * slope)
    if face.collar == "high":
        top = top - 6.0 * bell(side - 24.0, 6.4)
    below = _below_collar(face.collar, x, y)
    saturation, phase, patterned = float(rng.uniform(0.08, 0.5)), float(rng.uniform(0, 6.28)), rng.random() < 0.22
    tone = x * 0.11 + y * 0.16
    tone += phase
    np.sin(tone, out=tone)
    tone *= 0.10
    weave = x * 0.05 - y * 0.09
    tone *= np.sin(weave, out=weave)
    tone += 1.0
    hem = bell(below - 1.5, 1.2)
    hem *= -0.35
    hem += 1.0
    tone *= hem
    if patterned:
        tone *= 1.0 - 0.3 * soft(np.sin(y * 0.6 + 0.003 * x * x), 0.9)
    across = np.clip(x / 119.0, -0.8, 0.8)
    normal = unit((across, -0.9 * np.exp((top - y) / 13.0), np.ones_like(tone)))
    chin = 1.0 - 0.45 * bell(x, 24.0) * bell(y - 76.0, 13.0)
    cloth = hue(face.clothes_hue, saturation, face.clothes_lightness)
    lit = sitter.light.on(cloth, tone, sitter.light.falling(normal, 0.3) * chin)
    blend(picture[(slice(None), *window)], soft(y - top, 2.0) * soft(below, 1.6), lit)


def _below_collar(kind: str, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return how far (pixels) each point lies below the neckline."""
    if kind == "v":
        return np.abs(x) + 0.85 * (y - 76.0) - 27.0
    centre, across, down = (74.0, 30.0, 22.0) if kind == "round" else (54.0, 60.0, 19.0)
    return (far(x / across, (y - centre) / down) - 1.0) * 20.0


def paint_glasses(picture: np.ndarray, sitter: Sitter) -> None:
    """Paint glasses; they stand a little before the face."""
    kind, pixel = sitter.face.glasses, sitter.pose.frame.pixel
    if kind == "none":
        return
    window = sitter.pose.window(0, 2, (62.0, 24.0))
    head = sitter.head.crop(window)
    rng = generator(sitter.face.grain, "glasses")
    u, v = head.u + (3.0 * sitter.pose.sine), head.v - 2.0
    side = np.abs(u)
    reach = rng.uniform(14.0, 16.0) if kind != "square" else rng.uniform(15.5, 17.0)
    power, height = (2.2, reach * 0.93) if kind == "round" else (3.6, reach * rng.uniform(0.66, 0.8))
    x, y = np.abs(side - EYE - 0.6) / reach, np.abs(v) / height
    lens = (1.0 - (x**power + y**power) ** (1 / power)) * height
    thick = rng.uniform(0.8, 1.7)
    frame = bell(np.maximum(np.abs(lens) - thick * 0.5, 0.0), 0.55 * max(pixel, 1.0))
    bridge = bell(np.maximum(np.abs(v + 2.0 + 0.03 * u * u) - 0.5, 0), 0.7) * soft(EYE + 0.6 - reach - side + 1.0, 2.0)
    arm = bell(np.maximum(np.abs(v + 3.5) - 0.7, 0), 0.7) * soft(side - EYE - reach + 1.0, 2.0)
    colour = hue(float(rng.uniform(0.0, 0.12)), 0.35, float(rng.uniform(0.05, 0.32)))
    glass = soft(lens, 1.5 * pixel) * head.inside
    target = picture[(slice(None), *window)]
    dark = kind == "dark"
    blend(target, (0.80 if dark else 0.07) * glass, linear(0.10, 0.10, 0.12) if dark else linear(0.9, 0.95, 1.0))
    glare = bell(u * 0.5 + v + 4.0 - 9.0 * sitter.light.direction[0] * np.sign(u), 2.6) * glass
    target += (0.10 if dark else 0.05) * glare * sitter.light.lamp
    blend(target, np.maximum(frame, np.maximum(bridge, arm)) * head.inside, colour * (0.6 + 0.6 * sitter.light.lamp))


def hat_line(sitter: Sitter, head: Head) -> np.ndarray:
    """Return how far (pixels) each pixel lies above the lower edge of the hat."""
    edge = {"beanie": -34.0, "cap": -36.0, "brim": -38.0}[sitter.face.hat]
    return edge + 0.0035 * head.u * head.u - head.v


def paint_hat(picture: np.ndarray, sitter: Sitter) -> None:
    """Paint a hat."""
    face, pixel = sitter.face, sitter.pose.frame.pixel
    window = sitter.pose.outer(CROWN - 26.0, 2.0, 78.0)
    head, target = sitter.head.crop(window), picture[(slice(None), *window)]
    rng = generator(face.grain, "hat")
    colour = hue(float(rng.uniform(0, 0.7)), float(rng.uniform(0.1, 0.6)), float(rng.uniform(0.12, 0.7)))
    above = hat_line(sitter, head)
    outline = _dome(face.hat, float(sitter.pose.profile.max()) + 3.0 + 3.0 * face.hair_volume * (not face.bald))
    row = head.row.astype(np.intp)
    radius = look_up(outline, row)
    dome = soft(radius - np.abs(head.x), 1.5 * pixel) * soft(above, 1.5 * pixel)
    across = head.x / look_up(outline.clip(10.0, np.inf), row)
    across.clip(-1.0, 1.0, out=across)
    normal = rounded(outline, row, across)
    tone = _cloth(face.hat, head.u, above, across) * (0.55 + 0.45 * normal[2])
    lit = sitter.light.on(colour, tone, sitter.light.falling(normal, 0.3))
    blend(target, dome, lit)
    if face.hat != "beanie":
        _paint_brim(target, sitter, head, colour, above)


def _dome(kind: str, half: float) -> np.ndarray:
    y = heights()
    top = CROWN - {"beanie": 13.0, "cap": 10.0, "brim": 24.0}[kind]
    up = np.clip((-20.0 - y) / (-20.0 - top), 0.0, 1.0)
    power, taper = (6.0, 0.16) if kind == "brim" else (2.5, 0.0)
    width = half * (1.0 - taper * up) * np.sqrt(1.0 - up**power)
    return np.where(up < 1.0, width, NOTHING).astype(np.float32)


def _cloth(kind: str, u: np.ndarray, above: np.ndarray, across: np.ndarray) -> np.ndarray:
    if kind == "beanie":
        ribs = 1.0 + 0.16 * np.sin(np.arcsin(across) * 26.0)
        return ribs * (1.0 + 0.12 * soft(15.0 - above, 2.0)) * (1.0 - 0.45 * bell(above - 16.5, 1.8))
    if kind == "cap":
        return 1.0 - 0.25 * bell(u, 0.9) - 0.2 * bell(np.abs(u) - 24 - 0.1 * above, 0.9)
    return 1.0 - 0.55 * soft(12.0 - above, 1.5)


def _paint_brim(target: np.ndarray, sitter: Sitter, head: Head, colour: np.ndarray, above: np.ndarray) -> None:
    pixel, middle = sitter.pose.frame.pixel, 16.0 * sitter.pose.sine
    if sitter.face.hat == "cap":
        shape = 1.0 - far(head.u / 41.0, (above + 1.0) / 12.0)
        shape = np.minimum(shape * 12.0, 3.0 - above - 0.004 * head.u * head.u)
    else:
        bow = above + 1.0 - 0.0022 * np.square(head.x - middle)
        shape = (1.0 - far((head.x - middle) / 74.0, bow / 7.5)) * 7.5
    falling = np.clip(0.75 + 0.03 * above, 0.2, 1.0)
    blend(target, soft(shape, 1.6 * pixel), sitter.light.on(colour, 0.80 + 0.03 * above, falling))
