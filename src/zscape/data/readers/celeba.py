"""The text files that come with CelebA: attributes, the official partition, and the factors of synthetic faces.

Two layouts are read: the authors' (`list_attr_celeba.txt`: a count, the names of the attributes, then a line for each
image) and Kaggle's (`list_attr_celeba.csv`: a line of names that begins with `image_id`). Lines are joined to images by
file name, never by their order.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass

import numpy as np

from zscape.core.errors import InputError


@dataclass(frozen=True)
class TextFile:
    """One of the text files.

    Attributes:
        name: its file name; a .csv has commas, a .txt spaces.
        data: its content.
    """

    name: str
    data: bytes

    @property
    def has_commas(self) -> bool:
        """Whether its fields are separated by commas."""
        return self.name.lower().endswith(".csv")


def read_attributes(file: TextFile) -> tuple[tuple[str, ...], dict[str, np.ndarray], int | None]:
    """Read an attribute file.

    Returns:
        The attributes' names; for every image its values, bool (k,): -1 and 0 are False, 1 is True; and the number of
        images that the file's first line states, None in a .csv, where it has none.

    Raises:
        InputError: when it is no text or a line does not fit.
    """
    lines = _lines(file)
    stated = None
    try:
        number, first = next(lines)
        if first.strip().isdigit():
            stated = int(first)
            number, first = next(lines)
    except StopIteration:
        raise InputError(f"{file.name} is empty; it should hold the attributes of CelebA's images.") from None
    names = _header(file, first)
    rows: dict[str, np.ndarray] = {}
    for number, line in lines:
        name, values = _row(file, number, line, len(names))
        _check_new(file, number, name, rows)
        try:
            rows[name] = np.array([_TRUTH[value] for value in values], bool)
        except KeyError as error:
            raise InputError(
                f"{file.name}, line {number}: an attribute is 1 or -1, received {error.args[0]!r}; get the file again."
            ) from None
    return names, rows, stated


def read_partition(file: TextFile) -> dict[str, int]:
    """Read the official partition: 0 train, 1 validation, 2 test.

    Raises:
        InputError: when it is no text or a line does not fit.
    """
    rows: dict[str, int] = {}
    for number, line in _lines(file):
        if not rows and file.has_commas and line.lower().startswith("image_id"):
            continue
        name, values = _row(file, number, line, 1)
        if values[0] not in ("0", "1", "2"):
            raise InputError(
                f"{file.name}, line {number}: a part is 0 (train), 1 (validation) or 2 (test), received {values[0]!r}."
            )
        _check_new(file, number, name, rows)
        rows[name] = int(values[0])
    return rows


def read_factors(file: TextFile) -> tuple[tuple[str, ...], dict[str, np.ndarray]]:
    """Read the numbers that synthetic faces were made from: `name,factor1,...`, then a line for each image.

    Returns:
        The factors' names, and for every image its values, float32 (f,).

    Raises:
        InputError: when it is no text or a line does not fit.
    """
    lines = _lines(file)
    _, first = next(lines, (1, ""))
    names = _header(file, first)
    rows: dict[str, np.ndarray] = {}
    for number, line in lines:
        name, values = _row(file, number, line, len(names))
        _check_new(file, number, name, rows)
        try:
            row = np.array([float(value) for value in values], np.float32)
        except ValueError:
            row = np.array([np.nan], np.float32)
        if not np.isfinite(row).all():
            raise InputError(f"{file.name}, line {number}: factors are finite numbers, received {', '.join(values)}.")
        rows[name] = row
    return names, rows


_TRUTH = {"1": True, "+1": True, "-1": False, "0": False}


def _lines(file: TextFile) -> Iterator[tuple[int, str]]:
    """Yield (line number from 1, line) of the lines that are not blank."""
    try:
        text = file.data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{file.name} is not a text file; get it again.") from None
    for number, line in enumerate(text.split("\n"), 1):
        if stripped := line.strip():
            yield number, stripped


def _fields(file: TextFile, line: str) -> list[str]:
    return [field.strip() for field in line.split(",")] if file.has_commas else line.split()


def _header(file: TextFile, line: str) -> tuple[str, ...]:
    names = tuple(_fields(file, line))
    if file.has_commas:
        names = names[1:]  # the first column is the image's name
    if not names or len(set(names)) < len(names) or not all(names) or not all(map(str.isprintable, names)):
        raise InputError(
            f"{file.name}: the line of names should hold one or more different names, received {line[:80]!r}."
        )
    return names


def _row(file: TextFile, number: int, line: str, count: int) -> tuple[str, list[str]]:
    name, *values = _fields(file, line)
    if len(values) != count:
        raise InputError(
            f"{file.name}, line {number}: expected an image's name and {count} value{'s' if count != 1 else ''}, "
            f"received {len(values)}; the file may be cut off, get it again."
        )
    return name, values


def _check_new(file: TextFile, number: int, name: str, rows: Container[str]) -> None:
    if name in rows:
        raise InputError(f"{file.name}, line {number}: the image {name} has a line already.")
