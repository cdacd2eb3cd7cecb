"""Worker processes: order, crashes, ends. Each test starts them, which takes half a second."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from tests.data.preparation.packs import BUG, CRASH, LOST, EndlessPictures, MemoryPack, encoded
from zscape.data.preparation import pool as pool_module
from zscape.data.preparation.jobs import CRASHED, ENDLESS, Headers, Pictures
from zscape.data.preparation.pool import NoWorkers, Pool, WorkersLost
from zscape.data.preparation.worker import LARGE, Gate
from zscape.data.readers.pack import SourceLost
from zscape.data.resize import Fit

FIT = Fit((6, 6, 3), "as it is")
GATE = Path(os.devnull)
CHUNKS = [np.arange(start, start + 3) for start in range(0, 12, 3)]


def files(**bad):
    return {f"{i:02}": encoded(i) for i in range(12)} | {name[1:]: data for name, data in bad.items()}


def run(pool, chunks=CHUNKS, window=4):
    answers = list(pool.map(iter(chunks), window))
    positions = np.concatenate([positions for positions, _ in answers])
    skipped = [(int(asked[place]), why) for asked, reply in answers for place, why in reply.skipped]
    return (
        positions.tolist(),
        np.concatenate([reply.pixels for _, reply in answers if reply.pixels is not None]),
        skipped,
    )


def alive(number):
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


def test_replies_come_in_order_and_are_what_this_process_makes():
    pack = MemoryPack(files(_05=b"no image"))
    job = Pictures(pack, FIT, drawn="a source")
    with Pool(job, 2, GATE) as pool:
        workers = pool.processes
        assert len(set(workers)) == 2 and all(map(alive, workers)) and os.getpid() not in workers
        for window in (1, 4):
            positions, pixels, skipped = run(pool, window=window)
            here = job.run(np.arange(12))
            assert positions == list(range(12))
            np.testing.assert_array_equal(pixels, here.pixels)
            assert skipped == list(here.skipped) and [number for number, _ in skipped] == [5]
    assert not any(map(alive, workers))


def test_an_entry_that_kills_its_worker_is_skipped_and_the_others_are_made():
    pack = MemoryPack(files(_04=CRASH, _11=CRASH))
    with Pool(Pictures(pack, FIT, None), 2, GATE) as pool:
        positions, pixels, skipped = run(pool)
        workers = pool.processes
    assert skipped == [(4, CRASHED), (11, CRASHED)] and positions == list(range(12)) and len(pixels) == 10
    here = Pictures(pack, FIT, None).run(np.arange(12))
    np.testing.assert_array_equal(pixels, here.pixels)
    assert not any(map(alive, workers))


def test_an_entry_that_never_ends_is_skipped_when_its_time_is_up(monkeypatch):
    monkeypatch.setattr(pool_module, "_MOST_SECONDS", 0.5)
    pack = MemoryPack(files())
    with Pool(EndlessPictures(pack, FIT, None), 1, GATE) as pool:
        positions, pixels, skipped = run(pool, CHUNKS[:2])
    assert skipped == [(4, ENDLESS)] and positions == list(range(6))
    np.testing.assert_array_equal(pixels, Pictures(pack, FIT, None).run(np.array([0, 1, 2, 3, 5])).pixels)


def test_a_worker_that_is_killed_from_outside_costs_no_image():
    with Pool(Pictures(MemoryPack(files()), FIT, None), 1, GATE) as pool:
        os.kill(pool.processes[0], signal.SIGKILL)
        positions, pixels, skipped = run(pool)
    assert positions == list(range(12)) and len(pixels) == 12 and skipped == []


def test_workers_that_die_over_everything_stop_the_preparation(monkeypatch):
    monkeypatch.setattr(pool_module, "_MOST_CRASHES", 1)
    pack = MemoryPack({f"{i:02}": CRASH for i in range(12)})
    with (
        Pool(Pictures(pack, FIT, None), 1, GATE) as pool,
        pytest.raises(WorkersLost, match="The worker processes are ended again and again, as happens where memory is"),
    ):
        run(pool)


def test_a_lost_source_and_a_bug_are_told_by_the_worker_and_it_lives_on():
    pack = MemoryPack(files(_02=LOST, _07=BUG))
    with Pool(Pictures(pack, FIT, None), 1, GATE) as pool:
        with pytest.raises(SourceLost, match=r"^The folder of the test is gone\.$"):
            run(pool)
        with pytest.raises(RuntimeError, match=r"a worker process failed:(.|\n)*ZeroDivisionError: a bug"):
            run(pool, [np.array([7])])
        assert run(pool, [np.array([0, 1])])[0] == [0, 1]


def test_headers():
    pack = MemoryPack(files(_05=b"no image", _06=encoded(6, (11, 7))))
    with Pool(Headers(pack), 1, GATE) as pool:
        replies = [reply for _, reply in pool.map(iter(CHUNKS), 2)]
    assert [shape for reply in replies for shape in reply.shapes] == [(9, 8, 3)] * 5 + [(11, 7, 3)] + [(9, 8, 3)] * 5
    assert replies[1].skipped[0][0] == 2 and replies[1].pixels is None


def test_leaving_in_the_middle_ends_the_workers():
    with Pool(Pictures(MemoryPack(files()), FIT, None), 2, GATE) as pool:
        workers = pool.processes
        next(pool.map(iter(CHUNKS), 4))
    assert not any(map(alive, workers))


def test_where_no_process_can_be_started(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(NoWorkers):
        Pool(Pictures(MemoryPack(files()), FIT, None), 2, GATE)


def test_a_worker_imports_nothing_heavy():
    text = "import sys, zscape.data.preparation.worker; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=60, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert {"numpy", "PIL", "zscape"} <= loaded
    assert not loaded & {"pydantic", "scipy", "sklearn", "keras", "yaml", "pooch", "rich", "typer", "matplotlib"}


def test_one_large_image_at_a_time(tmp_path):
    large = encoded(0, (400, LARGE // 400), "BMP")
    order, inside = [], threading.Event()

    def second():
        with Gate(str(tmp_path / "gate")) as alone:
            with alone(encoded(1)):
                order.append("a small one passes")
            inside.set()
            with alone(large):
                order.append("second")

    thread = threading.Thread(target=second)
    with Gate(str(tmp_path / "gate")) as alone, alone(large):
        thread.start()
        assert inside.wait(20)
        time.sleep(0.05)
        order.append("first")
    thread.join(20)
    assert order == ["a small one passes", "first", "second"]
