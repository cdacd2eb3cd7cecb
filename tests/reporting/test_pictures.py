"""Pictures of a size that a page can carry."""

import io

import numpy as np
from PIL import Image

from zscape.figures.canvas import png
from zscape.reporting.pictures import Shown, reconstructions, rows_by_radius, sheet_for_page

COUNT = Shown(pairs=2, pair_columns=2, random=4, random_columns=2, per_radius=3)


def test_a_large_contact_sheet_is_halved_and_a_small_one_stays_as_it_is():
    rng = np.random.default_rng(0)
    small = png(Image.fromarray(rng.integers(0, 256, (100, 100, 3), np.uint8)))
    assert sheet_for_page(small) == small
    large = png(Image.fromarray(rng.integers(0, 256, (700, 1000, 3), np.uint8)))
    halved = sheet_for_page(large)
    assert len(large) > 2e6 and len(halved) <= 5e5
    with Image.open(io.BytesIO(halved)) as picture:
        assert picture.size in ((500, 350), (250, 175))


def test_rows_of_cubes_come_by_growing_width():
    images = {r: np.full((5, 64, 64, 1), value, np.uint8) for r, value in ((8.0, 80), (0.5, 5), (1.0, 10))}
    page = np.asarray(rows_by_radius(images, COUNT).convert("L"))
    shades = [value for value in dict.fromkeys(page[:, -40].tolist()) if value in (5, 10, 80)]
    assert shades == [5, 10, 80]
    assert (page == 5).sum() == 3 * 64 * 64  # three images of each width, not five


def test_what_went_in_stands_on_top():
    layers = {"reconstructions": 90, "originals": 60, "inputs": 30, "random_normal": 10}
    images = {name: np.full((5, 64, 64, 1), value, np.uint8) for name, value in layers.items()}
    page = np.asarray(reconstructions(images, COUNT).convert("L"))
    assert [value for value in dict.fromkeys(page[:, 30].tolist()) if value != 255] == [30, 60, 90]
    assert (page == 30).sum() == 2 * 64 * 64
