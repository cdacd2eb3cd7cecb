"""Checkpoints as files: one safetensors file each, whole or not at all, and it knows when it is damaged.

Everything is in the one file: arrays, and a note in JSON in the file's own header. Two files could come from different
moments; one cannot. safetensors notices a file that is cut off, but not a changed byte: the note holds a SHA-256 of all
arrays, and of itself. No Keras here, so that tests can stop a process at every write.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from zscape.core.errors import InputError
from zscape.core.files import copy_whole, sync_directory, whole_file

FORMAT = 2
"""1 knew the ends of epochs only, and no checksum; it is read still."""

_METRICS = "metrics/"
_NUMBERS = {"step": int, "steps_into_epoch": int, "seconds": float, "skipped_steps": int, "back_offs": int}


@dataclass(frozen=True)
class Checkpoint:
    """All that a training needs to go on.

    Attributes:
        arrays: encoder, decoder, optimizer and random streams by name.
        epoch: epochs finished.
        history: the records of these epochs, as in history.jsonl.
        step: steps since the start of the training.
        steps_into_epoch: steps of the epoch that is not finished.
        metrics: sums over these steps, by name; empty at the end of an epoch.
        seconds: what these steps took.
        skipped_steps: how many of these steps the guard has skipped.
        back_offs: how often the guard has gone back and halved the rate.
        backend: what it was computed with; "" where that is not known.
    """

    arrays: dict[str, np.ndarray]
    epoch: int
    history: list[dict[str, Any]]
    step: int = 0
    steps_into_epoch: int = 0
    metrics: dict[str, np.ndarray] = field(default_factory=dict)
    seconds: float = 0.0
    skipped_steps: int = 0
    back_offs: int = 0
    backend: str = ""


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint; at any moment `path` holds the old one or the new one, also after a loss of power.

    Raises:
        OSError: when it cannot be written; a checkpoint already at `path` stays as it was.
    """
    arrays = {**checkpoint.arrays, **{_METRICS + name: array for name, array in checkpoint.metrics.items()}}
    # safetensors takes the memory as it lies; in most cases it lies so already, and nothing is copied.
    arrays = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    note = {"format": FORMAT, "epoch": checkpoint.epoch, "history": checkpoint.history, "backend": checkpoint.backend}
    note |= {name: getattr(checkpoint, name) for name in _NUMBERS}
    text = json.dumps({**note, "sha256": _checksum(arrays, note)}, allow_nan=False)
    with whole_file(path) as aside:
        save_file(arrays, aside, metadata={"zscape": text})  # from the arrays' memory, without a copy of them all
    sync_directory(path.parent)


def read_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint.

    Raises:
        InputError: when it is missing, damaged, or of a format this version does not know.
    """
    if not path.is_file():
        raise InputError(f"There is no checkpoint {path}.")
    try:
        with safe_open(path, framework="numpy") as file:
            note = json.loads((file.metadata() or {})["zscape"])
            version = note["format"]
            if version not in (1, FORMAT):
                raise InputError(f"{path} has checkpoint format {version}; this version of zscape reads 1 to {FORMAT}.")
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
        return _parsed(note, arrays)
    except (SafetensorError, KeyError, ValueError, TypeError, AttributeError, IndexError, OSError) as error:
        raise InputError(f"{path} is not a checkpoint of zscape, or is damaged ({error}).") from None


class CheckpointFolder:
    """The checkpoints of a run: `last`, `previous` (the one before) and `best`.

    Args:
        folder: where they are, or will be.
        say: told when a damaged one had to be passed over.
    """

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self.last, self.previous, self.best = (folder / f"{name}.safetensors" for name in ("last", "previous", "best"))
        self._aside = folder / ".previous.safetensors"
        self._say = say
        self._last_is_good = False
        self._newest = self.last

    def read(self) -> Checkpoint | None:
        """Return the newest checkpoint that is whole; None when there is none at all.

        Raises:
            InputError: when there are checkpoints, but none can be read.
        """
        paths = (self.last, self.previous, self.best)
        if not any(path.is_file() for path in paths):
            return None
        problems = []
        for path in paths:
            try:
                checkpoint = read_checkpoint(path)
            except InputError as error:
                problems.append(str(error))
                continue
            self._last_is_good, self._newest = path == self.last, path
            if problems:
                where = f"{path.name} (epoch {checkpoint.epoch}, step {checkpoint.step:,})"
                self._say(f"{problems[0]} Training goes on from {where} instead.")
            return checkpoint
        raise InputError(f"{problems[0]} No older one can be read either: --fresh begins anew.")

    def write(self, checkpoint: Checkpoint, best: bool = False) -> None:
        """Write the newest checkpoint; the one before stays as `previous`.

        Args:
            checkpoint: the state.
            best: whether it is the best so far.

        Raises:
            OSError: when it cannot be written; all others stay as they were.
        """
        if self._last_is_good:  # a damaged one must not push out the good one before it
            copy_whole(self.last, self._aside)
        try:
            write_checkpoint(self.last, checkpoint)
            if self._last_is_good:
                os.replace(self._aside, self.previous)
        finally:
            with contextlib.suppress(OSError):
                os.unlink(self._aside)
        self._last_is_good, self._newest = True, self.last
        if best:
            self.mark_best()

    def mark_best(self) -> None:
        """Make `best` what was read or written last."""
        if self._newest != self.best:
            copy_whole(self._newest, self.best)
            sync_directory(self.best.parent)


def _parsed(note: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Checkpoint:
    if note["format"] == 1:
        epoch, history = note.get("epoch", 0), note.get("history", [])
        return Checkpoint(dict(arrays), epoch, history, step=history[-1]["step"] if history else 0)
    stated = {name: value for name, value in note.items() if name != "sha256"}
    if _checksum(arrays, stated) != note["sha256"]:
        raise ValueError("its checksum does not agree with its content")
    numbers = {name: kind(note[name]) for name, kind in _NUMBERS.items()}
    metrics = {name.removeprefix(_METRICS): array for name, array in arrays.items() if name.startswith(_METRICS)}
    state = {name: array for name, array in arrays.items() if not name.startswith(_METRICS)}
    return Checkpoint(state, note["epoch"], note["history"], metrics=metrics, backend=note["backend"], **numbers)


def _checksum(arrays: Mapping[str, np.ndarray], note: Mapping[str, Any]) -> str:
    digest = hashlib.sha256(json.dumps(note, sort_keys=True).encode())
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype.str} {arrays[name].shape} ".encode())
        digest.update(array.reshape(-1).view(np.uint8).data)
    return digest.hexdigest()
