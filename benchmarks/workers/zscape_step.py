"""Contestant `zscape`: a recipe trained by zscape's own `fit`.

Inside of the time: the store on the disk, the order of the images, uint8 scaled in the model, bounded log_var, trackers
of the loss' parts, history and the live progress line, and what makes a run reproducible (one inter-op thread on
TensorFlow). Outside: what an epoch ends with (checkpoint).
"""

import contextlib
import os
import tempfile
from pathlib import Path

from benchmarks.networks import noise_images
from benchmarks.workers.task import Line, Task
from zscape.core.backend import start_backend
from zscape.data.batches import Batches
from zscape.data.prepare import write_store
from zscape.data.raw import RawImages
from zscape.data.store import Store
from zscape.specs.compose import compose_recipe
from zscape.specs.data import DataSpec, SplitSpec


def main() -> None:
    """Train until the harness closes the line."""
    task, line = Task.from_arguments(), Line()
    start_backend(task.backend, task.threads, deterministic=True)
    with tempfile.TemporaryDirectory(prefix="zscape-") as folder, open(os.devnull, "w") as nowhere:
        _train(task, line, Path(folder), nowhere)


def _train(task: Task, line: Line, folder: Path, nowhere: object) -> None:
    # Imported here because Keras must not start before the environment is set.
    from rich.console import Console

    from benchmarks.workers.keras_station import EPOCHS, EndOfWork, Station
    from zscape.pathways.build import build_model
    from zscape.training.fit import fit
    from zscape.training.progress import ProgressCallback

    recipe = compose_recipe(task.network.recipe, [f"training.epochs={EPOCHS}"]).for_images(task.network.image_shape)
    spec = recipe.training
    model = build_model(recipe, task.precision)
    batches = Batches(_store(task, folder).split("train"), spec.batch_size, spec.seed, shuffle=True)
    console = Console(file=nowhere, force_terminal=True, width=80)  # type: ignore[arg-type]
    progress = ProgressCallback(model.objective.beta, task.images, EPOCHS, console)
    with contextlib.suppress(EndOfWork):
        fit(model, batches, None, spec, folder / "checkpoints", [progress, Station(line)])
    progress.close()


def _store(task: Task, folder: Path) -> Store:
    images = noise_images(task.network, task.images + 2)  # one for validation, one for the test
    raw = RawImages(images, None, None, None, None, "Noise for a benchmark.")
    return write_store(raw, DataSpec(splits=SplitSpec(validation=1, test=1)), folder / "store")


if __name__ == "__main__":
    main()
