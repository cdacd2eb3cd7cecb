"""The texts of a sweep's tables."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zscape.analysis.sweep import QUANTITIES, SEED, SweepRecord, SweepRun, sweep_groups
from zscape.workflow.sweep_tables import mean_and_sd, number_table, sweep_table

BETA = "objective.weight.beta"


@pytest.mark.parametrize(
    ("mean", "sd", "text"),
    [
        (21.4567, 0.1299, "21.46 ± 0.13"),
        (21.4567, 0.0996, "21.46 ± 0.10"),
        (21.4567, 1.25, "21.5 ± 1.2"),
        (21.4567, 9.96, "21 ± 10"),
        (21.4567, 12.3, "21 ± 12"),
        (15321.0, 1234.0, "15300 ± 1200"),
        (0.00012345, 0.0000012, "0.0001234 ± 0.0000012"),
        (4.0, 0.0, "4 ± 0"),
        (21.4567, None, "21.46"),
        (0.0, None, "0"),
        (123456.7, None, "123457"),
        (0.0000123456, None, "1.235e-05"),
        (1.5e12, None, "1.500e+12"),
        (None, None, "–"),
    ],
)
def test_mean_and_sd_have_sensible_digits(mean, sd, text):
    assert mean_and_sd(mean, sd) == text


@given(st.floats(-1e4, 1e4), st.floats(1e-6, 1e4))
def test_what_is_printed_is_near_what_is_meant(mean, sd):
    first, second = mean_and_sd(mean, sd).split(" ± ")
    assert float(second) == pytest.approx(sd, rel=0.051)  # two significant digits
    unit = 10.0 ** (int(f"{sd:.1e}".partition("e")[2]) - 1)
    assert abs(float(first) - mean) <= 0.5 * unit * (1 + 1e-6)
    if "." in second:
        assert len(first.partition(".")[2]) == len(second.partition(".")[2])
        assert len(re.sub(r"^0*\.?0*", "", second).replace(".", "")) == 2


def record() -> SweepRecord:
    runs = []
    for beta in (0.5, 1.0):
        for seed in (1, 2):
            numbers: dict[str, float | None] = {**dict.fromkeys(QUANTITIES, beta), "loss": beta + seed, "psnr": None}
            done = (beta, seed) != (1.0, 2)
            runs.append(
                SweepRun("x", {BETA: beta, SEED: seed}, "finished", numbers if done else None, 1.0, None, True, "bce")
            )
    swept = {BETA: (0.5, 1.0), SEED: (1, 2)}
    return SweepRecord("digits", swept, (), "test", tuple(runs), sweep_groups(runs), None)


def test_the_table_for_people_has_a_row_per_combination_without_the_seed():
    header, rows = sweep_table(record())
    assert header == [
        *("beta", "n", "loss", "reconstruction", "KL", "negative ELBO", "KL share", "PSNR", "active units", "mismatch")
    ]
    assert rows == [
        ["0.5", "2", "2.00 ± 0.71", *["0.5 ± 0"] * 4, "–", "0.5 ± 0", "0.5 ± 0"],
        ["1", "1", "2", *["1"] * 4, "–", "1", "1"],
    ]


def test_where_all_weigh_the_kl_alike_the_loss_is_enough():
    one = record()
    alike = replace(
        one, runs=tuple(replace(run, numbers=run.numbers and {**run.numbers, "beta": 1.0}) for run in one.runs)
    )
    header, rows = sweep_table(alike)
    assert "negative ELBO" not in header and all(len(row) == len(header) for row in rows)
    assert "negative_elbo_mean" in number_table(alike)[0]


def test_the_table_for_programs_has_every_number_in_full():
    header, rows = number_table(record())
    assert header[:6] == [BETA, "n", "loss_mean", "loss_sd", "reconstruction_mean", "reconstruction_sd"]
    first, second = (dict(zip(header, row, strict=True)) for row in rows)
    assert first["loss_mean"] == "2.0" and float(first["loss_sd"]) == pytest.approx(0.5**0.5, rel=1e-15)
    assert first["psnr_mean"] == first["psnr_sd"] == second["loss_sd"] == "" and second["loss_mean"] == "2.0"


def test_true_factors_have_one_column_for_people_and_one_each_for_programs():
    one = record()
    r2 = {"r2_of_all_factors": 0.5, "r2_yaw": 0.75, "r2_hue": 0.25}
    runs = tuple(replace(run, numbers=run.numbers and {**run.numbers, **r2}) for run in one.runs)
    with_factors = replace(one, runs=runs, groups=sweep_groups(runs))
    header, rows = sweep_table(with_factors)
    assert header[-1] == "R² of factors" and [row[-1] for row in rows] == ["0.5 ± 0", "0.5"]
    header, rows = number_table(with_factors)
    assert header[-6:] == [f"r2_{name}_{part}" for name in ("of_all_factors", "yaw", "hue") for part in ("mean", "sd")]
    assert rows[0][-6:] == ["0.5", "0.0", "0.75", "0.0", "0.25", "0.0"] and rows[1][-5] == ""
    assert "R² of factors" not in sweep_table(one)[0] and "r2_" not in "".join(number_table(one)[0])
