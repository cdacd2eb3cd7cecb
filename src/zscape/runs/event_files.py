"""The history as TensorBoard reads it: event files, made from the records and pictures of a run.

TensorBoard's own messages and record format, but not its writer, which would start TensorFlow wherever that is
installed, in a training on JAX or PyTorch too.
"""

import io
import os
import struct
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from zscape.core.errors import InputError
from zscape.core.files import write_bytes
from zscape.core.install import as_here

_PARTS = ("train", "validation")  # folders, so that TensorBoard draws both into one chart
_OURS = "events.out.tfevents.*.zscape"
_PICTURES = "pictures"
_HEAD, _TAIL = 12, 4  # bytes of a record around its content
_CHANNELS = {0: 1, 2: 3, 3: 3, 4: 2, 6: 4}  # by a PNG's colour type


def tensorboard_modules() -> tuple[Any, Any]:
    """Return TensorBoard's messages and what frames them as records.

    Raises:
        InputError: when TensorBoard is not installed.
    """
    try:
        from tensorboard.compat.proto import event_pb2
        from tensorboard.summary.writer.record_writer import RecordWriter
    except ImportError as error:
        command = as_here('pip install "zscape[tensorboard]"')
        raise InputError(f"--tensorboard needs TensorBoard, which cannot be used here ({error}): {command}.") from None
    return event_pb2, RecordWriter


class EventFiles:
    """Event files that follow a history; one of them per part, in `train/` and `validation/`.

    A process that writes them begins new files with the whole history, which TensorBoard takes in place of all that it
    read before: a training that was stopped and went on shows no step twice, and none is missing. Files of the process
    before stay until the next one, for a TensorBoard that is reading them at this moment.

    Args:
        folder: where to write; event files of others are left alone.
        picture: the PNG that was drawn after an epoch (from 1), None where none was.

    Raises:
        InputError: when TensorBoard is not installed.
    """

    def __init__(self, folder: Path, picture: Callable[[int], bytes | None]) -> None:
        self._messages, self._writer = tensorboard_modules()
        self._folder = folder
        self._picture = picture
        self._files: dict[str, Path] = {}
        self._epochs = 0

    def last_epoch(self) -> int:
        """Return the last epoch that the files on the disk hold, 0 without files."""
        epoch = 0
        for path in sorted((self._folder / "train").glob(_OURS))[-1:]:
            data, start = path.read_bytes(), 0
            while start + _HEAD < len(data):  # a record: length, checksum, content, checksum
                end = start + _HEAD + struct.unpack_from("<Q", data, start)[0]
                if end + _TAIL <= len(data):
                    epoch = self._messages.Event.FromString(data[start + _HEAD : end]).step
                start = end + _TAIL
        return epoch

    def follow(self, history: Sequence[Mapping[str, Any]]) -> None:
        """Bring the files up to the end of a history.

        Args:
            history: all records of epochs so far, in order.
        """
        parts = [part for part in _PARTS if any(record.get(part) for record in history)]
        if not self._files or len(history) < self._epochs:
            self._begin(parts)
        new = history[self._epochs :]
        for part in parts:
            with self._files[part].open("ab") as file:
                file.write(self._records(new, part))
        self._epochs = len(history)

    def _begin(self, parts: Sequence[str]) -> None:
        self._epochs = 0
        name = f"events.out.tfevents.{time.time_ns() // 1000:016d}.zscape"
        for part in parts:
            before = sorted((self._folder / part).glob(_OURS))
            self._files[part] = self._folder / part / name
            write_bytes(self._files[part], self._head())
            for old in before[:-1]:
                old.unlink(missing_ok=True)

    def _head(self) -> bytes:
        """Return the beginning of a file, at which TensorBoard forgets what it has read before."""
        log = self._messages.SessionLog(status=self._messages.SessionLog.START)
        now = time.time()
        events = [
            self._messages.Event(wall_time=now, file_version="brain.Event:2"),
            self._messages.Event(wall_time=now, step=0, session_log=log),
        ]
        return self._framed(events)

    def _records(self, history: Sequence[Mapping[str, Any]], part: str) -> bytes:
        # Epochs of an earlier process get the times they would have, had nothing come between.
        left, now = sum(record["seconds"] for record in history), time.time()
        events = []
        for record in history:
            left -= record["seconds"]
            event = self._messages.Event(wall_time=now - left, step=record["epoch"])
            for name, number in _scalars(record, part).items():
                event.summary.value.add(tag=name, simple_value=number)
            if part == "train":
                self._add_picture(event.summary, record["epoch"])
            events.append(event)
        return self._framed(events)

    def _add_picture(self, summary: Any, epoch: int) -> None:
        png = self._picture(epoch)
        if png is not None:
            width, height, _, kind = struct.unpack(">IIBB", png[16:26])  # of a PNG's header
            image = summary.value.add(tag=_PICTURES).image
            image.width, image.height, image.colorspace = width, height, _CHANNELS[kind]
            image.encoded_image_string = png

    def _framed(self, events: Sequence[Any]) -> bytes:
        stream = io.BytesIO()
        writer = self._writer(stream)
        for event in events:
            writer.write(event.SerializeToString())
        return stream.getvalue()


def _scalars(record: Mapping[str, Any], part: str) -> dict[str, float]:
    numbers = dict(record.get(part) or {})
    if part == "train":
        numbers |= {name: value for name, value in record.items() if name not in (*_PARTS, "epoch")}
    return {name: float(value) for name, value in numbers.items() if value is not None}


def pictures_of(folder: Path) -> Callable[[int], bytes | None]:
    """Return what gives the picture drawn after an epoch: `epoch-0001.png` and so on in `folder`."""

    def read(epoch: int) -> bytes | None:
        path = folder / f"epoch-{epoch:04d}.png"
        return path.read_bytes() if os.path.isfile(path) else None

    return read
