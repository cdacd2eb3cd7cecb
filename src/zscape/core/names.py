"""Names that were not found, and the nearest one that would have been."""

import difflib
from collections.abc import Iterable, Sequence

from zscape.core.errors import InputError


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate most like `name`, or None when none is like it."""
    matches = difflib.get_close_matches(name.lower(), list(candidates), n=1, cutoff=0.55)
    return matches[0] if matches else None


def unknown_name(kind: str, name: str, candidates: Iterable[str]) -> str:
    """Return the sentence for an unknown name: what it was, the nearest known one, all known ones.

    Args:
        kind: what the name should have been, in the singular, e.g. `"recipe"`.
        name: the name received.
        candidates: the names that exist.
    """
    known = sorted(candidates)
    guess = nearest(name, known)
    hint = f" Did you mean {guess!r}?" if guess else ""
    return f"Unknown {kind} {name!r}.{hint} Known: {', '.join(known)}."


def some_of(stated: str | Sequence[str], known: Sequence[str], what: str) -> tuple[str, ...]:
    """Return which of the known names are stated, in the order of `known`, each once.

    Args:
        stated: some of `known`, in any order; a single text stands for itself.
        known: what there is.
        what: what cannot be written when a name is unknown, for the message: "Figures", "Tables".

    Raises:
        InputError: for any other name.
    """
    names = (stated,) if isinstance(stated, str) else stated
    unknown = [name for name in names if name not in known]
    if unknown:
        raise InputError(f"{what} cannot be written as {unknown[0]!r}; choose from {', '.join(known)}.")
    return tuple(name for name in known if name in names)
