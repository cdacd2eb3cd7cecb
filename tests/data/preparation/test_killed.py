"""A preparation that is killed and started again gives the same bytes as one that is not."""

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.kill_preparation import kill_and_resume
from tests.data.preparation.packs import write_folder

ROOT = Path(__file__).parents[3]


def test_killed_at_every_change_of_the_disk_and_in_the_middle_of_every_write(tmp_path):
    command = [sys.executable, "-m", "tests.data.preparation.kill_points", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["wrong"] == []
    assert found["points"] > 60 and {"write", "fsync", "ftruncate", "rename", "replace", "unlink"} <= set(
        found["kinds"]
    )
    assert found["went_on"] > 40, "most deaths must leave something to go on with"


def test_killed_at_random_with_two_workers(tmp_path):
    folder = write_folder(tmp_path / "faces", 240, bad=(7, 100), shape=(40, 40))
    found = kill_and_resume(folder, tmp_path / "out", kills=2, size=24, entries_per_chunk=8)
    assert found.different == 0 and found.orphans == 0
    assert found.killed == 2 and found.workers == 2, "kills must hit the preparation, not its end"
    assert found.went_on >= 1
