"""The head without hair: relief, complexion, ears and neck."""

import numpy as np

from zscape.data.faces.face import Face
from zscape.data.faces.features import paint_features
from zscape.data.faces.head import CHIN, CROWN, Head, look_up, rounded, upright
from zscape.data.faces.light import unit
from zscape.data.faces.paint import Window, bell, blend, far, gradient, linear, mixed, soft, spot, within
from zscape.data.faces.sitter import Sitter

_BLOOD = np.array([1.0, 0.22, 0.08], np.float32).reshape(3, 1, 1)


def paint_head(picture: np.ndarray, sitter: Sitter, shade: np.ndarray) -> None:
    """Paint the head, with all that is in the face.

    Args:
        picture: (3, height, width), changed in place.
        sitter: who sits there.
        shade: (height, width), how much of the light reaches the skin past hair and hat.
    """
    window = sitter.pose.outer(CROWN, CHIN, float(sitter.pose.profile.max()) + 2.0)
    head = sitter.head.crop(window)
    height = relief(sitter, head, window)
    albedo = np.broadcast_to(sitter.skin, (3, *height.shape)).copy()
    _tint(albedo, sitter, head, window)
    gloss = paint_features(albedo, height, sitter, head, window)
    normal = unit(_bumped(sitter.pose.profile, head, height, sitter.pose.frame.pixel))
    falling = sitter.light.falling(normal) * shade[window]
    lit = skin_light(sitter, falling)
    lit *= albedo
    shine = sitter.light.gloss(normal)
    shine *= 0.16 * sitter.light.lamp
    shine *= falling
    shine += gloss
    lit += shine
    blend(picture[(slice(None), *window)], head.inside, lit)


def relief(sitter: Sitter, head: Head, window: Window) -> np.ndarray:
    """Return how far the face stands out of the smooth head, in pixels, float32 (h, w) for a window's pixels."""
    face = sitter.face
    height = np.zeros_like(head.u)
    for amount, u, v, widths in _hills(face):
        for at in (-u, u) if u else (0.0,):
            part = sitter.pose.window(at, v, (2.9 * widths[0] + 1, 2.9 * widths[1] + 1))
            inner = within(part, window)
            hill = spot(head.u[inner], head.v[inner], (at, v), widths)
            hill *= amount
            height[inner] += hill
    height -= _lines(face, np.abs(head.u), head.v)
    return height


def _hills(face: Face) -> list[tuple[float, float, float, tuple[float, float]]]:
    """Return hills and hollows: height, place (both sides, unless in the middle) and widths, in pixels."""
    wide, smile, age = face.nose_width, max(face.smile, 0.0), face.age
    return [
        (4.4, 0.0, 7.0, (5.4 * wide, 13.0)),  # bridge and tip of the nose, wings
        (8.0, 0.0, 23.0, (5.8 * wide, 5.2)),
        (3.4, 7.2 * wide, 26.0, (3.2, 3.0)),
        (2.6, 17.0, -13.5, (12.0, 4.6)),  # brows, sockets, eyeballs
        (-5.2, 18.0, -3.0, (10.5, 7.0)),
        (2.8, 19.5, 1.0, (7.0, 5.0)),
        (2.6 + 2.6 * smile, 25.0, 23.0 - 3.0 * smile, (10.0, 9.0)),  # cheeks, and the hollows below and beside them
        (-1.2 - 2.2 * age, 32.0, 40.0, (8.0, 13.0)),
        (-2.2, 41.0, -16.0, (7.0, 12.0)),
        (3.4, 0.0, 44.0, (15.0, 10.0)),  # mouth, chin, the furrows between
        (4.0, 0.0, 63.0, (9.0 + 4.0 * face.jaw, 6.0)),
        (-2.0, 0.0, 55.0, (10.0, 3.0)),
        (-0.8, 0.0, 34.0, (1.8, 3.2)),
    ]


