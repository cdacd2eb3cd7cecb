"""The pictures of a run's report."""

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from zscape.analysis.study import Analysis
from zscape.figures.curves import draw_curves
from zscape.figures.grid import image_grid, stacks_grid
from zscape.figures.study import draw_study
from zscape.latent.codes import Codes
from zscape.runs.directory import RunDirectory

PAIR_COLUMNS = 10
RANDOM_COLUMNS = 12


def draw_run(run: RunDirectory, codes: Codes, analysis: Analysis) -> dict[str, Figure | Image.Image]:
    """Return all pictures of a run by name.

    Args:
        run: a run with history.jsonl and images.npz.
        codes: its codes.
        analysis: their study.
    """
    images: dict[str, np.ndarray] = run.images()
    rows = [images[name] for name in ("inputs", "originals", "reconstructions") if name in images]
    return {
        "curves": draw_curves(run.history()),
        "reconstructions": stacks_grid(rows, PAIR_COLUMNS),
        "random_normal": image_grid(images["random_normal"], RANDOM_COLUMNS),
        "random_fitted": image_grid(images["random_fitted"], RANDOM_COLUMNS),
        **draw_study(codes, analysis),
    }
