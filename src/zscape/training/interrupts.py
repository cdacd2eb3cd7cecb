"""Ctrl-C and SIGTERM: the step is finished and a checkpoint written before training ends."""

import os
import signal
import threading
from types import FrameType, TracebackType
from typing import Any

from zscape.core.errors import ZscapeError

_NAMES = {signal.SIGINT: "Ctrl-C", signal.SIGTERM: "SIGTERM"}


class TrainingInterrupted(ZscapeError):
    """A signal ended training, after a checkpoint.

    Attributes:
        exit_code: 128 + the signal's number, as shells have it: 130 for Ctrl-C, 143 for SIGTERM.
    """

    def __init__(self, message: str, number: int) -> None:
        super().__init__(message)
        self.exit_code = 128 + number

    def __reduce__(self) -> tuple[Any, ...]:
        # A sweep's process hands it on to another, and exceptions are made anew from their message alone.
        return type(self), (str(self), self.exit_code - 128)


class Interrupts:
    """Takes note of Ctrl-C and SIGTERM while it is entered; a second Ctrl-C ends things at once.

    Signals that the process was told to ignore stay ignored, and outside of the main thread, where Python can set no
    handlers, nothing is done.

    Attributes:
        received: the signal's number; None as long as there was none.
    """

    def __init__(self) -> None:
        self.received: int | None = None
        self._before: dict[int, Any] = {}

    @property
    def name(self) -> str:
        """What the user knows the signal as."""
        return _NAMES.get(signal.Signals(self.received), "a signal") if self.received is not None else ""

    def __enter__(self) -> "Interrupts":
        if threading.current_thread() is threading.main_thread():
            for number in _NAMES:
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._receive)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before.clear()

    def _receive(self, number: int, frame: FrameType | None) -> None:
        if self.received is not None and number == signal.SIGINT:
            raise KeyboardInterrupt
        self.received = number
        if number == signal.SIGINT:
            # Not `print`: a handler may run in the middle of another print.
            os.write(2, b"\nFinishing the step and writing a checkpoint; Ctrl-C again stops at once.\n")
