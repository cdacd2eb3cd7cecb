"""The line that says how far a long verb is."""

import io

import pytest

from zscape.cli import progress_line
from zscape.cli.progress_line import ProgressLine


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_on_a_terminal_one_line_changes():
    terminal = Terminal()
    line = ProgressLine("images", terminal)
    line(1_234, 202_599, 4_512.4)
    line(202_599, 202_599, 4_500.0)
    line.close()
    line.close()  # once is enough
    assert terminal.getvalue() == (
        "\r1,234/202,599 images  4,512 images/s  45 s left\x1b[K\r202,599/202,599 images  4,500 images/s\x1b[K\n"
    )


def test_elsewhere_a_plain_line_now_and_then(monkeypatch):
    clock = iter([0.0, 5.0, 21.0, 30.0, 43.0])
    monkeypatch.setattr(progress_line.time, "monotonic", lambda: next(clock))
    log = io.StringIO()
    line = ProgressLine("images", log)
    for done in (100, 200, 300, 400):
        line(done, 1000, 10.0)
    line.close()
    assert log.getvalue() == (
        "200/1,000 images  10 images/s  0:01:20 left\n400/1,000 images  10 images/s  0:01:00 left\n"
    )


@pytest.mark.parametrize(
    ("missing", "speed", "text"),
    [
        (0, 5.0, ""),
        (10, 0.0, ""),
        (59, 1.0, "  59 s left"),
        (60, 1.0, "  0:01:00 left"),
        (7_384, 2.0, "  1:01:32 left"),
    ],
)
def test_time_left(missing, speed, text):
    assert progress_line._left(missing, speed) == text
