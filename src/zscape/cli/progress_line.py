"""How far a long verb is: one line that changes on a terminal, a plain line now and then elsewhere; on stderr."""

import logging
import sys
import time
from typing import Annotated, TextIO

import typer

_PLAIN = 20.0  # seconds between two plain lines

QuietOption = Annotated[bool, typer.Option("--quiet", help="Nothing on stderr but warnings and errors.")]


def hush_downloads(quiet: bool) -> None:
    """Keep downloads from being announced, where nothing but warnings is wanted."""
    if quiet:
        logging.getLogger("pooch").setLevel(logging.WARNING)


class ProgressLine:
    """Shows "1,234/202,599 images  4,512 images/s  45 s left".

    Args:
        noun: what is counted, in the plural.
        stream: where to; None for stderr.
    """

    def __init__(self, noun: str, stream: TextIO | None = None) -> None:
        self._noun = noun
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._shown = time.monotonic()
        self._open = False

    def __call__(self, done: int, total: int, speed: float) -> None:
        """Show that so many of all are done, at so many per second."""
        text = f"{done:,}/{total:,} {self._noun}  {speed:,.0f} {self._noun}/s{_left(total - done, speed)}"
        if self._live:
            self._stream.write(f"\r{text}\x1b[K")
            self._stream.flush()
            self._open = True
        elif (now := time.monotonic()) - self._shown >= _PLAIN:
            self._shown = now
            print(text, file=self._stream, flush=True)

    def close(self) -> None:
        """End the line, so that what follows begins on one of its own; to be called however the work ended."""
        if self._open:
            self._stream.write("\n")
            self._stream.flush()
            self._open = False


def _left(missing: int, speed: float) -> str:
    if missing <= 0 or speed <= 0:
        return ""
    seconds = round(missing / speed)
    if seconds < 60:
        return f"  {seconds} s left"
    return f"  {seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d} left"
