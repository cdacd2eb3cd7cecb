"""What one backend does for the test of all three: trains a run of its own and uses the runs of the others.

`python across.py train FOLDER` or `python across.py use OUT.npz FOLDER ...`, with KERAS_BACKEND set.
"""

import sys
from pathlib import Path

import numpy as np

import zscape

SETTINGS = (
    "data.limit=120",
    "model.filters=[4,6]",
    "model.strides=[1,2]",
    "model.block=residual",
    "model.batch_norm=true",
    "model.dense=[7]",
    "model.z_dim=3",
    "training.epochs=2",
    "training.batch_size=20",
    "training.threads=1",
)


def images() -> np.ndarray:
    """Return 40 images that no run has seen: uint8 (40, 8, 8, 1)."""
    return np.random.default_rng(3).integers(0, 256, (40, 8, 8, 1), np.uint8)


def use(out: str, folders: list[str]) -> None:
    """Write mu, log_var and images decoded from fixed points, of each run, to an .npz file."""
    z = np.random.default_rng(4).normal(size=(40, 3)).astype(np.float32)
    arrays = {}
    for folder in folders:
        model, name = zscape.load(folder), Path(folder).name
        arrays[f"{name}/mu"], arrays[f"{name}/log_var"] = model.encode(images(), return_log_var=True)
        arrays[f"{name}/decoded"] = model.decode(z)
        evaluation = zscape.evaluate(folder)
        arrays[f"{name}/evaluation"] = np.array([evaluation[key] for key in ("loss", "reconstruction", "kl", "psnr")])
    np.savez(out, **arrays)


if __name__ == "__main__":
    task, target, *others = sys.argv[1:]
    if task == "train":
        zscape.train("digits", SETTINGS, out=target, note=lambda sentence: None)
    else:
        use(target, others)
