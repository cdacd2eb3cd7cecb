"""The live line of a training: epoch, step, loss and its parts, images per second, peak memory, time left."""

import re
import sys
import time
from collections.abc import Callable
from typing import Any

import keras
from rich.console import Console
from rich.live import Live
from rich.text import Text

from zscape.core.peak_memory import peak_memory, sized
from zscape.training.history import terms_from_logs

_REFRESH = 0.15  # seconds between two states of the live line
_PLAIN = 20.0  # seconds between two plain lines within a long epoch
_SHORTER = ((r"^validation ", "val "), (r"^epoch ", ""), (r" img/s$", "/s"), (r"^beta .*", ""), (r".*/s$", ""))
"""How parts of a line are shortened where a terminal is too narrow for it: one after the other, as far as needed."""


def stderr_console() -> Console:
    """Return a console on stderr that knows when it is no terminal.

    A notebook's stderr says it is one, and would show the live line's control codes as text.
    """
    in_notebook = type(sys.stderr).__module__.startswith("ipykernel.")
    return Console(
        stderr=True,
        highlight=False,
        soft_wrap=True,
        force_jupyter=False,
        force_terminal=False if in_notebook else None,
    )


def peak_now() -> str:
    """Return the most memory so far, on the graphics card where there is one: "1.2 GiB"; "" where nobody tells."""
    size = peak_memory(keras.backend.backend()).shown
    return "" if size is None else sized(size)


class ProgressCallback(keras.callbacks.Callback):
    """Shows how training goes: a live line on a terminal, plain lines elsewhere; on stderr.

    Every epoch leaves a line. Where it does not fit the terminal, words are shortened and then numbers left out.

    Args:
        beta: the KL weight.
        images_per_epoch: number of training images.
        epochs: the last epoch.
        console: where to write; None for stderr.
        memory: says how much there has been so far.
    """

    def __init__(
        self,
        beta: float,
        images_per_epoch: int,
        epochs: int,
        console: Console | None = None,
        memory: Callable[[], str] = peak_now,
    ) -> None:
        super().__init__()
        self._beta = beta
        self._images = images_per_epoch
        self._epochs = epochs
        self._console = console or stderr_console()
        self._memory = memory
        self._live = Live(console=self._console, auto_refresh=False, transient=True)
        self._epoch = 0
        self._first_epoch: int | None = None
        self._epoch_begun = self._trained = self._shown = 0.0
        self._timed_from, self._untimed_steps = 0.0, 0
        self._steps_before: int | None = 0
        self._step_seconds: float | None = None
        self._between_seconds = 0.0

    def say(self, sentence: str) -> None:
        """Print a sentence above the live line."""
        self._console.print(Text(sentence))

    def on_train_begin(self, logs: Any = None) -> None:
        if self._first_epoch is None:  # the guard may have gone back, and training begun anew
            parts = "loss = reconstruction + weighted KL, in nats per image"
            self.say(parts if self._beta else "loss in nats per image")
        if self._console.is_terminal:
            self._live.start()

    def close(self) -> None:
        """Give the terminal back; to be called however training ended."""
        self._live.stop()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        now = time.perf_counter()
        self._epoch = epoch + 1
        self._first_epoch = epoch if self._first_epoch is None else self._first_epoch
        if epoch > self._first_epoch + 1:  # after the first epoch validation is compiled
            self._between_seconds = now - self._trained
        self._epoch_begun = self._shown = self._trained = self._timed_from = now
        self._untimed_steps, self._steps_before = 0, None

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        if self._steps_before is None:
            self._steps_before = batch  # 0, or where this epoch was broken off

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._trained = time.perf_counter()
        self._time_step(batch - (self._steps_before or 0))
        live = self._console.is_terminal
        if self._trained - self._shown < (_REFRESH if live else _PLAIN) or not logs:
            return
        self._shown = self._trained
        steps = self.params["steps"]
        parts = self._parts(logs, (batch + 1) / steps)
        line = self._line([f"epoch {self._epoch}/{self._epochs} step {batch + 1}/{steps}", *parts])
        self._live.update(Text(line, no_wrap=True, overflow="ellipsis"), refresh=True) if live else self.say(line)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        parts = self._parts(logs or {}, 1.0, self._memory())
        self.say(self._line([f"epoch {self._epoch}/{self._epochs}", *parts]))

    def _line(self, parts: list[str]) -> str:
        width = self._console.width if self._console.is_terminal else None
        return fitted([part for part in parts if part], width)

    def _parts(self, logs: dict[str, Any], share_of_epoch: float, memory: str = "") -> list[str]:
        # The line printed at the beginning names the parts of the loss.
        terms = terms_from_logs(logs, self._beta)
        parts = f" = {_four(terms.reconstruction)} + {_four(terms.weighted_kl)}" if self._beta else ""
        weight = f"beta {terms.beta:.3g}" if "beta" in logs else ""  # only where it changes
        validation = f"validation {_four(logs['val_loss'])}" if "val_loss" in logs else ""
        share_now = share_of_epoch - (self._steps_before or 0) / self.params["steps"]
        speed = share_now * self._images / max(self._trained - self._epoch_begun, 1e-9)
        left = self._time_left(share_of_epoch)
        return [f"loss {_four(terms.loss)}{parts}", weight, validation, f"{speed:,.0f} img/s", memory, left]

    def _time_step(self, position: int) -> None:
        steps = position + 1
        if steps == 1 and self._epoch - 1 == self._first_epoch and self.params["steps"] > 1:
            self._timed_from, self._untimed_steps = self._trained, 1  # the first step of all is mostly compilation
        else:
            self._step_seconds = (self._trained - self._timed_from) / (steps - self._untimed_steps)

    def _time_left(self, share_of_epoch: float) -> str:
        if self._step_seconds is None:
            return ""
        epochs = self._epochs - self._epoch
        steps = (epochs + 1 - share_of_epoch) * self.params["steps"]
        betweens = epochs + (share_of_epoch < 1)
        seconds = round(steps * self._step_seconds + betweens * self._between_seconds)
        if seconds < 60:
            return f"{seconds} s left"
        return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d} left"


def _four(value: float) -> str:
    """Return four digits, zeros at the end too, so that numbers beside each other are equally exact."""
    return f"{value:#.4g}".removesuffix(".")


def fitted(parts: list[str], width: int | None) -> str:
    """Return the parts of a line with two spaces between them, shortened until they fit.

    Args:
        parts: texts.
        width: columns there are; None for any number.
    """
    for pattern, shorter in _SHORTER:
        if width is None or len("  ".join(parts)) <= width:
            break
        parts = [text for part in parts if (text := re.sub(pattern, shorter, part))]
    return "  ".join(parts)
