import errno

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zscape.data.preparation.journal import Done
from zscape.data.preparation.stop import disk_error, disk_size, kept_so_far


@pytest.mark.parametrize(
    ("number", "begins"),
    [
        (errno.ENOSPC, "The disk is full"),
        (errno.EDQUOT, "The disk quota is used up"),
        (errno.EFBIG, "The file of images is larger than is allowed here"),
    ],
)
def test_no_room(tmp_path, number, begins):
    path = tmp_path / "not" / "there" / "s"
    text = str(disk_error(OSError(number, "x"), path, 12_345_678_900))
    assert text.startswith(f"{begins}: the store {path} cannot be written (12.3 GB are still to be written, ")
    assert text.endswith("B are free); free some space.")
    assert (
        str(disk_error(OSError(number, "x"), path)) == f"{begins}: the store {path} cannot be written; free some space."
    )


@pytest.mark.parametrize(
    ("size", "text"),
    [
        *(
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1000, "1.0 kB"),
            (7_340, "7.3 kB"),
            (999_499, "999.5 kB"),
        ),
        *((999_951, "1.0 MB"), (31_540_000, "31.5 MB"), (5_600_000_000, "5.6 GB"), (1_234_500_000_000, "1,234.5 GB")),
    ],
)
def test_sizes_for_people(size, text):
    assert disk_size(size) == text


@given(st.integers(1000, 10**15))
def test_a_size_is_never_nothing_and_right_to_a_digit(size):
    number, unit = disk_size(size).split()
    shown = float(number.replace(",", ""))
    power = {"kB": 1e3, "MB": 1e6, "GB": 1e9}[unit]
    assert shown >= 1 and abs(shown - size / power) <= 0.0501 and (shown < 1000 or unit == "GB")


def test_other_refusals(tmp_path):
    path = tmp_path / "s"
    denied = disk_error(PermissionError(errno.EACCES, "Permission denied"), path)
    assert str(denied) == f"The store {path} cannot be written: Permission denied."
    assert str(disk_error(OSError("odd"), path)) == f"The store {path} cannot be written: odd."


def test_what_is_kept():
    assert kept_so_far(Done(1200, 1190), 5000) == (
        "1,200 of 5,000 images are done and kept: the same command goes on there."
    )
    assert kept_so_far(Done(), 5000) == "Nothing is done yet: the same command begins again."
