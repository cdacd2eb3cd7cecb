import errno

import pytest

from zscape.data.preparation.journal import Done
from zscape.data.preparation.stop import disk_error, kept_so_far


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
    assert text.startswith(f"{begins}: the store {path} cannot be written (12,345.7 MB are still to be written, ")
    assert text.endswith(" MB are free); free some space.")
    assert (
        str(disk_error(OSError(number, "x"), path)) == f"{begins}: the store {path} cannot be written; free some space."
    )


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
