"""Which shapes encoded images have, found out from their headers as far as the plan of a preparation needs it."""

from collections.abc import Callable

import numpy as np

from zscape.core.errors import InputError
from zscape.core.seeds import generator
from zscape.data.preparation.jobs import Headers, Reply
from zscape.data.raw import Shape
from zscape.data.readers.pack import Pack

SAMPLE = 256
"""Headers that are read where size and channels are known already."""

Ask = Callable[[Headers, np.ndarray], list[Reply]]
"""Runs a job on positions, with worker processes where that pays."""


def survey_shapes(pack: Pack, kept: np.ndarray, known: bool, ask: Ask) -> list[Shape]:
    """Return the shapes of those of the kept entries that are usable, or of a sample of them.

    Args:
        pack: the entries.
        kept: positions of the entries wanted.
        known: whether size and channels of the store are known; then a fixed draw of `SAMPLE` entries is enough.
        ask: how headers are read.

    Raises:
        InputError: when none of the entries can be used.
        SourceLost: when the source is gone.
    """
    looked_at = kept
    if known and len(kept) > SAMPLE:
        looked_at = np.sort(generator(0, "survey").permutation(kept)[:SAMPLE])
    shapes, first = _shapes(pack, looked_at, ask)
    if not shapes and len(looked_at) < len(kept):
        shapes, first = _shapes(pack, kept, ask)
    if not shapes:
        raise none_usable(len(kept), *first)
    return shapes


def none_usable(count: int, name: str, reason: str) -> InputError:
    """Return the error for entries of which none can be used; `name` and `reason` are of the first."""
    if count == 1:
        return InputError(f"The only image file, {name}, cannot be used: {reason}.")
    return InputError(f"None of the {count} image files can be used; the first, {name}: {reason}.")


def _shapes(pack: Pack, positions: np.ndarray, ask: Ask) -> tuple[list[Shape], tuple[str, str]]:
    """Return the shapes of those that are usable, and (name, reason) of the first that is not."""
    replies = ask(Headers(pack), positions)
    shapes = [shape for reply in replies for shape in reply.shapes]
    start, first = 0, ("", "")
    for reply in replies:
        if reply.skipped:
            place, reason = reply.skipped[0]
            first = (pack.names[int(positions[start + place])], reason)
            break
        start += len(reply.shapes)
    return shapes, first
