"""Callbacks that a user gives to a training."""

from collections.abc import Iterable
from typing import Any

import keras

from zscape.core.errors import InputError


def check_callbacks(callbacks: Iterable[Any]) -> list[keras.callbacks.Callback]:
    """Return a user's callbacks as a list.

    Raises:
        InputError: when one is none, or would resume the training in its own way.
    """
    if isinstance(callbacks, keras.callbacks.Callback) or not isinstance(callbacks, Iterable):
        raise InputError(f"callbacks must be a list, received one {type(callbacks).__name__}: put it into brackets.")
    found = list(callbacks)
    for position, callback in enumerate(found):
        if isinstance(callback, type) or not isinstance(callback, keras.callbacks.Callback):
            what = f"the class {callback.__name__}" if isinstance(callback, type) else f"a {type(callback).__name__}"
            raise InputError(
                f"callbacks[{position}] is {what}, but an object of keras.callbacks.Callback is needed; "
                "keras.callbacks.LambdaCallback(on_epoch_end=...) makes one of a function."
            )
        if isinstance(callback, keras.callbacks.BackupAndRestore):
            raise InputError(
                f"callbacks[{position}] is keras.callbacks.BackupAndRestore, which would begin where its own backup "
                "ends; zscape goes on from its checkpoints by itself: leave it out."
            )
    return found
