"""The history as a table: one row per epoch, one column per number."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any


def flat_record(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return an epoch's record with flat names: `train.loss` in place of `{"train": {"loss": ...}}`.

    A part that is None, as `validation` is where there are no validation images, is left out.
    """
    flat: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}.{inner}": number for inner, number in value.items()}
        elif value is not None:
            flat[name] = value
    return flat


def history_csv(history: Sequence[Mapping[str, Any]]) -> str:
    """Return the history as CSV text, its numbers in full.

    Args:
        history: the records of history.jsonl.

    Returns:
        A header and a line per record; a cell is empty where there is no such number. A column that only some records
        have stands last.
    """
    rows = [flat_record(record) for record in history]
    everywhere = [name for name in (rows[0] if rows else ()) if all(name in row for row in rows)]
    columns = list(dict.fromkeys([*everywhere, *(name for row in rows for name in row)]))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row.get(name) for name in columns] for row in rows)
    return text.getvalue()
