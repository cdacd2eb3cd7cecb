"""Images one after the other, there and back: GIF by Pillow, MP4 by the program ffmpeg."""

import importlib
import io
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from zscape.core.errors import InputError

FORMATS = (".gif", ".mp4")
"""The endings of films."""

_SIZE = 192  # pixels of the longer side, about: small images are enlarged by a whole number
_FRAME, _HOLD = 80, 560  # milliseconds that an image on the way is shown, and one that the path was made to meet
_RATE = 25  # frames per second of an MP4; 80 ms are 2 of them


def there_and_back(count: int, held: Sequence[int] = ()) -> tuple[list[int], list[int]]:
    """Return the order in which images are shown, forward and back without the ends twice, and for how long.

    Args:
        count: number of images, >= 1.
        held: positions of those that are shown longer, beside the first and the last.

    Returns:
        Positions, 2 * count - 2 of them (1 for a single image), and milliseconds.
    """
    order = [*range(count), *range(count - 2, 0, -1)]
    long = {0, count - 1, *held}
    return order, [_HOLD if position in long else _FRAME for position in order]


def gif(images: np.ndarray, held: Sequence[int] = ()) -> bytes:
    """Return a GIF that shows the images there and back, for ever.

    Grey images keep all their 256 greys. Colour images share one palette of 256 colours, chosen over all of them and
    without dithering, so that nothing flickers; runs of equal images become one that is shown longer.

    Args:
        images: uint8 (n, height, width, 1 or 3 channels), n >= 1.
        held: as in `there_and_back`.

    Raises:
        InputError: when the images cannot be drawn.
    """
    order, durations = there_and_back(len(_checked(images)), held)
    frames = _paletted(_enlarged(images))
    buffer = io.BytesIO()
    shown = [frames[position] for position in order]
    shown[0].save(
        buffer, format="GIF", save_all=True, append_images=shown[1:], duration=durations, loop=0, optimize=False
    )
    return buffer.getvalue()


def mp4(images: np.ndarray, held: Sequence[int] = (), program: str | None = None) -> bytes:
    """Return an MP4 (H.264, or MPEG-4 where ffmpeg was built without it) that shows the images there and back, once.

    Args:
        images: as in `gif`.
        held: as in `there_and_back`.
        program: the path of ffmpeg; None looks for it with `ffmpeg_program`.

    Raises:
        InputError: when the images cannot be drawn, there is no ffmpeg, or it fails.
    """
    order, durations = there_and_back(len(_checked(images)), held)
    program = program or ffmpeg_program()
    large = _enlarged(images)
    frames = _even(np.broadcast_to(large, (*large.shape[:3], 3)))
    repeats = [duration * _RATE // 1000 for duration in durations]
    raw = b"".join(frames[position].tobytes() * times for position, times in zip(order, repeats, strict=True))
    reason = ""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "film.mp4"
        for encoder in (("libx264", "-crf", "18"), ("mpeg4", "-q:v", "2")):
            command = _command(program, frames.shape[2], frames.shape[1], encoder, out)
            done = subprocess.run(command, input=raw, capture_output=True, check=False)
            if done.returncode == 0 and out.is_file():
                return out.read_bytes()
            reason = " ".join(done.stderr.decode(errors="replace").split())[-200:]
    raise InputError(f"ffmpeg could not make the film ({reason or 'it gave no reason'}); take a .gif instead.")


def ffmpeg_program() -> str:
    """Return the path of ffmpeg: the installed program, or the one that the package imageio-ffmpeg brings.

    Raises:
        InputError: when there is neither.
    """
    program = shutil.which("ffmpeg")
    if program:
        return program
    try:
        return importlib.import_module("imageio_ffmpeg").get_ffmpeg_exe()
    except (ImportError, RuntimeError):
        raise InputError(
            "An .mp4 needs the program ffmpeg, which was not found: install it (apt install ffmpeg, brew install "
            "ffmpeg, or pip install imageio-ffmpeg), or take a .gif, which needs nothing more."
        ) from None


def _command(program: str, width: int, height: int, encoder: Sequence[str], out: Path) -> list[str]:
    name, *quality = encoder
    given = ["-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", f"{width}x{height}", "-framerate", str(_RATE)]
    made = ["-c:v", name, *quality, "-pix_fmt", "yuv420p", "-movflags", "+faststart"]
    return [program, "-loglevel", "error", "-y", *given, "-i", "-", *made, str(out)]


def _checked(images: np.ndarray) -> np.ndarray:
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[-1] not in (1, 3) or 0 in images.shape:
        raise InputError(
            f"A film got images of shape {images.shape} and dtype {images.dtype}; "
            f"expected uint8 (n, height, width, 1 or 3 channels), n >= 1."
        )
    return images


def _enlarged(images: np.ndarray) -> np.ndarray:
    scale = max(1, round(_SIZE / max(images.shape[1:3])))
    return images.repeat(scale, axis=1).repeat(scale, axis=2)


def _even(frames: np.ndarray) -> np.ndarray:
    # Colours are stored for 2 x 2 pixels at a time: an odd row or column gets a double.
    odd = [(0, frames.shape[axis] % 2) for axis in (1, 2)]
    return np.ascontiguousarray(np.pad(frames, [(0, 0), *odd, (0, 0)], mode="edge"))


def _paletted(images: np.ndarray) -> list[Image.Image]:
    if images.shape[-1] == 1:
        return [Image.fromarray(image[..., 0]) for image in images]
    sheet = Image.fromarray(images.reshape(-1, *images.shape[2:]))
    palette = sheet.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    return [Image.fromarray(image).quantize(palette=palette, dither=Image.Dither.NONE) for image in images]
