"""Who is painted."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from zscape.data.faces.face import Face
from zscape.data.faces.head import Head, Pose
from zscape.data.faces.light import Light
from zscape.data.faces.paint import linear, ramp

_SKINS = ((0.96, 0.81, 0.72), (0.91, 0.72, 0.60), (0.80, 0.58, 0.44), (0.60, 0.40, 0.29), (0.38, 0.24, 0.18))
_HAIRS = ((0.07, 0.055, 0.05), (0.20, 0.13, 0.09), (0.40, 0.26, 0.16), (0.66, 0.48, 0.29), (0.90, 0.76, 0.52))
_REDS = ((0.22, 0.06, 0.05), (0.34, 0.10, 0.06), (0.58, 0.22, 0.09), (0.80, 0.38, 0.16), (0.92, 0.56, 0.28))


@dataclass(frozen=True)
class Sitter:
    """Who is painted: looks, pose and light, and where the pixels of the picture meet the head."""

    face: Face
    pose: Pose
    light: Light
    head: Head

    @cached_property
    def skin(self) -> np.ndarray:
        """Colour of the skin, (3, 1, 1)."""
        return ramp(_SKINS, self.face.skin)

    @cached_property
    def hair(self) -> np.ndarray:
        """Colour of the hair, (3, 1, 1)."""
        face = self.face
        own = ramp(_HAIRS, face.hair_lightness)
        own = own + 0.75 * face.hair_redness**1.5 * (ramp(_REDS, face.hair_lightness) - own)
        grey = linear(0.62, 0.61, 0.60) + 0.35 * (own.mean() - 0.1)
        return own + face.hair_grey * (grey - own)
