import json

import numpy as np
import pytest

from benchmarks.analyses import made_up_codes, main, peak_memory


def test_what_is_printed_and_written(capsys, tmp_path):
    out = tmp_path / "analyses.json"
    assert main(["--points", "150", "--dims", "3", "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert printed.splitlines()[-1] == str(out)
    record = json.loads(out.read_text())
    assert (record["points"], record["dims"]) == (150, 3)
    assert all(row["seconds"] >= 0 for row in record["analyses"].values())
    assert record["analyses"]["spectrum"]["plain"] == "sklearn PCA" and "the whole study" in printed
    assert all(name in printed for name in record["analyses"])
    assert 0 < record["memory_with_codes_gib"] <= record["peak_memory_gib"] < 100


def test_plain_ways_can_be_left_out(capsys, tmp_path):
    out = tmp_path / "analyses.json"
    assert main(["--points", "100", "--dims", "2", "--no-plain", "--out", str(out)]) == 0
    assert not any("plain" in row for row in json.loads(out.read_text())["analyses"].values())


@pytest.mark.parametrize(("option", "value", "least"), [("--points", "99", 100), ("--dims", "1", 2)])
def test_wrong_numbers_are_named(capsys, option, value, least):
    assert main([option, value]) == 2
    assert capsys.readouterr().err == (f"benchmark: {option} is {value}; give a whole number of at least {least}.\n")


def test_the_codes_are_the_same_everywhere():
    codes = made_up_codes(50, 4)
    np.testing.assert_array_equal(codes.mu, made_up_codes(50, 4).mu)
    assert codes.mu.dtype == codes.log_var.dtype == np.float32 and len(codes) == 50  # pyright: ignore
    memory = peak_memory()
    assert memory is None or 0.01 < memory < 100
