"""Run by `test_killed`: a preparation that dies before, and in the middle of, each thing it does to the disk.

Prints JSON: how many points there were, of which kinds, and after which ones the same command did not give the same
bytes. A process of its own, because it forks.
"""

import json
import os
import random
import sys
from pathlib import Path

from tests.data.preparation.packs import content, write_folder
from zscape.data.preparation import plan, writer
from zscape.data.readers.folder import read_folder
from zscape.data.store import is_store
from zscape.data.write import write_new
from zscape.specs.data import DataSpec

CHANGES = ("write", "fsync", "ftruncate", "rename", "replace", "mkdir", "unlink", "rmdir", "chmod")
SERIES, DEATHS = 12, 6


class Dying:
    """Stands for the functions of `os` that change the disk; at the last one the process dies.

    Args:
        last: which call it dies at, counted from 0; None lets it live.
        half: whether it dies in the middle of a write, not before.
    """

    def __init__(self, last: int | None, half: bool = False) -> None:
        self.last, self.half = last, half
        self.done: list[str] = []
        for name in CHANGES:
            setattr(os, name, self._replacement(name, getattr(os, name)))

    def _replacement(self, name, real):
        def call(*arguments, **options):
            if len(self.done) == self.last:
                if self.half:
                    real(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
                os._exit(1)
            self.done.append(name)
            return real(*arguments, **options)

        return call


def main(root: Path) -> dict:
    plan._CHUNK_ENTRIES, writer._SYNC_SECONDS = 4, 0
    os.fsync = lambda handle: None  # counted, but it would take most of the time
    folder = write_folder(root / "faces", 12, bad=(5,))
    spec = DataSpec(source="folder", path=str(folder), size=6, limit=11)

    def prepare(store: Path) -> None:
        write_new(read_folder(folder), spec, store, note=lambda sentence: None)

    prepare(root / "uninterrupted")
    expected = content(root / "uninterrupted")
    calls = json.loads(_in_child(lambda: _recorded(prepare, root / "0" / "store")))
    points = [(call, half) for call, kind in enumerate(calls) for half in (False, True)[: 1 + (kind == "write")]]
    wrong, began_with = [], 0
    for number, (call, half) in enumerate(points):
        place = root / f"at-{number}"
        _dies(prepare, place / "store", call, half)
        if is_store(place / "store") and content(place / "store") != expected:
            wrong.append(f"visible too early: {calls[call]} {call}")
        began_with += (place / ".store.preparing" / "journal.jsonl").exists()
        prepare(place / "store")
        if os.listdir(place) != ["store"] or content(place / "store") != expected:
            wrong.append(f"{'half ' if half else ''}{calls[call]} {call}")
    rng = random.Random(0)
    for number in range(SERIES):
        place = root / f"series-{number}"
        for _ in range(DEATHS):
            _dies(prepare, place / "store", rng.randrange(len(calls)), False)
        prepare(place / "store")
        if os.listdir(place) != ["store"] or content(place / "store") != expected:
            wrong.append(f"series {number}")
    return {"points": len(points), "kinds": sorted(set(calls)), "wrong": wrong, "went_on": began_with}


def _recorded(prepare, store: Path) -> str:
    dying = Dying(None)
    prepare(store)
    return json.dumps(dying.done)


def _dies(prepare, store: Path, call: int, half: bool) -> None:
    def work() -> str:
        Dying(call, half)
        prepare(store)
        return ""

    _in_child(work)


def _in_child(work) -> str:
    """Return what `work` returns in a forked child, "" when it died."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        real_write = os.write
        try:
            real_write(writing, work().encode())
        finally:
            os._exit(0)
    os.close(writing)
    with open(reading, "rb") as file:
        said = file.read().decode()
    os.waitpid(child, 0)
    return said


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
