"""`python -m benchmarks.kill_preparation FOLDER`: preparations with workers, killed at random and started again.

Prints how many kills there were, how often the next start went on where the killed one was, how many workers outlived
their parent, and how many of the stores differed in a byte from the one that was never interrupted.
"""

import argparse
import contextlib
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

_PREPARE = """
import sys
from pathlib import Path
from zscape.data.preparation import plan, writer
from zscape.data.readers.folder import read_folder
from zscape.data.write import write_new
from zscape.specs.data import DataSpec

folder, store, size, entries, workers = sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:6])
if entries:
    plan._CHUNK_ENTRIES, writer._SYNC_SECONDS = entries, 0
spec = DataSpec(source="folder", path=folder, size=size, channels=3)
write_new(read_folder(Path(folder)), spec, store, workers=workers)
"""
_PATIENCE = 10.0  # seconds that a worker may live on


@dataclass(frozen=True)
class Kills:
    """What came of killing.

    Attributes:
        killed: preparations that were killed before they were done.
        went_on: of the starts after a kill, those that went on where it was stopped.
        workers: worker processes that were there at the moment of a kill, in the mean.
        orphans: worker processes that were still there some seconds after their parent's death.
        different: stores whose files were not those of the uninterrupted preparation, to the byte; a staging folder
            that was left counts too.
        differing: names of the files that were not.
    """

    killed: int
    went_on: int
    workers: float
    orphans: int
    different: int
    differing: tuple[str, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; return the exit code: 0 all was well, 1 it was not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kill_preparation", description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of image files")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--size", type=int, default=96)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="zscape-kills-") as place:
        found = kill_and_resume(given.folder, Path(place), given.kills, given.size, seed=given.seed)
    print(json.dumps(asdict(found)))
    return int(found.different or found.orphans)


def kill_and_resume(
    folder: Path, place: Path, kills: int, size: int, *, entries_per_chunk: int = 32, workers: int = 2, seed: int = 0
) -> Kills:
    """Kill preparations of a folder at random and compare what comes of them in the end.

    Args:
        folder: image files, some hundred at least.
        place: where stores may be made.
        kills: how many preparations are killed; each store is killed up to twice.
        size: of the images in the store.
        entries_per_chunk: small, so that there is something to go on with.
        workers: worker processes.
        seed: of the moments.
    """
    rng = random.Random(seed)
    place.mkdir(parents=True, exist_ok=True)
    options = [str(size), str(entries_per_chunk), str(workers)]
    _start(folder, place / "uninterrupted", options).communicate()
    expected = _content(place / "uninterrupted")
    total = len(json.loads(expected["names.json"]))
    killed = went_on = seen = orphans = different = number = 0
    differing: set[str] = set()
    while killed < kills:
        store, was_killed = place / str(number), False
        number += 1
        moments = sorted(rng.randrange(total * 9 // 10) for _ in range(min(rng.choice((1, 2)), kills - killed)))
        for moment in (*moments, None):
            process = _start(folder, store, options)
            said, dead, working = _let_run(process, store, moment)
            went_on += was_killed and "Going on" in said
            was_killed = dead
            killed += dead
            seen += dead and working
            orphans += dead and _outlive(store)
        found = _content(store)
        wrong = {name for name in {*found, *expected} if found.get(name) != expected.get(name)}
        wrong |= {path.name for path in [_staging(store)] if path.exists()}
        different += bool(wrong)
        differing |= wrong
        shutil.rmtree(store)
    return Kills(killed, went_on, seen / killed, orphans, different, tuple(sorted(differing)))


def _start(folder: Path, store: Path, arguments: list[str]) -> subprocess.Popen:
    command = [sys.executable, "-c", _PREPARE, str(folder), str(store), *arguments]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def _let_run(process: subprocess.Popen, store: Path, entries: int | None) -> tuple[str, bool, int]:
    """Let a preparation run, or kill it once its journal knows of more than so many entries.

    Returns:
        What it said, whether it was killed before it was done, and how many workers it had then.
    """
    working = 0
    while entries is not None and process.poll() is None and _entries_done(store) <= entries:
        time.sleep(0.001)
    if entries is not None:
        working = _workers(store)
        process.send_signal(signal.SIGKILL)
    said = process.communicate()[1]
    if process.returncode not in (0, -signal.SIGKILL):
        raise RuntimeError(said)
    return said, process.returncode != 0, working


def _entries_done(store: Path) -> int:
    try:
        lines = (_staging(store) / "journal.jsonl").read_text().splitlines()
        return json.loads(lines[-1])[0]
    except (OSError, IndexError, ValueError):  # not there yet, or a line that is being written
        return -1


def _outlive(store: Path) -> int:
    """Return how many worker processes of a preparation are still there after some patience."""
    ending = time.monotonic() + _PATIENCE
    while (left := _workers(store)) and time.monotonic() < ending:
        time.sleep(0.02)
    return left


def _workers(store: Path) -> int:
    # A worker's command line holds the path of a file in the staging folder.
    sign = str(_staging(store)).encode()
    count = 0
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            count += sign in path.read_bytes()
    return count


def _staging(store: Path) -> Path:
    return store.with_name(f".{store.name}.preparing")


def _content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


if __name__ == "__main__":
    sys.exit(main())
