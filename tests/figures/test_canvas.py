"""PNG bytes that repeat, and matplotlib left as it was found."""

import io
import subprocess
import sys

import matplotlib
import numpy as np
import pytest
from PIL import Image

from zscape.figures.canvas import PALETTE, new_figure, new_panels, png, styled


def test_a_figure_has_its_size_and_repeats_its_bytes():
    def draw() -> bytes:
        figure, axes = new_figure(3.0, 2.0)
        axes.plot([1, 2], [3, 4], label="line")
        axes.set_title("title")
        return png(figure)

    assert Image.open(io.BytesIO(draw())).size == (432, 288)
    assert draw() == draw()


def test_a_figure_can_be_saved_twice():
    figure, axes = new_figure(2, 2)
    axes.plot([1, 2], [3, 4])
    assert png(figure) == png(figure)


def test_an_image_keeps_its_pixels():
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    data = png(Image.fromarray(pixels))
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(data))), pixels)
    assert data == png(Image.fromarray(pixels))


def test_panels():
    figure, axes = new_panels(4, 1, 3)
    assert len(axes) == 3 == len(figure.axes)


# OKLab of B. Ottosson, and protanopia and deuteranopia of full strength as Machado et al. (2009) simulate them.
TO_LMS = [
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
]
TO_LAB = [
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
]
EYES = {
    "all cones": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
}


def lab_of(colours, eye="all cones"):
    values = np.array([[int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)] for text in colours])
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ np.transpose(EYES[eye]), 0, 1)
    return np.cbrt(seen @ np.transpose(TO_LMS)) @ np.transpose(TO_LAB)


@pytest.mark.parametrize(("eye", "least"), [("all cones", 0.17), ("protanopia", 0.10), ("deuteranopia", 0.10)])
def test_ten_colours_far_from_each_other_and_from_paper(eye, least):
    lab = lab_of(PALETTE, eye)
    distances = np.linalg.norm(lab[:, np.newaxis] - lab, axis=-1)
    assert len(PALETTE) == 10 and distances[np.triu_indices(10, 1)].min() > least
    assert lab[:, 0].max() < 0.82  # lightness: white has 1


def test_no_more_than_two_of_the_ten_are_blues():
    lab = lab_of(PALETTE)
    hue = np.degrees(np.arctan2(lab[:, 2], lab[:, 1])) % 360  # blue has 264
    assert int(((hue > 190) & (hue < 280)).sum()) == 2


def test_oklab_here_is_oklab():
    np.testing.assert_allclose(lab_of(["#ffffff", "#ff0000"]), [[1, 0, 0], [0.628, 0.2249, 0.1258]], atol=1e-3)


def test_the_users_settings_neither_change_nor_matter():
    @styled
    def draw() -> bytes:
        figure, axes = new_figure(2, 2)
        axes.set_title("A title")
        return png(figure)

    expected = draw()
    before = dict(matplotlib.rcParams)
    with matplotlib.rc_context({"font.size": 20, "axes.facecolor": "black", "axes.grid": False}):
        changed = dict(matplotlib.rcParams)
        assert draw() == expected
        assert dict(matplotlib.rcParams) == changed
    assert dict(matplotlib.rcParams) == before


def test_styled_restores_the_settings_after_an_error():
    before = dict(matplotlib.rcParams)

    @styled
    def broken() -> None:
        assert matplotlib.rcParams["font.size"] == 9.0
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    assert dict(matplotlib.rcParams) == before


def test_pyplot_is_never_imported():
    modules = ["canvas", "curves", "files", "grid", "posterior", "radius", "scatter", "spectrum"]
    program = (
        f"import sys\n{chr(10).join(f'import zscape.figures.{name}' for name in modules)}\n"
        "import numpy as np\nfrom zscape.figures import canvas, scatter\n"
        "canvas.png(scatter.draw_scatter(np.eye(2), np.arange(2)))\n"
        "wrong = {'matplotlib.pyplot', 'keras', 'tensorflow', 'jax', 'torch', 'tkinter'} & set(sys.modules)\n"
        "sys.exit(', '.join(sorted(wrong)) or 0)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
