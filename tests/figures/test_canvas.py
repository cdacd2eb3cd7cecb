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


def test_ten_different_colours():
    assert len(set(PALETTE)) == 10


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
    modules = ["canvas", "curves", "grid", "posterior", "radius", "scatter", "spectrum"]
    program = (
        f"import sys\n{chr(10).join(f'import zscape.figures.{name}' for name in modules)}\n"
        "import numpy as np\nfrom zscape.figures import canvas, scatter\n"
        "canvas.png(scatter.draw_scatter(np.eye(2), np.arange(2)))\n"
        "wrong = {'matplotlib.pyplot', 'keras', 'tensorflow', 'jax', 'torch', 'tkinter'} & set(sys.modules)\n"
        "sys.exit(', '.join(sorted(wrong)) or 0)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
