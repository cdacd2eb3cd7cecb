"""What a source of encoded image files looks like from outside; nothing is decoded when a source is read."""

from typing import Protocol, runtime_checkable

MOST_BYTES = 128 << 20
"""Bytes of the largest image file that is read; memory must hold it whole, once for every worker."""


class Unusable(Exception):
    """One image cannot be used: it is skipped and listed.

    Attributes:
        reason: why, in words without a path and without a full stop.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SourceLost(Exception):
    """The source itself is gone or has changed since it was listed; the text is one sentence."""


@runtime_checkable
class Pack(Protocol):
    """Encoded image files in a fixed order.

    A pack can be pickled; each process opens the files anew, when it first reads one.

    Attributes:
        names: relative names with "/", sorted and unique: the order of the store.
    """

    names: tuple[str, ...]

    def __len__(self) -> int: ...

    def read(self, position: int) -> bytes:
        """Return the encoded file at a position of `names`.

        Raises:
            Unusable: when this one file cannot be used.
            SourceLost: when the file, its folder or its archive is gone, or is another than the one that was listed.
        """
        ...


def too_large(size: int) -> str | None:
    """Return why a file of this many bytes is not read, without a full stop, or None where it is."""
    if size <= MOST_BYTES:
        return None
    return f"its file has {size / 1e6:,.0f} MB, more than the {MOST_BYTES / 1e6:,.0f} MB that are read"


def plain_name(name: str) -> str:
    """Return a file's name as it can be stored and printed: what is no printable text becomes a backslash escape."""
    if name.isprintable():
        return name
    escaped = (sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in name)
    return "".join(escaped)
