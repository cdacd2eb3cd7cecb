"""How many aligned faces a second are prepared, beside plain Pillow in one process, and how much memory all need.

    python -m benchmarks.preparation                              # 2,000 made-up JPEGs of 178x218 and about 25 kB
    python -m benchmarks.preparation --folder img_align_celeba    # your own

Everybody turns 178x218 into 96x96 by the crop `celeba-face`. Plain Pillow opens, cuts and resizes, and keeps the result
in memory; as many processes of it, each with its share of the files, say what this machine has to give. zscape also
starts its workers, writes the store and its checksum to the disk. Contestants take turns, so
that a ratio compares what ran in the same minute. The processor time and the anonymous memory are those of all
processes of one contestant together; on a busy machine the processor time tells more than images per second.
"""

import argparse
import io
import json
import multiprocessing
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image

from zscape.core.seeds import generator
from zscape.data.crops import crop_box
from zscape.data.readers import fast
from zscape.data.sources.celeba_layout import read_celeba
from zscape.data.write import write_new
from zscape.specs.crop import ALIGNED
from zscape.specs.data import DataSpec

SIZE = 96
_MOMENT = 0.02  # seconds between two looks at the memory


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the contestants and print a table of images per second, ratios and memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, help="aligned faces; without it, pictures are made up")
    parser.add_argument("--images", type=int, default=2000, help="how many are made up")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--contestant", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.contestant:
        print(json.dumps(contest(given.contestant, given.folder)))
        return 0
    with tempfile.TemporaryDirectory(prefix="zscape-benchmark-") as name:
        scratch = Path(name)
        folder = (given.folder or make_pictures(scratch / "img_align_celeba", given.images)).resolve()
        results = race(folder, contestants(given.workers), given.rounds, scratch)
    print(json.dumps(results, indent=2) if given.json else table(results))
    return 0


def contestants(workers: Sequence[int]) -> list[str]:
    """Return who takes part: plain Pillow, and zscape with each number of workers, without and with simplejpeg."""
    names = ["plain", *(f"plain {count}" for count in workers if count > 1)]
    for decoder in ("pillow", "simplejpeg") if fast.simplejpeg is not None else ("pillow",):
        names += [f"{decoder} {count}" for count in workers]
    return names


def race(folder: Path, names: Sequence[str], rounds: int, scratch: Path) -> dict[str, dict[str, float]]:
    """Return what each contestant did: images per second, their ratio to plain Pillow, processor time, memory.

    All are medians over the rounds but for the memory, of which it is the most.
    """
    blocked = scratch / "blocked"
    blocked.mkdir()
    (blocked / "simplejpeg.py").write_text("raise ImportError('left out')\n")
    speeds: dict[str, list[float]] = {name: [] for name in names}
    processor: dict[str, list[float]] = {name: [] for name in names}
    memory: dict[str, float] = dict.fromkeys(names, 0.0)
    for number in range(rounds):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            path = os.pathsep.join([str(blocked)] * (not name.startswith("simplejpeg")) + sys.path)
            command = [sys.executable, "-m", "benchmarks.preparation", "--folder", str(folder), "--contestant", name]
            with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}) as process:
                memory[name] = max(memory[name], watched(process))
                assert process.stdout is not None
                answer = json.loads(process.stdout.read())
            speeds[name].append(answer["images"] / answer["seconds"])
            processor[name].append(answer["processor_seconds"] / answer["images"] * 1000)
    plain = speeds[names[0]]
    return {
        name: {
            "images_per_second": median(own),
            "ratio": median(one / other for one, other in zip(own, plain, strict=True)),
            "processor_ms": median(processor[name]),
            "peak_mib": memory[name],
        }
        for name, own in speeds.items()
    }


def contest(name: str, folder: Path) -> dict[str, float]:
    """Do a contestant's work in this process; return the number of images, the seconds, and the processor's seconds."""
    started, busy = time.perf_counter(), _processor()
    count = plain_processes(name, folder) if name.startswith("plain") else zscape_store(name, folder)
    return {"images": count, "seconds": time.perf_counter() - started, "processor_seconds": _processor() - busy}


