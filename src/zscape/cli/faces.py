"""`zscape faces`."""

import contextlib
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from zscape.cli.arguments import JsonOption
from zscape.cli.output import print_json
from zscape.cli.progress_line import ProgressLine, QuietOption
from zscape.reporting.numbers import counted


def faces(
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="The new folder to write.", show_default=False)],
    n: Annotated[int, typer.Option("-n", help="Number of faces.")] = 5000,
    seed: Annotated[int, typer.Option(help="Which set of faces.")] = 1,
    workers: Annotated[int, typer.Option(help="Processes that paint.")] = 2,
    sheet: Annotated[
        Path | None, typer.Option(metavar="PNG", help="Also a picture of the first 100.", show_default=False)
    ] = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Paint synthetic portraits with known factors, in CelebA's layout."""
    from zscape.workflow.faces import faces as paint_faces

    line = None if quiet or sys.stderr is None else ProgressLine("faces")
    with contextlib.closing(line) if line is not None else contextlib.nullcontext():
        progress = None if line is None else _with_speed(line)
        record = paint_faces(out, n, seed=seed, workers=workers, sheet=sheet, progress=progress)
    if json:
        print_json(record)
        return
    parts = ", ".join(f"{count:,} {name}" for name, count in record.parts.items())
    print(f"{record.directory}: {counted(record.count, 'face')} of 178x218 (width x height) pixels, set {record.seed}")
    print(f"Parts: {parts}")
    print(f"Factors: {', '.join(record.factors)}")
    print(f"Attributes: {', '.join(f'{name} {count:,}' for name, count in record.attributes.items())}")
    if record.sheet is not None:
        print(f"Picture: {record.sheet}")
    print(f"\nNext: zscape run faces data.path={record.directory}")


def _with_speed(line: ProgressLine) -> Callable[[int, int], None]:
    """Return what shows (faces done, faces in all) on a line, with the faces painted per second since now."""
    start = time.monotonic()
    return lambda done, total: line(done, total, done / max(time.monotonic() - start, 1e-9))
