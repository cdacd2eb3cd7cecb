"""What workers made, written in order; the journal follows once it is safely on the disk."""

import contextlib
import time
from collections.abc import Callable

from zscape.data.preparation.images_file import ImagesFile
from zscape.data.preparation.jobs import Reply
from zscape.data.preparation.journal import Done, Journal

Progress = Callable[[int, int, float], None]
"""Called with (entries done, entries in all, entries per second), some times a second at most."""

_SYNC_BYTES = 64 << 20
_SYNC_SECONDS = 5.0  # what a killed preparation does again at most
_TELL_SECONDS = 0.5


class Writer:
    """Takes replies in the order of the entries.

    Args:
        images: the file of images.
        journal: the journal; what it says is done already.
        total: number of entries in all.
        progress: is told how far it is.

    Attributes:
        done: what is written.
        saved: what the journal knows; this much outlives a stop.
    """

    def __init__(self, images: ImagesFile, journal: Journal, total: int, progress: Progress | None) -> None:
        self.done = self.saved = journal.done
        self._images = images
        self._journal = journal
        self._total = total
        self._progress = progress
        self._waiting: list[Done] = []
        self._waiting_bytes = 0
        self._before = journal.done.entries
        self._began = self._synced = self._told = time.monotonic()

    def add(self, entries: int, reply: Reply) -> None:
        """Write what came of the next `entries` entries.

        Raises:
            OSError: when the disk refuses.
        """
        if reply.pixels is not None:
            self._images.add(reply.pixels)
            self._waiting_bytes += reply.pixels.nbytes
        before = self.done
        skipped = tuple((before.entries + place, reason) for place, reason in reply.skipped)
        images = before.images + entries - len(skipped)
        self.done = Done(before.entries + entries, images, before.skipped + skipped)
        self._waiting.append(Done(self.done.entries, images, skipped))
        now = time.monotonic()
        if self._waiting_bytes >= _SYNC_BYTES or now - self._synced >= _SYNC_SECONDS:
            self.flush()
        if now - self._told >= _TELL_SECONDS:
            self._tell(now)

    def flush(self) -> None:
        """Bring all to the disk, first the images, then the journal's lines.

        Raises:
            OSError: when the disk refuses.
        """
        if self._waiting:
            self._images.sync()
            self._journal.add(self._waiting)
            self._waiting, self._waiting_bytes = [], 0
            self.saved = self.done
        self._synced = time.monotonic()

    def save(self) -> None:
        """Bring what is done to the disk as far as that goes, after an error."""
        with contextlib.suppress(OSError):
            self._images.drop_behind(self.done.images)  # a part of a chunk, which may fill the disk to the last byte
            self.flush()

    def finish(self) -> None:
        """Bring all to the disk and tell the last number."""
        self.flush()
        self._tell(time.monotonic())

    def _tell(self, now: float) -> None:
        self._told = now
        if self._progress is not None:
            speed = (self.done.entries - self._before) / max(now - self._began, 1e-9)
            self._progress(self.done.entries, self._total, speed)