def _lines(face: Face, side: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Return the depth of folds and wrinkles."""
    smile, age = max(face.smile, 0.0), face.age
    fold = v - 24
    fold.clip(0.0, np.inf, out=fold)
    fold *= 0.62
    fold += 9.5
    depth = bell(side - fold, 1.8)
    depth *= 0.55 * smile + 0.8 * age
    depth *= bell(v - 34, 8.0)
    if age > 0.25:
        beside = side - 18
        bag = bell(v - 8.5 + 0.012 * np.square(beside), 1.3)
        bag *= bell(beside, 9.0) * (0.9 * (age - 0.25))
        depth += bag
    if age > 0.45:
        wrinkles = np.cos(v * 0.85 + 0.004 * side * side)
        wrinkles *= 0.22 * (age - 0.45)
        wrinkles *= spot(side, v, (0, -33), (22, 8))
        depth += wrinkles
    return depth


def _bumped(
    profile: np.ndarray, head: Head, height: np.ndarray, pixel: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    row = head.row.astype(np.intp)
    across = head.x / look_up(profile.clip(1.0, np.inf), row)
    x, y, z = rounded(profile, row, across.clip(-1.0, 1.0, out=across))
    depth = head.z.clip(6.0, np.inf)
    depth *= look_up(upright(profile) / profile.clip(6.0, np.inf), row)
    x -= gradient(height.T, pixel).T * depth
    y -= gradient(height, pixel) * depth
    return x, y, z


def _tint(albedo: np.ndarray, sitter: Sitter, head: Head, window: Window) -> None:
    for first, strength, u, v, widths in _stains(sitter.face):
        for at in (-u, u) if u else (0.0,):
            part = sitter.pose.window(at, v, (2.6 * widths[0] + 1, 2.6 * widths[1] + 1))
            inner = within(part, window)
            left = spot(head.u[inner], head.v[inner], (at, v), widths)
            left *= -strength
            left += 1.0
            albedo[first:, inner[0], inner[1]] *= left


def _stains(face: Face) -> list[tuple[int, float, float, float, tuple[float, float]]]:
    """Return the first channel that is dimmed, by how much, place (both sides, unless in the middle) and widths."""
    blood = 0.30 - 0.12 * face.skin
    return [
        (1, 0.55 * blood, 24.0, 22.0, (10.0, 8.0)),  # green and blue: cheeks, nose, chin, lids
        (1, 0.60 * blood, 0.0, 25.0, (7.0, 5.0)),
        (1, 0.25 * blood, 0.0, 62.0, (9.0, 6.0)),
        (1, 0.35 * blood, 19.5, 1.0, (9.0, 5.0)),
        (0, 0.06 + 0.16 * face.age, 18.0, 7.5, (8.0, 3.0)),  # all: hollows that no lamp reaches
        (0, 0.16, 10.0, -2.0, (4.0, 6.0)),
        (0, 0.20, 9.6 * face.nose_width, 26.0, (1.6, 3.2)),
        (0, 0.16, 0.0, 31.0, (8.0, 2.0)),
    ]


def skin_light(sitter: Sitter, falling: np.ndarray) -> np.ndarray:
    """Return the light (3, h, w) that white skin sends back; scattered inside, it is red where the lamp's ends."""
    edge = 1.0 - falling
    edge *= falling
    light = mixed((falling, edge), (sitter.light.sun, (0.22 - 0.1 * sitter.face.skin) * _BLOOD))
    light += sitter.light.sky
    return light


def paint_ear(picture: np.ndarray, sitter: Sitter, side: int, shade: np.ndarray) -> None:
    """Paint one ear; `side` is -1 for the left of the picture, 1 for the right."""
    radius = float(sitter.pose.profile.max())
    window = sitter.pose.window(side * radius * 0.98, 10.0, (16.0, 24.0))
    x = side * sitter.head.x[window] - (radius - 1.0) * sitter.pose.cosine
    y = sitter.head.y[window] - 9.0
    lean = x - 0.16 * np.abs(y - 14) + 1.5
    outline = 1.0 - far((lean - 1.5) / 6.8, (y - 0.02 * lean * lean) / 14.5)
    inner = far((lean - 1.8) / 3.6, (y + 1.5) / 9.0)
    towards = side * sitter.light.direction[0] * 0.75 + sitter.light.direction[2] * 0.55
    falling = shade[window] * min(max(towards, 0.05), 1.0)
    tone = 1.0 - 0.42 * soft(1.0 - inner, 0.7) - 0.25 * bell(lean + 3.5, 2.0)
    lit = sitter.light.on(sitter.skin * linear(1.0, 0.93, 0.92), tone, falling)
    blend(picture[(slice(None), *window)], soft(outline * 9.0, 1.4), lit)


def paint_neck(picture: np.ndarray, sitter: Sitter) -> None:
    """Paint the neck and the skin below it; clothes come later."""
    frame, face = sitter.pose.frame, sitter.face
    window = frame.window((0, 80), (62.0, 46.0))
    x, y = frame.x[:, window[1]] + _middle(sitter), frame.y[window[0]]
    half = (25.5 + 3.0 * face.jaw) * face.face_width + 0.02 * np.maximum(y - 55, 0) ** 2
    across = x / half
    across.clip(-1.0, 1.0, out=across)
    across *= 0.95
    normal = (across, np.full((1, 1), 0.05, np.float32), np.sqrt(1.0 - across * across))
    chin = CHIN - 38.0 * sitter.pose.lift
    under = np.exp(-np.square(np.maximum(y - chin, 0) / 17.0) - np.square((x + 14 * sitter.light.direction[0]) / 32.0))
    falling = sitter.light.falling(unit(normal)) * (1.0 - 0.9 * under)
    chest = bell(np.abs(x) - 7.0 - 0.35 * np.maximum(y - 82, 0), 2.4) * soft(y - 84, 14.0) * 0.12
    lit = sitter.skin * (1.0 - 0.42 * under - chest)
    lit *= skin_light(sitter, falling)
    blend(picture[(slice(None), *window)], soft(half - np.abs(x), 1.4 * frame.pixel) * soft(y - 30, 4.0), lit)


def _middle(sitter: Sitter) -> float:
    # The body stands where the head's axis is.
    return 38.0 * sitter.pose.sine + 0.35 * sitter.face.roll
