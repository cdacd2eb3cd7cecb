"""Eyes, brows, nostrils, mouth and beard: colours laid on the skin, and a little relief."""

import numpy as np

from zscape.data.faces.face import Face
from zscape.data.faces.head import EYE, Head
from zscape.data.faces.paint import Window, bell, blend, far, linear, ramp, soft, spot, within
from zscape.data.faces.sitter import Sitter

_IRISES = ((0.20, 0.11, 0.06), (0.40, 0.25, 0.12), (0.36, 0.42, 0.22), (0.38, 0.52, 0.58), (0.30, 0.50, 0.74))
_CHEEK_SIDE, _CHEEK_LINE = (0, 12, 20, 34, 44), (50.0, 49.0, 40.0, 26.0, -4.0)  # where a full beard begins


def paint_features(albedo: np.ndarray, height: np.ndarray, sitter: Sitter, head: Head, window: Window) -> np.ndarray:
    """Paint what is in a face.

    Args:
        albedo: colours of the skin (3, h, w), changed in place.
        height: its relief (h, w), changed in place.
        sitter: who is painted.
        head: the head at the same pixels.
        window: where these pixels are in the picture.

    Returns:
        Reflections in the eyes (h, w), to be added to the light that comes from the skin.
    """
    gloss = np.zeros_like(height)

    def around(u: float, v: float, reach: tuple[float, float]) -> Window:
        return within(sitter.pose.window(u, v, reach), window)

    beard_area = around(0, 44, (60, 46))
    _beard(albedo[(slice(None), *beard_area)], sitter, head.crop(beard_area))
    for side in (-1, 1):
        eye = around(side * EYE, 0, (18, 13))
        gloss[eye] += _eye(albedo[(slice(None), *eye)], sitter, head.crop(eye), side)
        brow = around(side * 19, -15, (24, 16))
        _brow(albedo[(slice(None), *brow)], sitter, head.crop(brow), side)
    mouth = around(0, 44, (31, 22))
    nose = around(0, 27, (18, 12))
    _nostrils(albedo[(slice(None), *nose)], sitter.face, head.crop(nose))
    _mouth(albedo[(slice(None), *mouth)], height[mouth], sitter.face, head.crop(mouth))
    return gloss


def _eye(albedo: np.ndarray, sitter: Sitter, head: Head, side: int) -> np.ndarray:
    face, pixel = sitter.face, sitter.pose.frame.pixel
    x = (head.u - side * EYE) * side  # outwards
    y = head.v + 0.07 * x
    squint = 1.0 - 0.22 * max(face.smile, 0.0)
    half = 9.8 + 1.2 * (face.eye_size - 1.0)
    t = x / half
    t.clip(-1.0, 1.0, out=t)
    arch = (1.0 - t * t) * (1.0 + 0.22 * t)
    upper = -4.8 * face.eye_size * squint * arch
    lower = 3.3 * face.eye_size * squint * (1.0 - t * t) + 0.2
    gap = np.minimum(y - upper, lower - y)
    opening = soft(gap, 1.2 * pixel) * soft(half - np.abs(x), 2.0 * pixel)
    gaze = -side * 3.2 * sitter.pose.sine
    away = far(x - gaze, y + 0.7)
    white = linear(0.90, 0.88, 0.86) * (1.0 - 0.30 * t * t)
    colour = ramp(_IRISES, face.iris) * (0.75 + 0.5 * soft(y + 0.6, 6.0)) * (1.0 - 0.6 * soft(away - 4.4, 1.8))
    blend(white, soft(5.4 - away, 1.3 * pixel), colour)
    blend(white, soft(2.4 - away, 1.2 * pixel), linear(0.06, 0.05, 0.05))
    white *= 1.0 - 0.62 * bell(y - upper, 2.0)
    blend(albedo, 0.34 * bell(y - upper + 3.4 + 0.6 * t, 1.1) * (arch > 0.12) * arch, albedo * 0.35)
    blend(albedo, opening, white)
    lash = 0.92 * bell(y - upper + 0.35, 0.75 + 0.35 * np.maximum(t, -0.4))
    blend(albedo, lash * soft(half + 1.2 - np.abs(x), 2.2), linear(0.13, 0.09, 0.08))
    blend(albedo, 0.38 * bell(y - lower - 0.3, 0.8) * soft(half - np.abs(x), 3.0), linear(0.30, 0.18, 0.15))
    glint = gaze + (1.7 if sitter.light.direction[0] * side > 0 else -1.7)
    return 0.75 * opening * spot(x, y, (glint, -2.4), (0.8 * max(pixel, 1.0), 0.8 * max(pixel, 1.0)))