def zscape_store(name: str, folder: Path) -> int:
    """Prepare a folder with as many workers as the contestant's name says; return the number of images."""
    workers = int(name.split()[1])
    target = Path(tempfile.mkdtemp(prefix="zscape-benchmark-store-"))
    spec = DataSpec(source="celeba", path=str(folder), size=(SIZE, SIZE))
    try:
        return len(write_new(read_celeba(folder, "A benchmark"), spec, target / "store", workers=workers))
    finally:
        shutil.rmtree(target)


def plain_processes(name: str, folder: Path) -> int:
    """Let plain Pillow do the work, in as many processes as the contestant's name says; return the number of images."""
    count = int([*name.split(), "1"][1])
    if count == 1:
        return plain_pillow(folder)
    with multiprocessing.Pool(count) as pool:
        return sum(pool.starmap(plain_pillow, [(folder, first, count) for first in range(count)]))


def plain_pillow(folder: Path, first: int = 0, step: int = 1) -> int:
    """Open, cut and resize every `step`-th image the way anyone would write it; return their number."""
    names = sorted(os.listdir(folder))[first::step]
    images = np.empty((len(names), SIZE, SIZE, 3), np.uint8)
    for number, name in enumerate(names):
        with Image.open(folder / name) as image:
            box = crop_box("celeba-face", (image.height, image.width), (SIZE, SIZE))
            images[number] = image.crop(box).resize((SIZE, SIZE), Image.Resampling.LANCZOS)
    return len(names)


def _processor() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def make_pictures(folder: Path, count: int) -> Path:
    """Write JPEGs of an aligned face's size, soft shapes under noise that makes them about 25 kB; return the folder."""
    folder.mkdir(parents=True)
    rng = generator(0, "benchmark pictures")
    height, width = ALIGNED
    for number in range(count):
        rough = Image.fromarray(rng.integers(0, 256, (38, 31, 3), np.uint8))
        soft = np.asarray(rough.resize((width, height), Image.Resampling.BICUBIC), np.float32)
        noise = rng.standard_normal((height, width, 3), np.float32) * 14
        buffer = io.BytesIO()
        Image.fromarray(np.clip(soft + noise, 0, 255).astype(np.uint8)).save(buffer, "JPEG", quality=92)
        (folder / f"{number + 1:06}.jpg").write_bytes(buffer.getvalue())
    return folder


def watched(process: "subprocess.Popen[bytes]") -> float:
    """Wait for a process; return the most anonymous memory that it and its children had together, in MiB (Linux)."""
    most = 0.0
    while process.poll() is None:
        most = max(most, sum(map(_anonymous, _family(process.pid))))
        time.sleep(_MOMENT)
    if process.returncode:
        raise SystemExit(f"a contestant ended with code {process.returncode}")
    return most / 1024


def _family(number: int) -> list[int]:
    found = [number]
    for parent in found:
        try:
            tasks = list(Path(f"/proc/{parent}/task").iterdir())
            found += [int(child) for task in tasks for child in (task / "children").read_text().split()]
        except OSError:
            continue  # it has ended
    return found


def _anonymous(number: int) -> int:
    try:
        status = Path(f"/proc/{number}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon")), 0)


def table(results: dict[str, dict[str, float]]) -> str:
    """Return the results as lines of text."""
    lines = [f"{'contestant':<22} images/s   ratio  processor ms/image  peak MiB"]
    for name, result in results.items():
        decoder, _, workers = name.partition(" ")
        if decoder == "plain":
            who = f"plain Pillow, {workers} times" if workers else "plain Pillow"
        else:
            who = f"{decoder}, {workers} worker{'s' if workers != '1' else ''}"
        numbers = f"{result['images_per_second']:>8,.0f} {result['ratio']:>7.2f} {result['processor_ms']:>19.3f}"
        lines.append(f"{who:<22} {numbers} {result['peak_mib']:>9,.0f}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
