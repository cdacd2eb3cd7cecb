"""The four idx files in which MNIST and Fashion-MNIST are published."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from zscape.core.errors import InputError
from zscape.data.readers.idx import read_idx

OFFICIAL = {
    "x_train": "train-images-idx3-ubyte",
    "y_train": "train-labels-idx1-ubyte",
    "x_test": "t10k-images-idx3-ubyte",
    "y_test": "t10k-labels-idx1-ubyte",
}
"""The files' names without .gz, by the names that the same arrays have in an .npz."""


def read_idx_files(find: Callable[[str], Path]) -> dict[str, np.ndarray]:
    """Return the four arrays; `find` is told a file's name without .gz and returns its path.

    Raises:
        InputError: when a file cannot be read.
    """
    return {key: read_idx(find(name)) for key, name in OFFICIAL.items()}


def file_in(folder: Path, name: str, source: str) -> Path:
    """Return the path of an official file in a folder, packed or plain.

    Raises:
        InputError: when the folder has neither.
    """
    for candidate in (folder / f"{name}.gz", folder / name):
        if candidate.is_file():
            return candidate
    raise InputError(
        f"The folder {folder} holds neither {name}.gz nor {name}; for source {source!r}, data.path must be the folder "
        f"of the four official files ({', '.join(OFFICIAL.values())}, plain or .gz)."
    )
