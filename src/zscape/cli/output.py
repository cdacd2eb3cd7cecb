"""What verbs print on stdout."""

from collections.abc import Sequence
from typing import Any

from zscape.core.files import to_json
from zscape.core.records import to_plain


def print_json(value: Any) -> None:
    """Print a record or plain value as JSON."""
    print(to_json(to_plain(value)), end="")


def print_table(rows: Sequence[Sequence[Any]], right: Sequence[int] = ()) -> None:
    """Print rows as aligned columns.

    Args:
        rows: of equal length.
        right: positions of the columns that are aligned to the right.
    """
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    for row in texts:
        cells = [
            cell.rjust(width) if position in right else cell.ljust(width)
            for position, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())
