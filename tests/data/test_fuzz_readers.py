"""Damaged images and archives are read, skipped or refused; `python -m benchmarks.fuzz_readers` prints the counts."""

import pytest

from benchmarks.fuzz_readers import fuzz_archives, fuzz_images, main, mutated, small_images
from zscape.core.seeds import generator


@pytest.mark.parametrize("seed", [1, 2])
def test_a_thousand_damaged_images(seed):
    outcomes = fuzz_images(500, seed)
    assert set(outcomes) == {"decoded", "skipped"}, outcomes
    assert sum(outcomes.values()) == 500 and min(outcomes.values()) > 25


def test_a_hundred_damaged_archives(tmp_path):
    outcomes = fuzz_archives(100, tmp_path)
    assert set(outcomes) == {"read", "refused", "images decoded", "images skipped"}, outcomes
    assert outcomes["read"] + outcomes["refused"] == 100 and min(outcomes.values()) > 10
    assert list(tmp_path.iterdir()) == []


def test_every_mutation_is_seeded_and_changes_something():
    files = list(small_images().values())
    damaged = [mutated(files[0], files, generator(0, "test", i)) for i in range(50)]
    assert damaged == [mutated(files[0], files, generator(0, "test", i)) for i in range(50)]
    assert len({*damaged}) > 40


def test_the_command_prints_the_counts(capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["fuzz_readers", "-n", "20"])
    assert main() == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("20 images: ") and lines[1].startswith("2 archives: ")
    assert lines[2] == "crashes, slow ones and reasons badly worded: 0"
