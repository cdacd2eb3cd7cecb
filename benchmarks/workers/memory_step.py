"""One training of a few steps, and how much memory it took; in a process of its own, as none gives everything back.

    python -m benchmarks.workers.memory_step '{"settings": ["training.batch_size=64"], "backend": "tensorflow", ...}'

What counts is the peak of resident memory during zscape's own `fit` (two epochs of one and a half batches each, the
validation and the checkpoints with them) above the resident size just before it: 5 is written into
/proc/self/clear_refs, which sets VmHWM back to VmRSS, and VmHWM is read at the end. Pages of files that came in
meanwhile (the libraries' code, which the system can drop at any time) are taken off. Linux only.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from zscape.core.backend import start_backend
from zscape.core.seeds import generator
from zscape.data.batches import Batches
from zscape.data.prepare import write_store
from zscape.data.raw import RawImages
from zscape.data.store import Store
from zscape.specs.compose import compose_recipe
from zscape.specs.data import DataSpec, SplitSpec
from zscape.specs.recipe import Recipe

EPOCHS, STEPS = 2, 2  # the second batch of an epoch is half of the first, as the last one is in practice


def main() -> int:
    """Measure one configuration; print one line of JSON: bytes."""
    task = json.loads(sys.argv[1])
    backend = start_backend(task["backend"], task["threads"])
    recipe = compose_recipe("celeba", [*task["settings"], f"training.epochs={EPOCHS}"])
    with tempfile.TemporaryDirectory(prefix="zscape-") as folder:
        measured = _measure(recipe, task["precision"], Path(folder))
    print(json.dumps({"backend": backend, **measured}), flush=True)
    return 0


def _measure(recipe: Recipe, precision: str, folder: Path) -> dict[str, int]:
    # Imported here because Keras must not start before the environment is set.
    from zscape.pathways.build import build_model
    from zscape.training.fit import fit

    spec = recipe.training
    batch = spec.batch_size
    store = _store(recipe.image_shape, (STEPS - 1) * batch + max(1, batch // 2), batch, folder)
    train = Batches(store.split("train"), batch, spec.seed, shuffle=True)
    validation = Batches(store.split("validation"), batch, spec.seed, shuffle=False)
    model = build_model(recipe, precision, train.steps_per_epoch)
    before = _reset_peak()
    fit(model, train, validation, spec, folder / "checkpoints", task=recipe.task)
    after = _status()
    file_pages = after["RssFile"] - before["RssFile"]
    return {
        "resident_before": before["VmRSS"],
        "peak": after["VmHWM"],
        "file_pages": file_pages,
        "measured": after["VmHWM"] - before["VmRSS"] - file_pages,
    }


def _store(shape: tuple[int, int, int], count: int, validation: int, folder: Path) -> Store:
    images = generator(0, "images").integers(0, 256, (count + validation + 1, *shape), dtype="uint8")
    raw = RawImages(images, None, None, None, None, "Noise for a benchmark.")
    return write_store(raw, DataSpec(splits=SplitSpec(validation=validation, test=1)), folder / "store")


def _reset_peak() -> dict[str, int]:
    Path("/proc/self/clear_refs").write_text("5")
    return _status()


def _status() -> dict[str, int]:
    lines = (line.partition(":") for line in Path("/proc/self/status").read_text().splitlines())
    sizes: dict[str, Any] = {name: value.split() for name, _, value in lines}
    return {name: 1024 * int(sizes[name][0]) for name in ("VmRSS", "VmHWM", "RssFile")}


if __name__ == "__main__":
    sys.exit(main())
