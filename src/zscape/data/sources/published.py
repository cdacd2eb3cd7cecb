"""Published files: those that Keras has downloaded already, and those that come from the network."""

import hashlib
import os
from pathlib import Path

from zscape.core.download import fetch
from zscape.core.errors import InputError

KERAS_FILES = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
"""Where `keras.datasets` downloads from."""


def published_file(url: str, sha256: str, name: str, in_keras: str | None, remedy: str) -> Path:
    """Return a published file: from Keras' cache where it lies there unchanged, else from ours or the network.

    Args:
        url: its address.
        sha256: its checksum; anything else is not used.
        name: its name in zscape's cache.
        in_keras: its path below Keras' `datasets` folder, None where Keras has another version.
        remedy: what a user without a network can do, a sentence.

    Raises:
        InputError: when neither cache has it and the network does not give it.
    """
    if in_keras is not None:
        home = os.environ.get("KERAS_HOME")
        cached = (Path(home) if home else Path.home() / ".keras") / "datasets" / in_keras
        if cached.is_file() and _sha256(cached) == sha256:
            return cached
    try:
        return fetch(url, sha256, name)
    except InputError as error:
        raise InputError(f"{error} {remedy}") from None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
