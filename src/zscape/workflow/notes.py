"""What verbs tell the user on the way, beside their results."""

import sys
import time
from collections.abc import Callable, Sequence

from zscape.data.store import Store
from zscape.reporting.numbers import counted

_MOST_NAMED = 3
_BETWEEN = 10.0  # seconds between two notes of one preparation


def note_to_stderr(sentence: str) -> None:
    """Print a note where it does not disturb a verb's output."""
    print(sentence, file=sys.stderr, flush=True)


class PreparationNotes:
    """Tells how far a preparation is, now and then; nothing of one that is soon done.

    Args:
        note: takes the sentences.
    """

    def __init__(self, note: Callable[[str], None]) -> None:
        self._note = note
        self._told = time.monotonic()

    def __call__(self, done: int, total: int, speed: float) -> None:
        """Tell that so many images of all are done, at so many per second."""
        if done < total and (now := time.monotonic()) - self._told >= _BETWEEN:
            self._told = now
            self._note(f"Preparing images: {done:,} of {total:,} done, {speed:,.0f} images/s")


def skipped_sentences(skipped: Sequence[Sequence[str]]) -> list[str]:
    """Return which files were left out and why, as one sentence, or nothing where none was.

    Args:
        skipped: (name, reason) of each file.
    """
    if not skipped:
        return []
    named = ", ".join(f"{name} ({reason})" for name, reason in skipped[:_MOST_NAMED])
    more = f", and {len(skipped) - _MOST_NAMED:,} more" if len(skipped) > _MOST_NAMED else ""
    return [f"{counted(len(skipped), 'file')} left out: {named}{more}"]


def changes_sentences(store: Store, name: str) -> list[str]:
    """Return what was done to a user's images to make them fit a network, as one sentence, or nothing.

    Args:
        store: the images as they became.
        name: what they are called, such as the folder's name.
    """
    changes = store.manifest.get("changes") or []
    shape = "x".join(map(str, store.image_shape))
    return [f"The images of {name} are made to fit the network's {shape}: {', '.join(changes)}"] if changes else []


def stop_sentences(epochs: int, kept: int, most: int) -> list[str]:
    """Return why training ended where it did and which epoch's networks are kept, as one sentence.

    Args:
        epochs: epochs trained.
        kept: the epoch whose networks are kept; nothing is said where it is the last one of all.
        most: the recipe's number of epochs.
    """
    if epochs < most:
        waited = counted(epochs - kept, "epoch")
        return [f"Stopped after epoch {epochs} of {most}: {waited} without gain; epoch {kept} is kept"]
    return [] if kept == epochs else [f"All {counted(epochs, 'epoch')} done; epoch {kept} was the best and is kept"]
