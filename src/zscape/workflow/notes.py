"""What verbs tell the user on the way, beside their results."""

import sys
from collections.abc import Sequence

from zscape.data.store import Store
from zscape.reporting.numbers import counted

_MOST_NAMED = 3


def note_to_stderr(sentence: str) -> None:
    """Print a note where it does not disturb a verb's output."""
    print(sentence, file=sys.stderr, flush=True)


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
