"""The head as a solid of revolution that turns about its axis, and where each pixel meets it.

Lengths are in pixels of CelebA's aligned images (178 wide, 218 high), where the eyes stand at y = 111, x = 69 and 108.
"""

from dataclasses import dataclass
from math import cos, radians, sin
from typing import NamedTuple

import numpy as np

from zscape.data.faces.face import Face
from zscape.data.faces.paint import Window, gradient, soft

WIDTH, HEIGHT = 178, 218
EYES_X, EYES_Y = 88.5, 111.0
EYE = 19.5
"""Half the distance of the eyes."""
NOTHING = -9.0
"""Half the width of what is not there: no pixel is nearer to the axis."""
CROWN, CHIN = -68.0, 71.0
_CHEEK = 2.0
_EYE_DEPTH = 38.0
_STEP = 0.25
_HEIGHTS = np.arange(-140, 141, _STEP, dtype=np.float32)


@dataclass(frozen=True)
class Frame:
    """The pixels of a picture in CelebA's pixels, relative to the middle between the eyes.

    Attributes:
        x: float32 (1, width).
        y: float32 (height, 1).
        pixel: width of one pixel.
        left, top: the first of `x` and of `y`.
    """

    x: np.ndarray
    y: np.ndarray
    pixel: float
    left: float
    top: float

    @classmethod
    def of(cls, height: int, width: int) -> "Frame":
        """Return the frame of a picture; CelebA's picture is scaled until it covers it, and cut at the middle."""
        pixel = min(WIDTH / width, HEIGHT / height)
        left, top = (WIDTH - width * pixel) / 2, (HEIGHT - height * pixel) / 2
        x = left + (np.arange(width, dtype=np.float32) + 0.5) * np.float32(pixel) - 0.5 - EYES_X
        y = top + (np.arange(height, dtype=np.float32) + 0.5) * np.float32(pixel) - 0.5 - EYES_Y
        return cls(x[None], y[:, None], pixel, float(x[0]), float(y[0]))

    def window(self, centre: tuple[float, float], reach: tuple[float, float]) -> Window:
        """Return the rows and columns within `reach` (x, y) of `centre` (x, y); never empty."""
        rows = self._between(centre[1] - reach[1] - self.top, centre[1] + reach[1] - self.top, self.y.size)
        return rows, self._between(centre[0] - reach[0] - self.left, centre[0] + reach[0] - self.left, self.x.size)

    def _between(self, first: float, last: float, count: int) -> slice:
        start = min(max(int(first / self.pixel), 0), count - 1)
        return slice(start, min(max(int(last / self.pixel) + 1, start + 1), count))


class Head(NamedTuple):
    """Where pixels meet the head; all arrays (h, w), float32 but for `row`.

    Attributes:
        x, y: pixels relative to the head's axis at the height of the eyes, leaning as the head does.
        row: int32, where in `heights()` is `y`; beyond its ends where the picture reaches beyond them.
        z: how far the surface stands out of the picture; 0 beside the head.
        u, v: the same point seen from the front: to the right and down from the middle between the eyes.
        inside: 1 on the head, 0 beside it.
    """

    x: np.ndarray
    y: np.ndarray
    row: np.ndarray
    z: np.ndarray
    u: np.ndarray
    v: np.ndarray
    inside: np.ndarray

    def crop(self, window: Window) -> "Head":
        """Return a part of the head."""
        return Head(*(plane[window] for plane in self))


