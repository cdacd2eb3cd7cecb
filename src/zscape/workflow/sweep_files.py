"""The files of a sweep's directory, beside its runs."""

from pathlib import Path
from typing import Any

from zscape.analysis.sweep import SweepRecord, quantities
from zscape.core.errors import InputError
from zscape.core.files import read_json, write_bytes, write_json
from zscape.core.records import to_plain
from zscape.reporting.tables import write_tables
from zscape.workflow.metrics import UNITS
from zscape.workflow.sweep_tables import number_table, sweep_table

RECORD, PICTURE, TABLE, LOGS = "sweep.json", "rate_distortion.png", "sweep.csv", "logs"
_FORMAT = 1


def check_directory(folder: Path) -> None:
    """See that a directory can take a sweep: it is new, empty, or holds one; nothing is written.

    Raises:
        InputError: when it is a file, or holds anything else.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file; --out needs a directory.")
    if any(parent.is_file() for parent in folder.parents):
        raise InputError(f"{folder} cannot be made: a part of this path is a file.")
    if not folder.is_dir() or all(entry.name.startswith(".") for entry in folder.iterdir()):
        return
    if not (folder / RECORD).is_file():
        raise InputError(f"{folder} is not empty and holds no sweep: choose another --out.")
    record = read_json(folder / RECORD)
    if not isinstance(record, dict) or record.get("format") != _FORMAT:
        raise InputError(f"{folder / RECORD} is not the record of a sweep of this version: choose another --out.")


def sweep_json(record: SweepRecord) -> dict[str, Any]:
    """Return the record as plain values, with units."""
    units = {**UNITS, "negative_elbo": "nats per image, reconstruction + kl: comparable between different beta"}
    return {
        "format": _FORMAT,
        **to_plain(record),
        "units": {name: units.get(name, "R^2") for name in quantities(record.groups)},
    }


def write_record(folder: Path, record: SweepRecord) -> None:
    """Write sweep.json."""
    write_json(folder / RECORD, sweep_json(record))


def write_results(folder: Path, record: SweepRecord) -> None:
    """Write what a sweep leaves beside its runs.

    These are sweep.json, sweep.csv (every number in full), sweep.tex (as printed) and, where rate and distortion make a
    picture, rate_distortion.png.
    """
    write_record(folder, record)
    table = (folder / TABLE).with_suffix("")
    write_tables(table, *number_table(record), ("csv",))
    write_tables(table, *sweep_table(record), ("tex",))
    if record.no_picture is not None:
        (folder / PICTURE).unlink(missing_ok=True)  # an earlier, smaller sweep may have had one
        return
    from zscape.figures.canvas import png  # matplotlib takes a second to start
    from zscape.figures.rate_distortion import draw_rate_distortion

    write_bytes(folder / PICTURE, png(draw_rate_distortion(record)))
