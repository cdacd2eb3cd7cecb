"""Tables as files: CSV for programs, LaTeX for papers."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from zscape.core.files import write_text
from zscape.core.names import some_of
from zscape.reporting.numbers import NONE, Table

FORMATS = ("csv", "tex")
"""In what tables can be written."""

_LATEX = {
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "''",
    # After the end of a row these two would be read as its arguments.
    "[": "{[}",
    "*": "{*}",
    "–": "--",
    "×": r"$\times$",
    "±": r"$\pm$",
    "−": "$-$",
}


def table_formats(formats: Sequence[str]) -> tuple[str, ...]:
    """Return the formats asked for in a fixed order, each once.

    Args:
        formats: some of `FORMATS`, in any order.

    Raises:
        InputError: for any other format.
    """
    return some_of(formats, FORMATS, "Tables")


def write_all(tables: Mapping[str, Table], folder: Path, formats: Sequence[str]) -> list[Path]:
    """Write each table in each format into a folder, and return the paths."""
    kinds = table_formats(formats)
    return [path for name, table in tables.items() for path in write_tables(folder / name, *table, kinds)]


def write_tables(
    path_without_suffix: Path, header: list[str], rows: list[list[str]], formats: tuple[str, ...]
) -> list[Path]:
    """Write one table as .csv and .tex, whole or not at all, and return the paths.

    Args:
        path_without_suffix: where; the format becomes the suffix.
        header: names of the columns.
        rows: cells as text, as many as there are columns; a dash for "no number" becomes an empty field of the CSV.
        formats: some of `FORMATS`.

    Raises:
        InputError: for an unknown format.
    """
    written = []
    for kind in table_formats(formats):
        path = path_without_suffix.with_name(f"{path_without_suffix.name}.{kind}")
        write_text(path, {"csv": csv_text, "tex": latex_text}[kind](header, rows))
        written.append(path)
    return written


def csv_text(header: list[str], rows: list[list[str]]) -> str:
    """Return the table as CSV: commas, quotes where needed, one line feed after each row."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([name or "quantity" for name in header])
    writer.writerows([["" if cell == NONE else cell for cell in row] for row in rows])
    return file.getvalue()


def latex_text(header: list[str], rows: list[list[str]]) -> str:
    """Return the table as a LaTeX `tabular` that needs no package; columns of numbers are aligned to the right."""
    columns = zip(*rows, strict=True) if rows else [()] * len(header)
    alignment = "".join("r" if column and all(map(_is_number, column)) else "l" for column in columns)
    lines = [
        f"\\begin{{tabular}}{{{alignment}}}",
        "\\hline",
        _latex_row(header),
        "\\hline",
        *map(_latex_row, rows),
        "\\hline",
        "\\end{tabular}",
    ]
    return "\n".join(lines) + "\n"


def _latex_row(cells: Sequence[str]) -> str:
    return " & ".join(map(_latex_cell, cells)) + r" \\"


def _latex_cell(cell: str) -> str:
    if cell.startswith("-") and _is_number(cell):
        cell = f"−{cell[1:]}"  # a minus, not a hyphen
    return "".join(_LATEX.get(sign, sign) for sign in cell)


def _is_number(cell: str) -> bool:
    return cell == NONE or re.fullmatch(r"-?[\d,]+(\.\d+)?(e[+-]\d+)?( ± [\d.]+)?", cell) is not None
