"""What a user may give as callbacks."""

import re

import keras
import pytest

from zscape.core.errors import InputError
from zscape.training.user_callbacks import check_callbacks


def test_lists_of_callbacks():
    mine = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: None)
    assert check_callbacks((mine,)) == [mine] and check_callbacks([]) == []
    assert check_callbacks(callback for callback in [mine]) == [mine]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (keras.callbacks.History(), "callbacks must be a list, received one History: put it into brackets."),
        (3, "callbacks must be a list, received one int: put it into brackets."),
        ([print], "callbacks[0] is a builtin_function_or_method, but an object of keras.callbacks.Callback is needed;"),
        (
            [keras.callbacks.History(), keras.callbacks.History],
            "callbacks[1] is the class History, but an object of keras.callbacks.Callback is needed; "
            "keras.callbacks.LambdaCallback(on_epoch_end=...) makes one of a function.",
        ),
        (
            [keras.callbacks.BackupAndRestore("x.weights.h5")],
            "callbacks[0] is keras.callbacks.BackupAndRestore, which would begin where its own backup ends; zscape "
            "goes on from its checkpoints by itself: leave it out.",
        ),
    ],
)
def test_anything_else_is_refused(given, sentence):
    with pytest.raises(InputError, match=f"^{re.escape(sentence)}"):
        check_callbacks(given)