def _brow(albedo: np.ndarray, sitter: Sitter, head: Head, side: int) -> None:
    face = sitter.face
    x = (head.u - side * 18.5) * side
    t = x / 14.0
    t.clip(-1.0, 1.0, out=t)
    middle = -14.2 - 2.6 * face.brow - 2.8 * (1.0 - (t - 0.15) ** 2) + 1.6 * t * t
    middle += (2.2 * face.brow + 1.2) * np.maximum(-t, 0.0)
    thick = (1.1 + 1.9 * face.brow_thickness) * (1.0 - 0.55 * np.maximum(t, 0.0) ** 2)
    hairs = 0.93 + 0.07 * np.sin(x * 1.4 + head.v * 0.8)
    mask = soft(thick - np.abs(head.v - middle), 2.6) * soft(14.2 - np.abs(x), 3.5) * hairs
    blend(albedo, mask * (0.62 + 0.26 * face.brow_thickness), np.minimum(sitter.hair * 0.5, 0.12))


def _nostrils(albedo: np.ndarray, face: Face, head: Head) -> None:
    dark = spot(np.abs(head.u), head.v, (4.7 * face.nose_width, 28.6), (2.2 * face.nose_width, 1.2))
    albedo *= 1.0 - 0.62 * dark


def _mouth(albedo: np.ndarray, height: np.ndarray, face: Face, head: Head) -> None:
    u, v = head.u, head.v
    smile = max(face.smile, 0.0)
    half = 15.5 + 4.0 * smile - 1.6 * face.mouth_open
    t = u / half
    t.clip(-1.0, 1.0, out=t)
    arch = 1.0 - t * t
    line = 44.0 - 5.2 * face.smile * (t * t - 0.4) + 0.5 * bell(u, 3.0)
    gap = 8.5 * face.mouth_open * arch
    top, bottom = line - 0.3 * gap, line + 0.7 * gap
    bow = 1.0 - 0.30 * bell(u, 1.9) + 0.10 * bell(np.abs(u) - 4.2, 2.4)
    upper = (2.5 + 2.3 * face.lips) * arch**0.75 * bow * (1.0 - 0.2 * smile)
    lower = (3.6 + 3.0 * face.lips) * arch**0.85 * (1.0 - 0.15 * smile)
    within = soft(half - np.abs(u), 3.0)
    lips = soft(np.minimum(v - top + upper, bottom + lower - v), 2.2) * within
    red = albedo * linear(0.93, 0.76, 0.78) + linear(0.12, 0.02, 0.03)
    red *= 1.0 - 0.16 * soft(top - v, 1.5)
    blend(albedo, 0.9 * lips, red)
    inside = soft(np.minimum(v - top, bottom - v), 1.2) * within
    dark = np.broadcast_to(linear(0.24, 0.07, 0.07), albedo.shape).copy()
    bite = np.minimum(0.62 * gap, 4.6)
    teeth = soft(np.minimum(v - top, top + bite - v), 1.3) * soft(0.86 - np.abs(t), 0.3)
    blend(dark, 0.95 * teeth, linear(0.88, 0.86, 0.82) * (1.0 - 0.28 * t * t))
    blend(albedo, inside, dark)
    seam = bell(v - line, 0.8) * within * max(0.0, 1.0 - 2.5 * face.mouth_open)
    corners = spot(np.abs(u), v, (half, 44.0 - 3.1 * face.smile), (1.9, 1.3))
    albedo *= 1.0 - 0.62 * np.maximum(seam, 0.8 * corners)
    height += 1.3 * bell(v - top + upper * 0.5, 1.6) * arch + 2.2 * bell(v - bottom - lower * 0.5, 2.2) * arch


def _beard(albedo: np.ndarray, sitter: Sitter, head: Head) -> None:
    kind = sitter.face.beard
    if kind == "none":
        return
    side, v = np.abs(head.u), head.v
    corner = 44.0 - 3.0 * sitter.face.smile
    lip = np.minimum(v - 32.0 - 0.10 * side, 42.0 + 0.02 * side * side - v)
    mask = soft(np.minimum(lip, 17.0 - side), 4.0)
    if kind == "goatee":
        ring = 1.0 - far(side / 20.0, (v - 51.0) / 22.0)
        mask = np.maximum(mask, soft(ring * 20.0 - 1.0, 7.0) * soft(v - corner + 1.0, 5.0))
    if kind == "full":
        edge = v - np.interp(side, _CHEEK_SIDE, _CHEEK_LINE).astype(np.float32)
        mask = np.maximum(mask, soft(edge, 9.0))
    bare = soft(1.0 - far(side / 17.0, (v - 46.0) / 7.0), 0.5)
    strands = 0.90 + 0.10 * np.sin(head.u * 0.9 + 2.0 * np.sin(v * 0.4)) * np.sin(v * 0.8)
    blend(albedo, 0.86 * mask * (1.0 - bare) * strands, sitter.hair * 0.7)
