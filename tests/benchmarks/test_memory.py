"""The comparison of predicted and measured memory, with measurements that are made up; no training."""

import json
import re

import pytest

from benchmarks.memory import fitted_lines, main, predicted, recipe_of, table
from benchmarks.memory_configurations import CALIBRATION, CHECK
from zscape.specs.memory_estimate import CALIBRATIONS

MIB = 2**20


def as_predicted(backend, factor=1.0):
    before = CALIBRATIONS[backend, "float32"].process
    return {
        each.name: {"measured": round(factor * predicted(each, backend)), "resident_before": before}
        for each in (*CALIBRATION, *CHECK)
    }


def test_nothing_is_checked_with_what_it_was_fitted_on():
    fitted, checked = ({each.name for each in group} for group in (CALIBRATION, CHECK))
    assert not fitted & checked and len(fitted | checked) == len(CALIBRATION) + len(CHECK) >= 8
    recipes = [(recipe_of(each).to_yaml(), each.precision) for each in (*CALIBRATION, *CHECK)]
    assert len(set(recipes)) == len(recipes)


@pytest.mark.parametrize("backend", ["tensorflow", "torch"])
def test_the_fit_finds_the_constants_that_made_the_numbers(backend):
    found = [
        list(map(float, re.findall(r"\d+\.\d+|\d+(?= \*)", line)))
        for line in fitted_lines(backend, as_predicted(backend))
    ]
    for numbers, kind in zip(found, ("float32", "mixed"), strict=True):
        known = CALIBRATIONS[backend, kind]
        assert numbers[0] == pytest.approx(known.framework / MIB, abs=2)
        assert numbers[-2:] == [known.checkpoint, known.process / MIB]
        if kind == "float32":  # 16 bits have one training, for two constants
            assert numbers[1:4] == pytest.approx([known.activations, known.norms, known.widest], abs=0.03)


def test_table(tmp_path, capsys):
    lines = table("tensorflow", as_predicted("tensorflow", 0.8))
    assert len(lines) == 3 + len(CALIBRATION) + len(CHECK)
    assert all("| 1.25" in line for line in lines[3:])
    assert [line.split(" | ")[1] for line in lines[3:]] == ["calibration"] * len(CALIBRATION) + ["check"] * len(CHECK)
    (tmp_path / "memory.json").write_text(json.dumps({"torch": {"batch 64": {"measured": 100 * MIB}}}))
    assert main(["--table", "--out", str(tmp_path / "memory.json")]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("| batch 64 | calibration | ") and last.endswith(" (below 500 MiB) |")
