"""A portrait: everything painted over one another, from the wall to the hat."""

from functools import cache

import numpy as np

from zscape.data.faces.face import Face
from zscape.data.faces.hair import comb
from zscape.data.faces.head import HEIGHT, WIDTH, Frame, Pose
from zscape.data.faces.light import Light
from zscape.data.faces.paint import soft, to_bytes
from zscape.data.faces.sitter import Sitter
from zscape.data.faces.skin import paint_ear, paint_head, paint_neck
from zscape.data.faces.wall import paint_wall
from zscape.data.faces.wear import hat_line, paint_clothes, paint_glasses, paint_hat

SIZE = (HEIGHT, WIDTH)
"""(height, width) of CelebA's aligned images."""


def paint(face: Face, size: tuple[int, int] = SIZE) -> np.ndarray:
    """Return the portrait of a face, uint8 (height, width, 3).

    Args:
        face: who, in which light, before which wall.
        size: (height, width) in pixels, 8 or more each; another shape than CelebA's shows the middle of the picture.
    """
    _keep_memory()
    frame = Frame.of(*size)
    pose = Pose.of(face, frame)
    light = Light.of(face)
    sitter = Sitter(face, pose, light, pose.heads())
    picture = paint_wall(face, frame, light)
    hair = comb(sitter)
    shade = np.ones(size, np.float32)
    if hair is not None:
        shade[hair.window] = hair.shade
    hatted = face.hat != "none"
    if hatted:
        shade = shade * (1.0 - 0.5 * soft(hat_line(sitter, sitter.head) + 7.0, 12.0))
    if hair is not None:
        hair.paint_behind(picture)
    paint_neck(picture, sitter)
    paint_clothes(picture, sitter)
    near = -1 if face.yaw > 0 else 1
    paint_ear(picture, sitter, -near, shade)
    paint_head(picture, sitter, shade)
    paint_ear(picture, sitter, near, shade)
    paint_glasses(picture, sitter)
    if hair is not None:
        hair.paint_front(picture)
    if hatted:
        paint_hat(picture, sitter)
    return to_bytes(picture)


@cache
def _keep_memory() -> None:
    """Have the C library keep for the next face what the last one's arrays leave, a few MB.

    Without, it gives them back to the system and asks for them again, 500 pages a face, a seventh of the time. Once a
    large block is freed, glibc keeps up to twice its size; the block is never written to, so it takes no memory itself.
    """
    np.empty(2**23, np.uint8)
