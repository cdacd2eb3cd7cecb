"""Pictures on their way into a page: fitted, common axes, few colours where many stand on one page, nothing lost."""

import base64
import io

from PIL import Image

from zscape.figures.canvas import DPI
from zscape.reporting.build import build_comparison
from zscape.reporting.fit import WIDTH


def test_drawings_are_fitted_to_their_columns_and_stand_on_common_axes(make_run, tmp_path, taken_apart, with_all):
    runs = [make_run(tmp_path / "ae", variational=False), make_run(tmp_path / "vae")]
    for run in runs:
        with_all(run)
    path = build_comparison(runs, tmp_path / "page.html")
    page = taken_apart(path)
    assert "All on the same axes." in page.text and path.stat().st_size < 1.5e6
    drawings = [image for image in page.all("img") if image["class"] == "figure"]
    assert len(drawings) > 20
    for image in drawings:
        with Image.open(io.BytesIO(base64.b64decode(image["src"].partition(",")[2]))) as picture:
            assert picture.mode == "P" and f"--least: {round(picture.width / 2)}px" in image["style"]
            assert picture.width <= WIDTH * DPI or "coordinates" in image["alt"]