@dataclass(frozen=True)
class Pose:
    """How a head stands before the picture, and how broad it is at each height."""

    frame: Frame
    sine: float
    cosine: float
    lift: float
    roll: tuple[float, float]
    profile: np.ndarray

    @classmethod
    def of(cls, face: Face, frame: Frame) -> "Pose":
        """Return the pose of a face."""
        yaw, pitch, roll = (radians(angle) for angle in (face.yaw, face.pitch, face.roll))
        return cls(frame, sin(yaw), cos(yaw), sin(pitch), (cos(roll), sin(roll)), _profile(face))

    def heads(self) -> Head:
        """Return where the pixels of the whole picture meet the head."""
        cosine, sine = self.roll
        x = self.frame.x * cosine + self.frame.y * sine
        x += np.float32(_EYE_DEPTH * self.sine)
        y = self.frame.y * cosine - self.frame.x * sine
        y -= np.float32(_EYE_DEPTH * self.lift)
        row, zero = rows_of(y), np.zeros_like(x)
        head = Head(x, y, row.astype(np.int32), zero, x * self.cosine, y.copy(), zero.copy())
        self._stand_out(head.crop(self._around()))
        return head

    def _around(self) -> Window:
        # Five pixels more than the head, as its edge is soft: 0.65 pixels along a normal that is 1 in 6 at the crown.
        margin = 1 + 5 * self.frame.pixel
        return self.outer(CROWN - margin, CHIN + margin, float(self.profile.max()) + margin)

    def _stand_out(self, head: Head) -> None:
        """Write into `head`, flat so far, what it is where its surface stands out of the picture."""
        row = head.row.astype(np.intp)
        radius = look_up(self.profile, row)
        inside = radius - np.abs(head.x)
        inside *= look_up(upright(self.profile), row)
        head.inside[:] = soft(inside, 1.3 * self.frame.pixel)
        radius.clip(0.0, np.inf, out=radius)
        squared = (radius - head.x) * (radius + head.x)
        np.sqrt(squared.clip(0.0, np.inf, out=squared), out=head.z)
        head.u[:] -= head.z * self.sine
        head.v[:] += head.z * self.lift

    def place(self, u: float, v: float) -> tuple[float, float]:
        """Return where in the frame a point of the face is seen."""
        radius = max(float(self.profile[int((v + 140) / _STEP)]), 0.0)
        depth = max(radius**2 - u**2, 0.0) ** 0.5
        x = u * self.cosine + depth * self.sine - _EYE_DEPTH * self.sine
        y = v - (depth * self.cosine - u * self.sine - _EYE_DEPTH) * self.lift
        cosine, sine = self.roll
        return x * cosine - y * sine, x * sine + y * cosine

    def outer(self, top: float, bottom: float, half: float) -> Window:
        """Return the pixels of what is around the axis, from `top` to `bottom`, up to `half` from the axis."""
        cosine, sine = self.roll
        middle, reach = (top + bottom) / 2, (bottom - top) / 2
        x, y = -_EYE_DEPTH * self.sine, middle + _EYE_DEPTH * self.lift
        centre = x * cosine - y * sine, x * sine + y * cosine
        sine = abs(sine)
        return self.frame.window(centre, (half * cosine + reach * sine + 1, reach * cosine + half * sine + 1))

    def window(self, u: float, v: float, reach: tuple[float, float]) -> Window:
        """Return the pixels around a point of the face."""
        return self.frame.window(self.place(u, v), reach)


def look_up(table: np.ndarray, row: np.ndarray) -> np.ndarray:
    """Return a table's values at its rows `row`; beyond its ends, at its ends."""
    return table.take(row, mode="clip")


def rounded(outline: np.ndarray, row: np.ndarray, across: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the normal (right, down, out of the picture; length 1) of something as broad as it is deep.

    Args:
        outline: half its width at each of `heights()`.
        row: where in `heights()`, (h, w).
        across: where between its edges, -1 to 1, (h, w).
    """
    slopes = _slopes(outline)
    upright = np.sqrt(1.02 + slopes * slopes)
    scale = look_up(1.0 / upright, row)
    out = across * across
    np.subtract(1.02, out, out=out)
    np.sqrt(out, out=out)
    out *= scale
    scale *= across
    return scale, look_up(-slopes / upright, row), out


def heights() -> np.ndarray:
    """Return the heights of the tables, from -140 to 140 pixels below the eyes."""
    return _HEIGHTS


def rows_of(y: np.ndarray) -> np.ndarray:
    """Return where in `heights()` are heights, not rounded; as integers they are rows of a table."""
    row = y * (1 / _STEP)
    row += 140 / _STEP + 0.5
    return row


def upright(profile: np.ndarray) -> np.ndarray:
    """Return the sine of a profile's slope at each of `heights()`: 1 where it is as broad below."""
    slopes = _slopes(profile)
    return 1.0 / np.sqrt(1.0 + slopes * slopes)


def _slopes(profile: np.ndarray) -> np.ndarray:
    return gradient(profile.clip(0.0, np.inf), _STEP).clip(-6.0, 6.0)


def _profile(face: Face) -> np.ndarray:
    half = 45.0 * face.face_width
    up = np.clip((_CHEEK - _HEIGHTS) / (_CHEEK - CROWN), 0.0, 1.0)
    down = np.clip((_HEIGHTS - _CHEEK) / (CHIN - _CHEEK), 0.0, 1.0)
    skull = np.sqrt(1.0 - up**2.7)
    jaw = (1.0 - (0.36 - 0.24 * face.jaw) * down**1.5) * np.sqrt(1.0 - down ** (2.6 + 2.4 * face.jaw))
    width = half * np.where(_HEIGHTS < _CHEEK, skull, jaw)
    return np.where((up < 1.0) & (down < 1.0), width, NOTHING).astype(np.float32)
