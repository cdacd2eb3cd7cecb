"""Pictures drawn while training goes on: after epochs 1, 2, 4, 8, ..."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from zscape.core.files import write_bytes
from zscape.data.store import Split, Store
from zscape.figures.canvas import png
from zscape.figures.grid import image_grid
from zscape.latent.priors.normal import Normal
from zscape.runs.directory import RunDirectory
from zscape.workflow.pictures import shown_rows, to_bytes

_COLUMNS = 8
_ROWS = {"inputs": "what goes in", "originals": "originals", "reconstructions": "what comes out"}


def preview_callback(
    run: RunDirectory, store: Store, seed: int, say: Callable[[str], None]
) -> keras.callbacks.Callback:
    """Return a Keras callback that writes figures/training/epoch-NNNN.png.

    Each shows, row by row: what goes in (where a task makes that other images), validation images, what comes out, and
    two rows of images from fixed points of N(0, I), so that pictures of different epochs can be compared.

    Args:
        run: where to write; with its recipe.
        store: where the validation images come from.
        seed: fixes the z-points.
        say: told of the first picture.
    """
    return _Previews(run, store.split("validation"), seed, say)


class _Previews(keras.callbacks.Callback):
    def __init__(self, run: RunDirectory, split: Split, seed: int, say: Callable[[str], None]) -> None:
        super().__init__()
        self._run = run
        self._recipe = run.recipe
        self._split = split
        self._seed = seed
        self._say: Callable[[str], None] | None = say

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        number = epoch + 1
        if number & (number - 1):  # not a power of two
            return
        model: Any = self.model
        rows = shown_rows(model, self._recipe, self._split, _COLUMNS)
        columns = len(rows["originals"])
        random = to_bytes(model.decode(Normal(model.z_dim).sample(2 * columns, self._seed)))
        path = self._run.path / "figures" / "training" / f"epoch-{number:04d}.png"
        write_bytes(path, png(image_grid(np.concatenate([*rows.values(), random]), columns)))
        if self._say is not None:
            named = ", ".join(_ROWS[name] for name in rows)
            self._say(f"First picture ({named}, two rows from random points): {path}")
            self._say = None
