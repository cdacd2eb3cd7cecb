"""One lamp, a sky, and what they do to a surface."""

from dataclasses import dataclass
from math import cos, radians, sin

import numpy as np

from zscape.data.faces.face import Face
from zscape.data.faces.paint import mixed

_ELEVATION = radians(38.0)
_AMBIENT_TINT = np.array([0.94, 0.98, 1.08], np.float32).reshape(3, 1, 1)
_LAMP_TINT = np.array([1.06, 1.0, 0.91], np.float32).reshape(3, 1, 1)


@dataclass(frozen=True)
class Light:
    """A lamp at `direction` (right, down, out of the picture), and light from everywhere."""

    direction: tuple[float, float, float]
    lamp: float
    ambient: float

    @classmethod
    def of(cls, face: Face) -> "Light":
        """Return the light in which a face is seen; a strong lamp leaves little light from elsewhere."""
        angle, level = radians(face.light_angle), cos(_ELEVATION)
        direction = (sin(angle) * level, -sin(_ELEVATION), cos(angle) * level)
        return cls(direction, 0.40 + 0.70 * face.light_strength, 0.60 - 0.46 * face.light_strength)

    @property
    def sky(self) -> np.ndarray:
        """The light from everywhere, (3, 1, 1)."""
        return self.ambient * _AMBIENT_TINT

    @property
    def sun(self) -> np.ndarray:
        """The lamp's light, (3, 1, 1)."""
        return self.lamp * _LAMP_TINT

    def falling(self, normal: tuple[np.ndarray, np.ndarray, np.ndarray], wrap: float = 0.25) -> np.ndarray:
        """Return how much of the lamp's light falls on a surface, 0..1.

        Args:
            normal: of length 1.
            wrap: light that creeps around, as in skin and hair.
        """
        x, y, z = self.direction
        light = _along(normal, x, y, z)
        light += wrap
        light.clip(0.0, np.inf, out=light)
        light *= 1 / (1 + wrap)
        return light

    def on(self, colour: np.ndarray, tone: np.ndarray, falling: np.ndarray) -> np.ndarray:
        """Return what a surface sends back, (3, h, w).

        Args:
            colour: of the surface, (3, 1, 1).
            tone: its lightness, (h, w).
            falling: the lamp's light that falls on it, (h, w).
        """
        return mixed((tone, tone * falling), (colour * self.sky, colour * self.sun))

    def gloss(self, normal: tuple[np.ndarray, np.ndarray, np.ndarray]) -> np.ndarray:
        """Return the lamp's reflection, 0..1, in a surface as smooth as skin."""
        x, y, z = self.direction
        length = (x * x + y * y + (z + 1) ** 2) ** 0.5
        shine = _along(normal, x, y, z + 1)
        shine /= length
        shine.clip(0.0, np.inf, out=shine)
        for _ in range(4):
            shine *= shine
        return shine


def unit(normal: tuple[np.ndarray, np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a normal with length 1."""
    x, y, z = normal
    scale = x * x + y * y
    scale += z * z
    scale += 1e-6
    np.sqrt(scale, out=scale)
    np.divide(1.0, scale, out=scale)
    return x * scale, y * scale, z * scale


def _along(normal: tuple[np.ndarray, np.ndarray, np.ndarray], x: float, y: float, z: float) -> np.ndarray:
    # The product of a normal and a direction.
    product = normal[0] * x + normal[1] * y
    product += normal[2] * z
    return product
