"""TensorBoard's event files, brought up to date after every epoch."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras

from zscape.runs.event_files import EventFiles


class EventsCallback(keras.callbacks.Callback):
    """Writes each epoch's record into event files.

    What is written comes from the history, not from Keras' logs, so that both say the same: losses that add up, in
    double precision, and after a break nothing twice and nothing missing.

    Args:
        files: where to.
        history: gives the records so far; the callback comes after the one that makes them, and after the pictures.
    """

    def __init__(self, files: EventFiles, history: Callable[[], Sequence[Mapping[str, Any]]]) -> None:
        super().__init__()
        self._files = files
        self._history = history

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._files.follow(self._history()[: epoch + 1])
