"""What is behind the sitter."""

import numpy as np

from zscape.core.seeds import generator
from zscape.data.faces.face import Face
from zscape.data.faces.head import Frame
from zscape.data.faces.light import Light
from zscape.data.faces.paint import bell, far, hue, mixed, soft


def paint_wall(face: Face, frame: Frame, light: Light) -> np.ndarray:
    """Return a picture (3, height, width) of the wall alone."""
    rng = generator(face.grain, "wall")
    saturation = float(rng.uniform(0.06, 0.38))
    contrast = face.background_contrast
    near = hue(face.background_hue, saturation, face.background_lightness)
    lightness = face.background_lightness * (1.0 - 0.62 * contrast)
    away = hue(float(np.clip(face.background_hue + rng.uniform(-0.12, 0.12), 0, 1)), saturation, lightness)
    x, y = frame.x / 89.0, frame.y / 109.0
    angle = rng.uniform(0, 2 * np.pi)
    along = x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle))
    if face.wall == "two-tone":
        share = soft(along - np.float32(rng.uniform(-0.5, 0.5)), float(rng.uniform(0.05, 0.5)))
    elif face.wall == "studio":
        centre = 0.7 * light.direction[0]
        share = 1.0 - 0.9 * bell(x - centre, 0.85) * bell(y + 0.25, 0.9)
    else:
        along *= 0.5
        along += 0.5
        share = along.clip(0.0, 1.0, out=along)
    picture = mixed((np.broadcast_to(share, (frame.y.size, frame.x.size)),), (away - near,))
    picture += near
    if face.wall == "spots":
        _add_spots(picture, frame, contrast, near, rng)
    return picture


def _add_spots(picture: np.ndarray, frame: Frame, contrast: float, near: np.ndarray, rng: np.random.Generator) -> None:
    """Add discs of light out of focus."""
    for _ in range(9):
        centre = float(rng.uniform(-95, 95)), float(rng.uniform(-115, 40))
        radius, sign = float(rng.uniform(9, 30)), rng.uniform(0.15, 0.9)
        window = frame.window(centre, (radius * 1.4, radius * 1.4))
        away = far(frame.x[:, window[1]] - centre[0], frame.y[window[0]] - centre[1])
        disc = soft(radius - away, radius * 0.35)
        disc *= contrast * sign
        picture[(slice(None), *window)] += disc * (0.06 + 0.6 * near)
