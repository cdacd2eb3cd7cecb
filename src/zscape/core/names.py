"""Names that were not found, and the nearest one that would have been."""

import difflib
from collections.abc import Iterable


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
